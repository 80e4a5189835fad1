// Planted bugs for the fault simulator: `npm run sim:bugs -- --help`.
import { dirname } from "node:path";
import { withWorkCopies } from "./prove/work-copy.ts";
import { PLANTED_BUGS } from "./sim-bugs/bugs.ts";
import { writeTable } from "./sim-bugs/document.ts";
import { firstFailure, type Hunt, hunt } from "./sim-bugs/hunt.ts";
import { readOptions, USAGE } from "./sim-bugs/options.ts";
import type { PlantedBug } from "./sim-bugs/planted-bug.ts";

const WORKERS = 2;
const PROGRESS_EVERY_MS = 10_000;

const options = readOptions(process.argv.slice(2));
if (options === undefined) {
  console.log(USAGE);
  process.exit(process.argv.includes("--help") ? 0 : 2);
}
const { words, seedsMax, writes } = options;
const root = dirname(import.meta.dirname);
const startedAt = performance.now();
const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(0);
const chosen = PLANTED_BUGS.filter(({ name, rule, laws, file }) => {
  const text = [name, rule, ...laws, file].join(" ");
  return words.length === 0 || words.some((word) => text.includes(word));
});
const hunts = new Map<PlantedBug, Hunt>();
const underWay = new Map<string, number>();

function report(bug: PlantedBug, found: Hunt): void {
  const isCaught = "seed" in found;
  const head = `${isCaught ? "ok  " : "FAIL"} ${found.seconds.toFixed(1).padStart(6)} s  ${bug.name}`;
  console.log(`${head} (${bug.rule}, ${bug.file})`);
  if (isCaught) console.log(`       seed ${found.seed}: ${found.said}`);
  else console.log(`       ${found.problem}\n       - ${bug.find}\n       + ${bug.replace}`);
}

async function huntAll(copyFor: (name: string) => string): Promise<void> {
  const queue = chosen.values();
  const work = async () => {
    const folder = copyFor("broken-");
    for (const bug of queue) {
      const found = await hunt(folder, bug, seedsMax, (seed) => underWay.set(bug.name, seed));
      underWay.delete(bug.name);
      hunts.set(bug, found);
      report(bug, found);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
}

/** The seeds that caught the bugs, on the tree as it is: it must keep every law there. */
async function checkUnbroken(folder: string): Promise<boolean> {
  const most = Math.max(0, ...[...hunts.values()].map((found) => ("seed" in found ? found.seed : 0)));
  const failure = await firstFailure(folder, most, (seed) => underWay.set("unbroken", seed));
  underWay.delete("unbroken");
  if (failure === undefined) console.log(`ok   the tree as it is keeps every law in seeds 1 to ${most}`);
  else console.log(`FAIL the tree as it is breaks a law in seed ${failure.seed}: ${failure.said}`);
  return failure === undefined;
}

const progress = setInterval(() => {
  const now = [...underWay].map(([name, seed]) => `${name}: seed ${seed}`).join("; ");
  console.log(`     ${hunts.size} of ${chosen.length} bugs, ${seconds()} s (${now})`);
}, PROGRESS_EVERY_MS);
const isSound = await withWorkCopies(root, "sim-bugs", async (copyFor) => {
  const unbroken = copyFor("unbroken-");
  await huntAll(copyFor);
  return checkUnbroken(unbroken);
});
clearInterval(progress);

const seeds = new Map([...hunts].flatMap(([bug, found]) => ("seed" in found ? [[bug, found] as const] : [])));
const ok = isSound && seeds.size === chosen.length && chosen.length > 0;
if (writes && ok) writeTable(root, seeds);
console.log(`sim:bugs: ${seeds.size} of ${chosen.length} bugs caught in ${seconds()} s`);
process.exitCode = ok ? 0 : 1;
