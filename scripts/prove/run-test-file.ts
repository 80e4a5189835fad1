import { spawn } from "node:child_process";
import { join } from "node:path";
import { RESULT_MARK, type TestResult } from "./child.ts";

/** What running one test file came to. `loaded` is false when node could not even read it or what it imports. */
export interface FileRun {
  readonly results: readonly TestResult[];
  readonly loaded: boolean;
  readonly hung: boolean;
  /** Why it could not be loaded, as far as node said. */
  readonly problem: string;
}

const CHILD = join(import.meta.dirname, "child.ts");
const ERROR_TEXT_MAX = 4_000;

/** Runs the tests of `file` in `folder` whose full name holds `name` (all of them without it). */
export function runTestFile(
  folder: string,
  file: string,
  options: { readonly name?: string; readonly limitMs: number },
): Promise<FileRun> {
  const pattern = options.name === undefined ? [] : [RegExp.escape(options.name)];
  const child = spawn(process.execPath, [CHILD, file, ...pattern], {
    cwd: folder,
    stdio: ["ignore", "pipe", "pipe"],
    // Its own process group, so that whatever the test started is stopped with it.
    detached: true,
  });
  let output = "";
  let errorText = "";
  let hung = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errorText = (errorText + text).slice(-ERROR_TEXT_MAX);
  });
  const timer = setTimeout(() => {
    hung = true;
    stopGroup(child.pid);
  }, options.limitMs);

  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearTimeout(timer);
      stopGroup(child.pid);
      const all = parseResults(output);
      // Node reports a file that it cannot load as one failed test with the file's name.
      const failedToLoad = all.find((result) => !result.passed && result.fullName.endsWith(file));
      const results = all.filter((result) => !result.fullName.endsWith(file));
      const loaded = failedToLoad === undefined && (code === 0 || results.length > 0);
      resolve({ results, loaded, hung, problem: failedToLoad?.message ?? lastLine(errorText) });
    });
  });
}

function stopGroup(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Already gone.
  }
}

function parseResults(output: string): TestResult[] {
  return output
    .split("\n")
    .filter((line) => line.startsWith(RESULT_MARK))
    .map((line) => JSON.parse(line.slice(RESULT_MARK.length)) as TestResult);
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
