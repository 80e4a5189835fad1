import { availableParallelism } from "node:os";
import { relative } from "node:path";
import { run } from "node:test";
import { inspect } from "node:util";

/** How many files run at once, how long one test may take, and how long all together. */
export interface RunLimits {
  readonly concurrency?: number;
  readonly testTimeoutMs: number;
  readonly totalTimeoutMs: number;
}

/** A test that its own file skipped, with the reason it gave. */
export interface SkippedTest {
  readonly file: string;
  readonly name: string;
  readonly reason: string;
}

interface Failure {
  readonly file: string;
  readonly line: number | undefined;
  readonly name: string;
  readonly error: unknown;
}

/** What a run came to so far. `problems` are failures that node's own counts do not show. */
interface Findings {
  readonly failures: Failure[];
  readonly skipped: SkippedTest[];
  readonly problems: string[];
  readonly closingLines: string[];
  readonly filesWithTests: Set<string>;
}

/** `ok` is true only when at least one file ran and nothing failed. */
export interface RunOutcome {
  readonly ok: boolean;
  readonly skipped: readonly SkippedTest[];
}

type Events = ReturnType<typeof run>;
type TestEvent = Events extends AsyncIterable<infer Event> ? Event : never;
type Print = (text: string) => void;

const SLOW_FILE_MS = 10_000;

/**
 * Runs test files (paths relative to `root`) with node's own runner, each in a process of its own. Prints one line
 * a file, whatever the files print, every failure in full beside its file's line, where whoever keeps only a part of a
 * long log finds it, and node's closing lines last. A file without a single test is a failure: node alone would count
 * it as one passed test.
 */
export async function runTests(
  root: string,
  files: readonly string[],
  limits: RunLimits,
  print: Print,
): Promise<RunOutcome> {
  const findings: Findings = {
    failures: [],
    skipped: [],
    problems: [],
    closingLines: [],
    filesWithTests: new Set(),
  };
  const signal = AbortSignal.timeout(limits.totalTimeoutMs);
  const events = run({
    files: [...files],
    cwd: root,
    concurrency: limits.concurrency ?? availableParallelism(),
    timeout: limits.testTimeoutMs,
    signal,
  });
  for await (const event of events) note(event, root, findings, print);

  const failedFiles = new Set(findings.failures.map((failure) => failure.file));
  for (const file of files) {
    if (!findings.filesWithTests.has(file) && !failedFiles.has(file)) {
      findings.problems.push(`${file} holds no test`);
    }
  }
  if (signal.aborted) findings.problems.push(`stopped: not done after ${limits.totalTimeoutMs / 1000} s`);
  for (const problem of findings.problems) print(`\nFAIL ${problem}\n`);
  print(`\n${findings.closingLines.map((line) => `# ${line}\n`).join("")}`);
  return {
    ok: findings.failures.length === 0 && findings.problems.length === 0 && files.length > 0,
    skipped: findings.skipped,
  };
}

function note(event: TestEvent, root: string, findings: Findings, print: Print): void {
  const nameOf = (path: string | undefined) => (path === undefined ? "?" : relative(root, path));
  switch (event.type) {
    case "test:stdout":
    case "test:stderr":
      print(event.data.message);
      return;
    case "test:pass": {
      const { skip, todo, file, name } = event.data;
      if (skip !== undefined) {
        findings.skipped.push({ file: nameOf(file), name, reason: typeof skip === "string" ? skip : "" });
      }
      if (todo !== undefined) findings.problems.push(`${nameOf(file)}: "${name}" is marked todo`);
      return;
    }
    case "test:fail": {
      const { file, line, details } = event.data;
      if (!isRootCause(details.error)) return;
      const name = fullName(event.data);
      const error = details.error.cause ?? details.error;
      const failure = { file: nameOf(file), line, name, error };
      findings.failures.push(failure);
      print(describe(failure));
      return;
    }
    case "test:diagnostic":
      if (event.data.file === undefined) findings.closingLines.push(event.data.message);
      return;
    case "test:summary":
      if (event.data.file === undefined) return;
      if (event.data.counts.tests > 0) findings.filesWithTests.add(nameOf(event.data.file));
      print(fileLine(nameOf(event.data.file), event.data));
      return;
    default:
  }
}

/** A suite that fails only because a test in it failed says nothing new. */
function isRootCause(error: Error & { failureType?: string }): boolean {
  return error.failureType !== "subtestsFailed";
}

/** The test's name after that of its suite, which node sends along but does not document. */
function fullName(data: { readonly name: string; readonly classname?: string }): string {
  return data.classname === undefined ? data.name : `${data.classname}: ${data.name}`;
}

type FileSummary = Extract<TestEvent, { type: "test:summary" }>["data"];

function fileLine(file: string, { success, counts, duration_ms: durationMs }: FileSummary): string {
  const seconds = (durationMs / 1000).toFixed(2).padStart(6);
  const tests = String(counts.tests).padStart(4);
  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : "";
  const slow = durationMs > SLOW_FILE_MS ? ", slow" : "";
  return `${success ? "ok  " : "FAIL"} ${seconds} s ${tests} tests  ${file}${skipped}${slow}\n`;
}

function describe(failure: Failure): string {
  const place = failure.line === undefined ? failure.file : `${failure.file}:${failure.line}`;
  const details = describeError(failure.error).replaceAll("\n", "\n    ");
  return `\nFAIL ${failure.name}\n    at ${place}\n    ${details}\n`;
}

/** The message with the places in our own code; node's own frames and the fields of assertions say nothing new. */
function describeError(error: unknown): string {
  if (!(error instanceof Error)) return inspect(error, { depth: 6 });
  const stack = (error.stack ?? String(error))
    .split("\n")
    .filter((line) => !/^ {4}at (async )?(node:|.*\((node:|<anonymous>))/.test(line))
    .join("\n");
  return error.cause === undefined ? stack : `${stack}\ncause: ${describeError(error.cause)}`;
}
