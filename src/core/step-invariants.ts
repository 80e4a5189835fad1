import { LIFECYCLE } from "./lifecycle.ts";
import type { AccessRequest, Status } from "./request.ts";

/** Something that no change of a request may do, whatever the command. */
export interface StepInvariant {
  readonly law: string;
  readonly name: string;
  readonly holds: (before: AccessRequest, after: AccessRequest) => boolean;
}

/** True when two plain values are the same, whatever the order of their keys. */
function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return Object.is(a, b);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => key in b && isSame(a[key as keyof typeof a], b[key as keyof typeof b]));
}

/** True when `part` of `before`, once it is there, is unchanged in `after`. */
function isKept(before: AccessRequest, after: AccessRequest, part: string): boolean {
  const was: unknown = Reflect.get(before, part);
  return was === undefined || isSame(was, Reflect.get(after, part));
}

/** Every state that a request in `from` can still come to, itself included. */
function reachableFrom(from: Status): ReadonlySet<Status> {
  const reached = new Set<Status>([from]);
  for (const status of reached) {
    for (const next of Object.values(LIFECYCLE[status])) reached.add(next);
  }
  return reached;
}

/** What every step keeps, from a request as it was before a command to the one after it. */
export const STEP_INVARIANTS: readonly StepInvariant[] = [
  {
    law: "lifecycle",
    name: "a request moves only along the table",
    holds: (before, after) => reachableFrom(before.status).has(after.status),
  },
  {
    law: "L1",
    name: "what was asked for, and who asked, never changes",
    holds: (before, after) =>
      isSame(before.ask, after.ask) &&
      (before.identity.state === "pending" || isSame(before.identity, after.identity)),
  },
  {
    law: "L2",
    name: "a decision stays as it was made",
    holds: (before, after) =>
      isKept(before, after, "approval") &&
      isKept(before, after, "denial") &&
      isKept(before, after, "cancellation"),
  },
  {
    law: "L3",
    name: "a permission to give rights is never given anew",
    holds: (before, after) => isKept(before, after, "arming"),
  },
  {
    law: "L4",
    name: "a deadline never moves",
    holds: (before, after) => {
      const was = "grant" in before ? before.grant : undefined;
      const is = "grant" in after ? after.grant : undefined;
      return was === undefined || (is?.startedAt === was.startedAt && is.endsAt === was.endsAt);
    },
  },
  {
    law: "L4",
    name: "why, when and by whom a session ended never changes",
    holds: (before, after) => {
      if (!("ending" in before)) return true;
      if (!("ending" in after)) return false;
      const { reason, since, by } = after.ending;
      return isSame({ reason, since, by }, endOf(before.ending));
    },
  },
  {
    law: "L5",
    name: "STILL ADMIN is taken back only by a proof, or by giving up waiting for one",
    holds: (before, after) => {
      if (!("proof" in before) || before.proof.state !== "still_admin") return true;
      return "proof" in after && after.proof.state !== "awaited" && after.proof.state !== "not_confirmed";
    },
  },
  {
    law: "L8",
    name: "a collected log stays collected as it is, and a missing one becomes nothing but collected",
    holds: (before, after) => {
      if (!("log" in before) || !("log" in after)) return !("log" in before);
      if (before.log.state === "collected") return isSame(before.log, after.log);
      return (
        before.log.state !== "missing" || isSame(before.log, after.log) || after.log.state === "collected"
      );
    },
  },
];

function endOf({ reason, since, by }: Extract<AccessRequest, { status: "ending" }>["ending"]) {
  return { reason, since, by };
}

/** The step invariants that a change breaks, as `L4 name`; none for every step that the core ever made. */
export function brokenSteps(before: AccessRequest, after: AccessRequest): readonly string[] {
  return STEP_INVARIANTS.filter(({ holds }) => !holds(before, after)).map(
    ({ law, name }) => `${law} ${name}`,
  );
}
