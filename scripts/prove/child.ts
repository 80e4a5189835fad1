import { run } from "node:test";

/** Starts each line of results, since a test file may print lines of its own between them. */
export const RESULT_MARK = "prove-result ";

type Events = ReturnType<typeof run>;
type TestEvent = Events extends AsyncIterable<infer Event> ? Event : never;

/**
 * What made a test fail. `crash`: the language itself complained (a missing name, a wrong call), which shows that
 * the code is broken but not that the test checks the rule. `timeout`: it never came to an end.
 */
export type FailureKind = "assertion" | "crash" | "timeout";

/** One finished test, by its full name: those of its suites and its own, joined by blanks. */
export interface TestResult {
  readonly fullName: string;
  readonly passed: boolean;
  readonly skipped: boolean;
  readonly kind?: FailureKind;
  readonly message?: string;
}

/** Runs the tests of one file in this process and prints one line of JSON for every test that holds no others. */
async function main(file: string, namePattern: string | undefined): Promise<void> {
  const names: string[] = [];
  const events = run({
    files: [file],
    isolation: "none",
    ...(namePattern === undefined ? {} : { testNamePatterns: [new RegExp(namePattern)] }),
  });
  for await (const event of events) {
    if (event.type === "test:start") {
      names.length = event.data.nesting;
      names.push(event.data.name);
    } else if (event.type === "test:pass" || event.type === "test:fail") {
      const result = resultOf(event, names.slice(0, event.data.nesting));
      if (result !== undefined) process.stdout.write(`${RESULT_MARK}${JSON.stringify(result)}\n`);
    }
  }
}

function resultOf(
  event: Extract<TestEvent, { type: "test:pass" | "test:fail" }>,
  suites: readonly string[],
): TestResult | undefined {
  if (event.data.details.type === "suite") return undefined;
  const fullName = [...suites, event.data.name].join(" ");
  if (event.type === "test:pass") {
    return { fullName, passed: true, skipped: event.data.skip !== undefined };
  }
  const error: Error & { failureType?: string } = event.data.details.error;
  if (error.failureType === "subtestsFailed") return undefined;
  const { kind, message } = explain(error);
  return { fullName, passed: false, skipped: false, kind, message };
}

const TIMEOUTS = ["testTimeoutFailure", "cancelledByParent", "testAborted"];
const CRASHES = ["SyntaxError", "ReferenceError", "TypeError", "RangeError", "EvalError", "URIError"];

/** Looks through the causes: an assertion inside a failed property is still an assertion. */
function explain(error: Error & { failureType?: string }): { kind: FailureKind; message: string } {
  if (error.failureType !== undefined && TIMEOUTS.includes(error.failureType)) {
    return { kind: "timeout", message: error.message };
  }
  let deepest: Error = error;
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  const message = `${deepest.name}: ${deepest.message}`.split("\n", 1)[0] ?? "";
  return { kind: CRASHES.includes(deepest.name) ? "crash" : "assertion", message };
}

const [file, namePattern] = process.argv.slice(2);
if (import.meta.main && file !== undefined) await main(file, namePattern);
