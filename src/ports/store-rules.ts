import { isLogOwed } from "../core/alarms.ts";
import type { AccessRequest } from "../core/request.ts";
import { HOUR_MS, type Instant } from "../core/time.ts";
import { type CardState, type Change, type LogHead, StoreError } from "./store.ts";

/** The most items that one change may write (the limit of a DynamoDB transaction). */
const CHANGE_ITEMS_MAX = 100;

/**
 * No effect is put off for longer than this. One that is, was stored while the machine's clock was ahead, and counts as
 * due.
 */
export const PUT_OFF_MAX_MS = 2 * HOUR_MS;

/** True when an effect that is put off until `notBefore` may be tried at `now`. */
export function isDueItem(notBefore: Instant, now: Instant): boolean {
  return notBefore <= now || notBefore > now + PUT_OFF_MAX_MS;
}

/** The head of a command log without chunks: the first chunk's `previousHash` is 64 zeros (design section 5). */
export const EMPTY_LOG_HEAD: LogHead = { nextSeq: 0, hash: "0".repeat(64), lines: 0, final: false };

/**
 * Refuses what no adapter may accept, so that all of them refuse it alike: more than 100 items, or two guards with
 * the same key (one transaction cannot write an item twice). Throws `StoreError`.
 */
export function checkChange(change: Change): void {
  const guards = change.guards ?? [];
  const single = [change.request, change.mac, change.quota].filter((part) => part !== undefined).length;
  // A chunk moves the head of its log, and audit lines move the head of their stream.
  const logItems = change.chunk === undefined ? 0 : 2;
  const auditItems = change.audit.length === 0 ? 0 : change.audit.length + 1;
  const items = single + logItems + auditItems + guards.length + change.effects.length;
  if (items > CHANGE_ITEMS_MAX) {
    throw new StoreError(`A change of ${items} items was refused: at most ${CHANGE_ITEMS_MAX} fit into one.`);
  }
  if (new Set(guards.map((guard) => guard.key)).size < guards.length) {
    throw new StoreError("A change with two guards of the same key was refused.");
  }
}

/** True when the session is over, or being ended, and its log is still to come: what `listLogOwedBySerial` finds. */
export function owesLog(request: AccessRequest): boolean {
  return (request.status === "ending" || request.status === "ended") && isLogOwed(request);
}

/** True when the root message of a request shows less than its present version. */
export function isCardBehind(version: number, card: CardState | undefined): boolean {
  return (card?.renderedVersion ?? 0) < version;
}
