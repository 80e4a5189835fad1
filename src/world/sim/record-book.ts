import type { Instant } from "../../core/time.ts";
import type { CheckName } from "./check-names.ts";

/** One thing that happened. `text` is made only when somebody reads it. */
export interface TraceEntry {
  readonly at: Instant;
  readonly serial: string | undefined;
  readonly requestId: string | undefined;
  readonly text: () => string;
}

/** A law that did not hold. */
export interface Violation {
  readonly at: Instant;
  /** Such as `L4`. */
  readonly law: string;
  readonly text: string;
  readonly serial?: string;
  readonly requestId?: string;
}

/** A violation as its check tells it. */
type Told = Omit<Violation, "at" | "law">;

/** What one seed leaves behind: what happened, what was counted, what was broken. */
export interface RecordBook {
  note(serial: string | undefined, requestId: string | undefined, text: () => string): void;
  count(what: string, by?: number): void;
  /** Counts a check of a law; keeps the violation when it does not hold. */
  check(law: string, name: CheckName, holds: boolean, violation: () => Told): void;
  /** The same for a rule that the core names itself. */
  checkRule(
    rule: { readonly law: string; readonly name: string },
    holds: boolean,
    violation: () => Told,
  ): void;
  readonly trace: readonly TraceEntry[];
  readonly counts: ReadonlyMap<string, number>;
  readonly violations: readonly Violation[];
}

const VIOLATIONS_KEPT = 20;

/** Makes an empty book on a clock. */
export function createRecordBook(now: () => Instant): RecordBook {
  const trace: TraceEntry[] = [];
  const counts = new Map<string, number>();
  const violations: Violation[] = [];
  const told = new Set<string>();
  const count = (what: string, by = 1) => void counts.set(what, (counts.get(what) ?? 0) + by);
  function check(law: string, name: string, holds: boolean, violation: () => Told): void {
    count(`check ${law} ${name}`);
    if (holds || violations.length >= VIOLATIONS_KEPT) return;
    const { text, ...about } = violation();
    // What goes on is broken at every look: said once.
    const subject = [law, name, about.serial, about.requestId].join();
    if (told.has(subject)) return;
    told.add(subject);
    violations.push({ at: now(), law, text: `${name}: ${text}`, ...about });
  }

  return {
    note: (serial, requestId, text) => void trace.push({ at: now(), serial, requestId, text }),
    count,
    check,
    checkRule: ({ law, name }, holds, violation) => check(law, name, holds, violation),
    trace,
    counts,
    violations,
  };
}
