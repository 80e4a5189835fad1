import { mayHoldRights } from "./alarms.ts";
import type { Serial } from "./ids.ts";
import { type AccessRequest, isOpen } from "./request.ts";

/** A name that only one request may hold at a time. */
export interface GuardChange {
  readonly op: "claim" | "release";
  readonly key: string;
  readonly owner: string;
}

/** One open request per Mac and user. */
export function openGuardKey(request: AccessRequest): string {
  return `open:${request.ask.serial}:${request.ask.generatedUid}`;
}

/** One granted session per Mac, until it is proven to be over: the Mac is told of it, and gets no other, until then. */
export function sessionGuardKey(serial: Serial): string {
  return `session:${serial}`;
}

function holdsSession(request: AccessRequest | undefined): boolean {
  return request !== undefined && mayHoldRights(request);
}

/** The claims and releases that go with a step from `before` to `after`. */
export function guardChanges(
  before: AccessRequest | undefined,
  after: AccessRequest,
): readonly GuardChange[] {
  const owner = after.ask.requestId;
  const changes: GuardChange[] = [];
  const wasOpen = before !== undefined && isOpen(before);
  if (!wasOpen && isOpen(after)) changes.push({ op: "claim", key: openGuardKey(after), owner });
  if (wasOpen && !isOpen(after)) changes.push({ op: "release", key: openGuardKey(after), owner });
  if (!holdsSession(before) && holdsSession(after)) {
    changes.push({ op: "claim", key: sessionGuardKey(after.ask.serial), owner });
  }
  if (holdsSession(before) && !holdsSession(after)) {
    changes.push({ op: "release", key: sessionGuardKey(after.ask.serial), owner });
  }
  return changes;
}
