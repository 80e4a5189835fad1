import { LOG_LINE_MAX_BYTES } from "../../wire/device.ts";
import { type Context, owe } from "./context.ts";
import { offsetText, toIso } from "./iso.ts";
import { makeChunks, sha256, shippableLine } from "./log-chain.ts";
import { LOG_WINDOW_BYTES, moveOn, noteLook } from "./log-position.ts";
import { namesOf } from "./membership.ts";
import type { Session } from "./record.ts";
import { sortSudoLines } from "./sudo-log.ts";

const SHIP_EVERY_SECONDS = 5;
const SHIP_AT_BYTES = 128 * 1024;
/** As many pieces of a session's log may wait for the service at once. */
const CHUNKS_WAITING_MAX = 32;
/** At the end of a session more, so that its proof hardly ever waits for its log. */
const CHUNKS_AT_END_MAX = 128;
/** The service's 409 to a number it does not expect says where the chain stands. */
const UNKNOWN_SEQ = 1_000_000;

/** The canary command, whole; the agent's own lines are told by it. */
export function canaryCommand(nonce: string): string {
  return `/usr/bin/true hallpass-canary-${nonce}`;
}

/**
 * Turns what is new in the sudo log into chunks, which leave the Mac while the session runs (law L15), with the notes
 * made meanwhile. With `drain` everything that is there is turned, also a last line without its end. True when nothing
 * is left. What the service refused to go on with gets no more, and what waits for the service is bounded: the log
 * itself keeps the rest, and a record of hundreds of megabytes could be neither read nor written any more.
 */
export function shipLog(ctx: Context, session: Session, drain = false): boolean {
  const { log } = session;
  if (log.refused !== undefined) return true;
  const since = ctx.now.continuousSeconds - log.chunkedAtSeconds;
  const isDue = drain || since >= SHIP_EVERY_SECONDS || since < 0;
  const isFull = waitingChunks(ctx, session) >= (drain ? CHUNKS_AT_END_MAX : CHUNKS_WAITING_MAX);
  const { lines, isDone } = takeLines(ctx, session, { drain, isDue, isFull });
  if (isFull) return isDone;
  const notes = lines.length > 0 || isDue ? (log.notes ?? []) : [];
  if (lines.length === 0 && notes.length === 0) return isDone;
  if (notes.length > 0) log.notes = undefined;
  log.chunkedAtSeconds = ctx.now.continuousSeconds;
  // What was noted was noted before these lines were looked for: that the log is read again, say.
  ship(ctx, session, [...notes, ...lines], false);
  return isDone;
}

function waitingChunks({ record }: Context, { requestId }: Session): number {
  return record.outbox.filter(({ call }) => call.name === "log" && call.requestId === requestId).length;
}

/** Moves past what may be shipped now; gives the lines that leave the Mac, and whether none is left. */
function takeLines(
  ctx: Context,
  session: Session,
  how: { readonly drain: boolean; readonly isDue: boolean; readonly isFull: boolean },
): { readonly lines: readonly string[]; readonly isDone: boolean } {
  const { log } = session;
  const { sudo } = ctx.observed;
  // A log that could not be read is not one that is empty.
  if (sudo === undefined && log.inode !== "") return { lines: [], isDone: false };
  const found = sudo?.log;
  if (found === undefined || found.inode !== log.inode || found.size < log.offset) {
    return { lines: [], isDone: true };
  }
  // What was read begins where the log stood before this look.
  if (ctx.saved.session?.log.offset !== log.offset) return { lines: [], isDone: false };
  ctx.memory.seenLog = noteLook(log, found);
  // Looked at all the same: what waits in the log may not change (law L15).
  if (how.isFull) return { lines: [], isDone: false };
  const whole = how.drain && log.offset + found.text.length >= found.size;
  const end = whole ? found.text.length : shippableBytes(found.text);
  if (end === 0) return { lines: [], isDone: found.text === "" || whole };
  if (!how.isDue && end < SHIP_AT_BYTES) return { lines: [], isDone: false };
  const text = found.text.slice(0, end);
  const lines = linesOf(found.before, text);
  const { shipped, others } = sortSudoLines(lines, audienceOf(ctx, session), isCanary(ctx));
  moveOn(log, found.before, text);
  log.otherLines += others;
  log.chunkedAtSeconds = ctx.now.continuousSeconds;
  return { lines: shipped, isDone: log.offset >= found.size };
}

