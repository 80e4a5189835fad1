import type { PartialStrykerOptions } from "@stryker-mutator/api/core";

/** The tests that have to notice a mutant, relative to the project. */
export const TEST_PATTERNS: readonly string[] = ["src/core/**/*.test.ts", "src/agent/core/**/*.test.ts"];

/**
 * Among those, by file and name, what is not tried on mutants: random courses of a Mac's life that take seconds each,
 * ten times as long as all other tests that a mutant needs together, and notice hardly anything beyond them; and a test
 * of speed, which would fail by itself on a busy machine.
 */
export const NOT_TRIED =
  /^src\/agent\/core\/laws\.test\.ts: |: L12 a line of a megabyte is redacted without delay$/;

/** The files that are mutated, relative to the project: the two pure cores. */
export const MUTATED_PATTERNS: readonly string[] = ["src/core/**/*.ts", "src/agent/core/**/*.ts"];

/** Among those what is never shipped: tests and what only they use. */
export const NOT_MUTATED = /\.test\.ts$|^src\/core\/test-kit\.ts$|^src\/agent\/core\/testing\//;

/** Where the copies of the tree and the list of survivors lie; git ignores it. */
export const OUTPUT_FOLDER = "test-output/mutation";

/** From this score on the run succeeds, in per cent. */
export const SCORE_MIN = 90;

/** A spread, since the type of the option is an enum of Stryker's own that cannot be imported without a build. */
const QUIET: Record<string, unknown> = { logLevel: "error" };

/**
 * Stryker's settings for mutating `files`, with `workers` processes that load `runnerPath`. All of its operators are
 * on; a mutant may take 5 s more than half as long again as its tests take without it, as Stryker has it.
 */
export function strykerOptions(
  files: readonly string[],
  workers: number,
  runnerPath: string,
): PartialStrykerOptions {
  return {
    mutate: [...files],
    testRunner: "hallpass",
    plugins: [runnerPath],
    coverageAnalysis: "perTest",
    concurrency: workers,
    disableTypeChecks: false,
    ignorePatterns: ["/*", "!/src", "!/test", "!/scripts", "!/package.json"],
    tempDirName: `${OUTPUT_FOLDER}/copies`,
    reporters: ["progress-append-only"],
    warnings: false,
    ...QUIET,
    allowConsoleColors: false,
  };
}
