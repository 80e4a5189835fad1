import type { Breakage } from "./breakage.ts";
import { problemOfLine, whileBroken } from "./line-breakage.ts";
import { type FileRun, runTestFile } from "./run-test-file.ts";

/** `caughtBy` is the test that turned red; `problem` says why the row proves nothing. */
export type Verdict =
  | { readonly caughtBy: string; readonly seconds: number }
  | { readonly problem: string; readonly seconds: number };

/** Time limits of one run of a test file. */
export interface ProveLimits {
  readonly unbrokenMs: number;
  readonly brokenMs: number;
}

/** Runs each test file once without any breakage and remembers the outcome. */
export type UnbrokenRuns = (test: string) => Promise<FileRun>;

/** Makes `UnbrokenRuns` for a copy that nobody breaks. */
export function createUnbrokenRuns(folder: string, limits: ProveLimits): UnbrokenRuns {
  const runs = new Map<string, Promise<FileRun>>();
  return (test) => {
    const known = runs.get(test) ?? runTestFile(folder, test, { limitMs: limits.unbrokenMs });
    runs.set(test, known);
    return known;
  };
}

/** Breaks one line in the copy at `folder`, runs the named test there, and mends the line again. */
export async function proveRow(
  folder: string,
  row: Breakage,
  unbroken: UnbrokenRuns,
  limits: ProveLimits,
): Promise<Verdict> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1000;
  const misuse = problemOfLine(folder, row);
  if (misuse !== undefined) return { problem: misuse, seconds: seconds() };
  const notGreen = problemUnbroken(row, await unbroken(row.test));
  if (notGreen !== undefined) return { problem: notGreen, seconds: seconds() };

  const broken = await whileBroken(folder, row, () =>
    runTestFile(folder, row.test, { name: row.name, limitMs: limits.brokenMs }),
  );
  return { ...judge(row, broken), seconds: seconds() };
}

function problemUnbroken(row: Breakage, run: FileRun): string | undefined {
  if (run.hung) return `${row.test} does not come to an end even without the breakage`;
  const named = run.results.filter((result) => result.fullName.includes(row.name));
  if (named.length === 0) {
    const why = run.loaded ? "has no such test" : `cannot be loaded: ${run.problem}`;
    return `${row.test} ${why}`;
  }
  if (named.every((result) => result.skipped)) return "the named test was skipped";
  const red = named.find((result) => !result.passed);
  return red === undefined ? undefined : `red even without the breakage: ${red.message}`;
}

function judge(row: Breakage, run: FileRun): { caughtBy: string } | { problem: string } {
  const red = run.results.filter((result) => !result.passed && result.fullName.includes(row.name));
  const asserted = red.find((result) => result.kind === "assertion");
  if (asserted !== undefined) return { caughtBy: asserted.fullName };
  const hung = run.hung || red.some((result) => result.kind === "timeout");
  if (hung) return row.expect === "hang" ? { caughtBy: `${row.name} (hangs)` } : { problem: "hangs" };
  if (red.length > 0) return { problem: `crashes instead of failing a check: ${red[0]?.message}` };
  if (!run.loaded) return { problem: `cannot be loaded: ${run.problem}` };
  return { problem: "SURVIVED: the named test stays green" };
}
