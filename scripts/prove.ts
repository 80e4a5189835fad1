import { dirname } from "node:path";
import { parseArgs } from "node:util";
import { commitNumber } from "./commit-number.ts";
import type { Breakage } from "./prove/breakage.ts";
import { BREAKAGES } from "./prove/breakages.ts";
import { createUnbrokenRuns, proveRow, type Verdict } from "./prove/prove-row.ts";
import { withWorkCopies } from "./prove/work-copy.ts";

const USAGE = `npm run prove [-- WORD… | --share N]

Breaks one line after another in copies of the tree, and demands that the named test turns red by a failed check.

  WORD       only rows whose rule, file or test name holds one of the words
  --share N  every Nth row, other ones for each commit: what a CI run has time for`;

const WORKERS = 2;
const ROWS_MIN = 40;
const LIMITS = { unbrokenMs: 120_000, brokenMs: 30_000 };

const root = dirname(import.meta.dirname);
const startedAt = performance.now();
const { share, words } = readOptions();
const first = share === 1 ? 0 : commitNumber(root);
const chosen = BREAKAGES.filter(
  ({ rule, file, name }, index) =>
    (index - first) % share === 0 &&
    (words.length === 0 || words.some((word) => `${rule} ${file} ${name}`.includes(word))),
);

/** Ends the process with the usage where it is asked for, and with status 2 where the arguments are none. */
function readOptions(): { readonly share: number; readonly words: readonly string[] } {
  const problem = (text: string): never => {
    console.error(`${text}\n\n${USAGE}`);
    process.exit(2);
  };
  try {
    const { values, positionals } = parseArgs({
      options: { share: { type: "string", default: "1" }, help: { type: "boolean" } },
      allowPositionals: true,
    });
    if (values.help) {
      console.log(USAGE);
      process.exit(0);
    }
    const share = Number(values.share);
    if (!Number.isSafeInteger(share) || share < 1) return problem("--share takes a whole number from 1 on.");
    return { share, words: positionals };
  } catch (error) {
    return problem(error instanceof Error ? error.message : String(error));
  }
}

function report(row: Breakage, verdict: Verdict): void {
  const caught = "caughtBy" in verdict;
  const place = `${row.rule.padEnd(10)} ${row.file.padEnd(40)}`;
  const result = caught ? `caught by "${verdict.caughtBy}"` : `${verdict.problem} [${row.test}: ${row.name}]`;
  console.log(`${caught ? "ok  " : "FAIL"} ${verdict.seconds.toFixed(1).padStart(5)} s  ${place} ${result}`);
  if (!caught) console.log(`       - ${row.find}\n       + ${row.replace}`);
}

async function proveAll(copyFor: (name: string) => string): Promise<Verdict[]> {
  const unbroken = createUnbrokenRuns(copyFor("unbroken-"), LIMITS);
  const queue = chosen.values();
  const verdicts: Verdict[] = [];
  const work = async () => {
    const folder = copyFor("broken-");
    for (const row of queue) {
      const verdict = await proveRow(folder, row, unbroken, LIMITS);
      report(row, verdict);
      verdicts.push(verdict);
    }
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  return verdicts;
}

const verdicts = await withWorkCopies(root, "prove", proveAll);

const caught = verdicts.filter((verdict) => "caughtBy" in verdict).length;
const enough = words.length > 0 || chosen.length >= ROWS_MIN;
if (chosen.length === 0)
  console.log("FAIL no row has one of these words in its rule, its file or its test's name");
if (!enough) console.log(`FAIL only ${chosen.length} rows; at least ${ROWS_MIN} are asked for`);
console.log(`${chosen.length} rows in ${((performance.now() - startedAt) / 1000).toFixed(1)} s`);
console.log(`prove: ${caught} passed, ${verdicts.length - caught} failed`);
process.exitCode = caught === chosen.length && chosen.length > 0 && enough ? 0 : 1;