/**
 * How much of what was read may be shipped: up to its last line's end. A line that fills all that can be read at once
 * is shipped in pieces; otherwise nothing behind it would ever be read (law L8).
 */
function shippableBytes(text: string): number {
  const end = text.lastIndexOf("\n") + 1;
  return end === 0 && text.length >= LOG_WINDOW_BYTES ? text.length : end;
}

/**
 * The lines in `text`, which follows `before`. They may begin with the rest of a line whose beginning is gone, since
 * the log was rewritten, or was shipped before, since the line is longer than what is read at once: without it a
 * secret in it could not be told, so it is only named (law L12), a long one with its hash.
 */
function linesOf(before: string, text: string): string[] {
  const lines = text.split("\n");
  const [rest = ""] = lines;
  const words = lines.map((line) => Buffer.from(line, "latin1").toString("utf8"));
  const isCut = before !== "" && !before.endsWith("\n") && rest !== "";
  return isCut ? [nameOfRest(rest), ...words.slice(1)] : words;
}

/** Short text could be guessed from its hash. */
function nameOfRest(rest: string): string {
  const hash = rest.length > LOG_LINE_MAX_BYTES ? `, sha256 ${sha256(Buffer.from(rest, "latin1"))}` : "";
  return `[the rest of a line, not shipped: ${rest.length} bytes${hash}]`;
}

/** The last chunk: what remains to be said, and that nothing follows. */
export function shipLast(ctx: Context, session: Session): void {
  const { otherLines, notes = [] } = session.log;
  const others = otherLines === 0 ? [] : [`[${otherLines} lines of other accounts not shipped]`];
  ship(ctx, session, [...notes, ...others], true);
}

/** A note of the agent's own, such as the life of a root shell: it goes with the next lines, not in a chunk of its own. */
export function shipNote({ log }: Session, note: string): void {
  log.notes = [...(log.notes ?? []), note];
}

/** The last chunk of a session whose chain cannot be gone on with: its head was lost, or the service refused a chunk. */
export function shipLostLog(ctx: Context, requestId: string, note: string): void {
  const lost = { nextSeq: UNKNOWN_SEQ, previousHash: "0".repeat(64) };
  const [chunk] = makeChunks(lost, [shippableLine(note)], true);
  if (chunk !== undefined) owe(ctx, { name: "log", requestId, ...chunk }, true);
}

function ship(ctx: Context, session: Session, lines: readonly string[], final: boolean): void {
  const { log } = session;
  const header = log.hasHeader ? [] : [headerOf(ctx, session)];
  log.hasHeader = true;
  const chunks = makeChunks(log, [...header, ...lines].map(shippableLine), final);
  for (const chunk of chunks) owe(ctx, { name: "log", requestId: session.requestId, ...chunk });
}

function headerOf(ctx: Context, session: Session): string {
  const { serial, utcOffsetMinutes } = ctx.observed;
  const { username, uid } = session.person;
  const zone = `times of sudo are local, UTC${offsetText(utcOffsetMinutes)}`;
  return `[session of ${username} (uid ${uid}) on ${serial} from ${toIso(session.sinceWall)}; ${zone}]`;
}

function audienceOf(ctx: Context, session: Session) {
  const { admins } = ctx.observed;
  const { person, baseline } = session;
  return {
    requesterNames: admins === undefined ? [person.username] : [person.username, ...namesOf(admins, person)],
    baselineNames: baseline.accounts.map((account) => account.username),
  };
}

function isCanary(ctx: Context): (command: string) => boolean {
  const own = new Set(ctx.memory.nonces.map(canaryCommand));
  return (command) => own.has(command);
}
