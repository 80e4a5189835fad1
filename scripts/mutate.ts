import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative } from "node:path";
import { parseArgs } from "node:util";
import type { MutantResult } from "@stryker-mutator/api/core";
import { Stryker } from "@stryker-mutator/core";
import { batchesOf } from "./mutate/batches.ts";
import {
  MUTATED_PATTERNS,
  NOT_MUTATED,
  OUTPUT_FOLDER,
  SCORE_MIN,
  strykerOptions,
} from "./mutate/settings.ts";
import { plus, scoreOf, survivorsIn, tableOf, type Tally, tallyOf } from "./mutate/summary.ts";

const HELP = `npm run mutate [-- WORD…] [--workers N]

Changes src/core and src/agent/core in thousands of small ways and looks whether a test notices. Words choose the
files whose path holds one of them. Prints what became of each file's mutants as it goes, then a table; the mutants
that nothing noticed are listed in ${OUTPUT_FOLDER}/survivors.txt. Fails below a score of ${SCORE_MIN} %.
`;

const root = dirname(import.meta.dirname);
const startedAt = performance.now();
const { values, positionals: words } = parseArgs({
  options: { help: { type: "boolean", default: false }, workers: { type: "string" } },
  allowPositionals: true,
});

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(0)} s`;
}

/** The files to mutate, relative to the project. */
function chosenFiles(): string[] {
  return globSync([...MUTATED_PATTERNS], { cwd: root })
    .filter((path) => !NOT_MUTATED.test(path))
    .filter((path) => words.length === 0 || words.some((word) => path.includes(word)))
    .toSorted();
}

/** Has Stryker try all mutants of these files. */
async function mutate(files: readonly string[], workers: number): Promise<readonly MutantResult[]> {
  const runner = join(import.meta.dirname, "mutate", "runner.ts");
  return await new Stryker(strykerOptions(files, workers, runner)).runMutationTest();
}

async function mutateAll(files: readonly string[], workers: number): Promise<number> {
  const output = join(root, OUTPUT_FOLDER);
  rmSync(output, { recursive: true, force: true });
  mkdirSync(output, { recursive: true });
  const sources = new Map(files.map((path) => [path, readFileSync(join(root, path), "utf8")]));
  const rows = new Map<string, Tally>();
  const survivors: string[] = [];
  const batches = batchesOf(sources);
  for (const [index, batch] of batches.entries()) {
    const batchStartedAt = performance.now();
    const mutants = await mutate(batch, workers);
    for (const path of batch) {
      const own = mutants.filter(({ fileName }) => relative(root, fileName) === path);
      rows.set(path, tallyOf(own));
      survivors.push(...survivorsIn(path, sources.get(path) ?? "", own));
    }
    const tally = tallyOf(mutants);
    const outcome = `${mutants.length} mutants, score ${scoreOf(tally).toFixed(1)} %`;
    console.log(`${index + 1}/${batches.length} ${batch.join(" ")}: ${outcome}, ${seconds(batchStartedAt)}`);
    writeFileSync(join(output, "survivors.txt"), `${survivors.join("\n")}\n`);
  }
  console.log(`\n${tableOf(rows)}\n`);
  const sum = [...rows.values()].reduce(plus, tallyOf([]));
  if (sum.errors > 0) console.log(`${sum.errors} mutants could not be tried`);
  const score = scoreOf(sum);
  console.log(`mutate: ${rows.size} files, score ${score.toFixed(2)} % in ${seconds(startedAt)}`);
  return score;
}

if (values.help) {
  console.log(HELP);
} else {
  const files = chosenFiles();
  const workers = Number(values.workers ?? availableParallelism());
  if (files.length === 0 || !Number.isInteger(workers) || workers < 1) {
    console.error(
      "hallpass: no file to mutate has such a word in its path, or --workers is no number; see --help.",
    );
    process.exitCode = 2;
  } else {
    process.exitCode = (await mutateAll(files, workers)) >= SCORE_MIN ? 0 : 1;
  }
}
