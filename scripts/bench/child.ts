import { fork } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";

/** A process of the benchmark's own that answers questions. */
export interface Child {
  readonly pid: number;
  /** Asks for `what` with `details`; rejects when the child ends or fails before it has answered. */
  ask<T>(what: string, details?: unknown): Promise<T>;
  /** Lets the child end by itself. */
  end(): Promise<void>;
}

interface Question {
  readonly what: string;
  readonly details: unknown;
}

/** Starts a file of this folder on this Node. `output` is a file for what it prints; its errors are shown. */
export function startChild(
  file: string,
  args: readonly string[],
  options: { readonly output?: string; readonly execArgv?: readonly string[] } = {},
): Child {
  const output = options.output === undefined ? undefined : openSync(options.output, "a");
  const child = fork(join(import.meta.dirname, file), args, {
    execArgv: ["--disable-warning=ExperimentalWarning", ...(options.execArgv ?? [])],
    stdio: ["ignore", output ?? "inherit", "inherit", "ipc"],
    serialization: "advanced",
  });
  if (output !== undefined) closeSync(output);
  const ended = new Promise<never>((_resolve, reject) => {
    child.once("exit", (code, signal) => reject(new Error(`${file} ended (${signal ?? code})`)));
  });
  ended.catch(() => undefined);
  let last: Promise<unknown> = Promise.resolve();

  function ask<T>(what: string, details?: unknown): Promise<T> {
    const answer = last.then(() => {
      const answered = new Promise<T>((resolve) => child.once("message", (value) => resolve(value as T)));
      child.send({ what, details } satisfies Question);
      return Promise.race([answered, ended]);
    });
    last = answer.catch(() => undefined);
    return answer;
  }

  return {
    pid: child.pid ?? 0,
    ask,
    async end() {
      await last;
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.disconnect();
      await gone;
    },
  };
}

/** In the child: answers each question in turn; `end` runs when the parent wants no more. */
export function answerParent(
  answers: Readonly<Record<string, (details: never) => unknown>>,
  end = () => {},
): void {
  process.on("message", (question: Question) => {
    void (async () => {
      const answer = answers[question.what];
      if (answer === undefined) throw new Error(`cannot answer ${question.what}`);
      process.send?.(await answer(question.details as never));
    })();
  });
  process.on("disconnect", end);
}
