import { RetryableError, TerminalError } from "../../ports/errors.ts";

/** How the next calls of a fake fail: before the work, or after it was done and only the answer was lost. */
export interface Failure<Name extends string> {
  readonly call: Name | "any";
  readonly kind: "retryable" | "terminal" | "answer_lost";
  /** How many calls fail; 1 unless given. */
  readonly times?: number;
}

/** The failures that a fake still has to show. */
export interface Failures<Name extends string> {
  failNext(failure: Failure<Name>): void;
  /** Does `work` unless a failure is due for `name`; one that loses the answer does the work first. */
  call<T>(name: Name, work: () => T): Promise<T>;
}

/** Makes a queue without failures; those added are shown in order, each to the first call that fits. */
export function createFailures<Name extends string>(): Failures<Name> {
  const due: { failure: Failure<Name>; left: number }[] = [];
  return {
    failNext(failure) {
      due.push({ failure, left: failure.times ?? 1 });
    },
    async call(name, work) {
      const index = due.findIndex(({ failure }) => failure.call === name || failure.call === "any");
      const entry = due[index];
      if (entry === undefined) return work();
      entry.left -= 1;
      if (entry.left <= 0) due.splice(index, 1);
      if (entry.failure.kind === "answer_lost") work();
      if (entry.failure.kind === "terminal") throw new TerminalError(`${name} was refused`);
      throw new RetryableError(`${name} did not answer`);
    },
  };
}
