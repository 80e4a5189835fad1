import { isLogOwed } from "./alarms.ts";
import { type AccessRequest, isSession } from "./request.ts";
import { ownTags, type TagNames } from "./tags.ts";

/** Which of our tags a Mac should carry; every other tag on it belongs to somebody else (law L13). */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The tags that the requests of one Mac want now: the elevation tag of an approval or a running session, and
 * log collection while a log is owed after an end. Two lengths at once cannot both apply, so the oldest approval
 * wins, of two at the same instant the smaller id, and the other waits: the order of `requests` does not matter.
 */
export function wantedTags(requests: readonly AccessRequest[], names: TagNames): TagChange {
  const add: string[] = [];
  const elevated = requests
    .flatMap((request) =>
      request.status === "approved" || request.status === "arming" || request.status === "active"
        ? [request]
        : [],
    )
    .toSorted(
      (a, b) =>
        Number(isSession(b)) - Number(isSession(a)) ||
        a.approval.at - b.approval.at ||
        (a.ask.requestId < b.ask.requestId ? -1 : 1),
    )[0];
  if (elevated !== undefined) add.push(names.elevation[elevated.approval.minutes]);
  const isCollecting = requests.some(
    (request) => (request.status === "ending" || request.status === "ended") && isLogOwed(request),
  );
  if (isCollecting) add.push(names.logCollection);
  return { add, remove: ownTags(names).filter((tag) => !add.includes(tag)) };
}

/** True when the elevation tag among `tags` is the one that `request` waits for. */
export function isSignalSet(request: AccessRequest, tags: readonly string[], names: TagNames): boolean {
  return request.status === "approved" && tags.includes(names.elevation[request.approval.minutes]);
}
