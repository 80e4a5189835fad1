// The fault simulator: `npm run sim -- --help`.
import { availableParallelism } from "node:os";
import { addCounts, isDemanded, missingFrom } from "../src/world/sim/coverage.ts";
import { readOptions, USAGE } from "./sim/options.ts";
import { failureInShort } from "./sim/failure-in-short.ts";
import { printCounts } from "./sim/print-counts.ts";
import { startWorker, type WorkerFinding } from "./sim/start-worker.ts";

const WORKERS = Math.min(2, availableParallelism());
const FAILURES_SHOWN = 5;
const PROGRESS_EVERY_MS = 5_000;

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  console.log(USAGE);
  process.exit(process.argv.includes("--help") ? 0 : 2);
}
const { first, seeds, store, length } = options;
const counts = new Map<string, number>();
const failures: WorkerFinding[] = [];
const startedAt = performance.now();
let done = 0;
let sessions = 0;
let virtualMs = 0;
let next = first;

const seconds = () => (performance.now() - startedAt) / 1_000;
const progress = setInterval(() => {
  const rate = (done / seconds()).toFixed(1);
  console.log(
    `${done} of ${seeds} seeds, ${failures.length} failed, ${rate} seeds/s, ${seconds().toFixed(0)} s`,
  );
}, PROGRESS_EVERY_MS);

console.log(`sim: ${seeds} seed(s) from ${first}, ${store} store, ${WORKERS} processes`);
await Promise.all(
  Array.from({ length: Math.min(WORKERS, seeds) }, async () => {
    const worker = startWorker();
    while (next < first + seeds && (options.keepGoing || failures.length === 0)) {
      const seed = next;
      next += 1;
      note(await worker.run({ seed, store, length }));
    }
    worker.end();
  }),
);
clearInterval(progress);

function note(finding: WorkerFinding): void {
  done += 1;
  sessions += finding.sessions;
  virtualMs += finding.virtualMs;
  addCounts(counts, new Map(finding.counts));
  if (finding.failure === undefined) {
    if (seeds === 1) console.log(finding.plan);
    return;
  }
  failures.push(finding);
  // Of each, at once: a long run that is stopped has still said which seeds to replay.
  if (failures.length <= FAILURES_SHOWN) console.log(`\n${finding.failure}\n`);
  else console.log(failureInShort(finding));
}

printCounts(counts);
const missing = missingFrom(counts);
const demanded = missing.filter((name) => isDemanded(name, done));
const byChance = missing.filter((name) => !isDemanded(name, done));
if (demanded.length > 0) console.log(`\nFAIL never occurred: ${demanded.join(", ")}`);
if (byChance.length > 0 && seeds > 1) {
  console.log(`\ndid not occur, which in ${done} seeds may be chance: ${byChance.join(", ")}`);
}
const took = seconds();
console.log(
  `\n${done} seeds in ${took.toFixed(1)} s: ${(done / took).toFixed(1)} seeds/s, ${sessions} sessions (${(sessions / took).toFixed(1)}/s), ${(virtualMs / 3_600_000).toFixed(1)} h of virtual time`,
);
if (failures.length > FAILURES_SHOWN)
  console.log(`failed seeds: ${failures.map(({ seed }) => seed).join(", ")}`);
const ok = failures.length === 0 && demanded.length === 0;
console.log(`sim: ${done - failures.length} passed, ${failures.length} failed`);
process.exitCode = ok ? 0 : 1;
