import type { Call, Outcome, ReportKind } from "./calls.ts";
import { toIso } from "./iso.ts";
import { sha256 } from "./log-chain.ts";
import type { Memory, Retry } from "./memory.ts";
import type { Now } from "./now.ts";
import type { Observed } from "./observed.ts";
import { retryAfterSeconds, wishedAfterSeconds } from "./poll.ts";
import type { AgentRecord, OwedCall, Session } from "./record.ts";
import type { Step } from "./steps.ts";

/** One look of the brain: what it sees, what it may change, and the steps it gathers. */
export interface Context {
  readonly now: Now;
  readonly observed: Observed;
  /** The record as it is on disk. What must be saved before it is done looks here. */
  readonly saved: AgentRecord;
  /** The record as it shall be; saved before `steps`, after `urgent`. */
  readonly record: AgentRecord;
  readonly memory: Memory;
  /** Taking rights away: done before anything else, even before saving. */
  readonly urgent: Step[];
  readonly steps: Step[];
  /** The earliest time something is due, in continuous seconds. */
  wakeSeconds: number;
  idsUsed: number;
}

const CALL_LIMIT_SECONDS = 10;

/** A fresh UUID, derived from the look's own. */
export function newId(ctx: Context): string {
  ctx.idsUsed += 1;
  const hex = sha256(`${ctx.observed.freshId}:${ctx.idsUsed}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Looks again at `continuousSeconds` at the latest. */
export function wakeAt(ctx: Context, continuousSeconds: number): void {
  ctx.wakeSeconds = Math.min(ctx.wakeSeconds, continuousSeconds);
}

/** Looks again in a second at the latest. */
export function keepTicking(ctx: Context): void {
  wakeAt(ctx, ctx.now.continuousSeconds + 1);
}

/** True when `retry` is due; otherwise the look after next is arranged for it. */
export function isDue(ctx: Context, retry: { readonly dueSeconds: number }): boolean {
  if (ctx.now.continuousSeconds >= retry.dueSeconds) return true;
  wakeAt(ctx, retry.dueSeconds);
  return false;
}

/** Plans the next try after one without an answer, and never before the service wants to be called again. */
export function backOff(ctx: Context, retry: Retry, capSeconds: number, outcome?: Outcome<unknown>): void {
  retry.failures += 1;
  const wait = retryAfterSeconds(retry.failures, ctx.observed.chance, capSeconds);
  retry.dueSeconds = ctx.now.continuousSeconds + Math.max(wait, wishedSeconds(ctx, outcome));
}

/** How long the service itself wants to be left alone; 0 where it said nothing. */
export function wishedSeconds(ctx: Context, outcome: Outcome<unknown> | undefined): number {
  const wish = outcome?.came === "failing" ? outcome.retryAfterSeconds : undefined;
  return wish === undefined ? 0 : wishedAfterSeconds(wish, ctx.observed.chance);
}

/** The name under which a call runs beside the loop: one at a time of each. */
export function slotOf(call: Call): string {
  switch (call.name) {
    case "status":
      return `status:${call.requestId}`;
    case "request":
      return `request:${call.idempotencyKey}`;
    case "cancel":
    case "end":
    case "networkLoss":
    case "removed":
    case "log":
    case "report":
      return "owed";
    case "enroll":
    case "mac":
    case "arm":
    case "start":
    case "beat":
      return call.name;
  }
}

/** True while a step that takes its own time is under way in `slot`. */
export function isBusy(ctx: Context, slot: string): boolean {
  return ctx.memory.busy[slot] !== undefined;
}

/** Calls the service beside the loop. */
export function call(ctx: Context, wanted: Call, limitSeconds = CALL_LIMIT_SECONDS): void {
  ctx.memory.busy[slotOf(wanted)] = ctx.now.awakeSeconds;
  ctx.steps.push({ do: "call", call: wanted, limitSeconds });
}

/** Does a step that takes its own time, under the name `slot`. */
export function beside(ctx: Context, slot: string, step: Step): void {
  ctx.memory.busy[slot] = ctx.now.awakeSeconds;
  ctx.steps.push(step);
}

/**
 * True when the service has answered this process what the Mac should be. One that was started during a session has
 * everything from disk, and root can have forged that: before the service has vouched for it, nobody is given rights
 * by it (law L1), no session is closed on its word, and nothing that decides is sent from it.
 */
export function isVouched({ memory }: Context): boolean {
  return memory.config !== undefined;
}

/** Shows an alert to the user with the uid `to`; nothing waits for it to be read. */
export function alert(ctx: Context, to: number, title: string, text: string): void {
  ctx.steps.push({ do: "alert", to, title, text });
}

/** The service must hear this, whatever happens to this process: kept on record until it has. */
export function owe(ctx: Context, owed: OwedCall, rechain = false): void {
  ctx.record.outbox.push({ id: newId(ctx), call: owed, ...(rechain ? { rechain } : {}) });
}

const ITEM_MAX_CHARACTERS = 1_000;
/** What the contract takes in one report; room for the other fields is left within its 256 KiB. */
const ITEMS_MAX = 200;
const ITEMS_MAX_BYTES = 200 * 1024;
const REPORTS_MAX = 5;

/**
 * Reports something to IT, in several reports where it is much. Items are cut to what the contract takes, and what was
 * cut is said, as is how many items are beyond the last report.
 */
export function report(ctx: Context, kind: ReportKind, items: readonly string[], requestId?: string): void {
  const pages = pagesOf(items.map(cutItem));
  const kept = pages.slice(0, REPORTS_MAX);
  const left = pages.slice(REPORTS_MAX).flat().length;
  const last = kept.at(-1);
  if (last !== undefined && left > 0) last.push(`and ${left + last.splice(-1).length} more`);
  for (const page of kept) {
    owe(ctx, {
      name: "report",
      reportId: newId(ctx),
      kind,
      at: toIso(ctx.now.wall),
      items: page,
      ...(requestId === undefined ? {} : { requestId }),
    });
  }
}

/** At least one page, since a report without items says something, too. */
function pagesOf(items: readonly string[]): string[][] {
  let page: string[] = [];
  const pages = [page];
  let bytes = 0;
  for (const item of items) {
    const size = Buffer.byteLength(JSON.stringify(item), "utf8") + 1;
    if (page.length >= ITEMS_MAX || bytes + size > ITEMS_MAX_BYTES) {
      page = [];
      pages.push(page);
      bytes = 0;
    }
    page.push(item);
    bytes += size;
  }
  return pages;
}

function cutItem(item: string): string {
  const characters = [...item.toWellFormed().replaceAll("\0", "#000")];
  if (characters.length <= ITEM_MAX_CHARACTERS) return characters.join("");
  return `${characters.slice(0, ITEM_MAX_CHARACTERS - 1).join("")}…`;
}

/**
 * Reports something about the session, once for each subject, as far as this process remembers: a list on record could
 * be filled by whoever wants to hear nothing reported.
 */
export function reportOnce(
  ctx: Context,
  session: Session,
  subject: string,
  kind: ReportKind,
  items: readonly string[],
): void {
  const { reported } = ctx.memory;
  if (reported.includes(subject)) return;
  reported.push(subject);
  report(ctx, kind, items, session.requestId);
}
