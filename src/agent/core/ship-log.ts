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
/** The service's 409 to a number it does not expect says where the chain stands. */
const UNKNOWN_SEQ = 1_000_000;

/** The canary command, whole; the agent's own lines are told by it. */
export function canaryCommand(nonce: string): string {
  return `/usr/bin/true hallpass-canary-${nonce}`;
}

/**
 * Turns what is new in the sudo log into chunks, which leave the Mac while the session runs (law L15). With
 * `drain` everything that is there is turned, also a last line without its end. True when nothing is left.
 */
export function shipLog(ctx: Context, session: Session, drain = false): boolean {
  const { log } = session;
  const found = ctx.observed.sudo?.log;
  if (found === undefined || found.inode !== log.inode || found.size < log.offset) return true;
  ctx.memory.seenLog = noteLook(log, found);
  const whole = drain && log.offset + found.text.length >= found.size;
  const end = whole ? found.text.length : shippableBytes(found.text);
  if (end === 0) return found.text === "" || whole;
  const since = ctx.now.continuousSeconds - log.chunkedAtSeconds;
  if (!drain && end < SHIP_AT_BYTES && since < SHIP_EVERY_SECONDS && since >= 0) return false;
  const text = found.text.slice(0, end);
  const lines = linesOf(found.before, text);
  const { shipped, others } = sortSudoLines(lines, audienceOf(ctx, session), isCanary(ctx));
  moveOn(log, found.before, text);
  log.otherLines += others;
  log.chunkedAtSeconds = ctx.now.continuousSeconds;
  if (shipped.length > 0) ship(ctx, session, shipped, false);
  return log.offset >= found.size;
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
export function shipLast(ctx: Context, session: Session, notes: readonly string[]): void {
  const { otherLines } = session.log;
  const others = otherLines === 0 ? [] : [`[${otherLines} lines of other accounts not shipped]`];
  ship(ctx, session, [...notes, ...others], true);
}

/** A note of the agent's own in the log, such as the life of a root shell. */
export function shipNote(ctx: Context, session: Session, note: string): void {
  ship(ctx, session, [note], false);
}

/** The last chunk of a session whose record, and with it the head of its chain, was lost. */
export function shipLostLog(ctx: Context, requestId: string, note: string): void {
  const lost = { nextSeq: UNKNOWN_SEQ, previousHash: "0".repeat(64) };
  const [chunk] = makeChunks(lost, [note], true);
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
