import { sha256 } from "./log-chain.ts";
import type { SudoReading } from "./observed.ts";
import type { LogState } from "./record.ts";

/** How much of the text before the offset is remembered by its hash. */
const TAIL_BYTES = 4 * 1024;
/** So much of the log is read in one look; less is read only where the log ends. */
export const LOG_WINDOW_BYTES = 512 * 1024;

/** What a look saw from byte `offset` of the log on, shipped or not. */
export interface SeenLog {
  readonly offset: number;
  readonly text: string;
  /** Of the whole file, in bytes. */
  readonly size: number;
}

/**
 * What shows that the sudo log is not the one read so far (law L15); undefined when it is. `seen` is what the look
 * before saw: what is not shipped yet may not change either.
 */
export function rewriteOf(log: LogState, found: SudoReading["log"], seen?: SeenLog): string | undefined {
  if (found === undefined) return "the sudo log was deleted";
  if (found.inode !== log.inode) return "the sudo log was replaced by another file";
  if (found.size < Math.max(log.offset, seen?.size ?? 0)) return "the sudo log was cut short";
  if (log.tailHash !== "" && sha256(found.before) !== log.tailHash) return "the sudo log was rewritten";
  const waiting = seen === undefined ? "" : seen.text.slice(log.offset - seen.offset);
  return found.text.startsWith(waiting) ? undefined : "the sudo log was rewritten";
}

/** Remembers a look at the log, also where nothing of it is shipped yet. */
export function noteLook(log: LogState, found: NonNullable<SudoReading["log"]>): SeenLog {
  if (log.tailHash === "") log.tailHash = sha256(found.before);
  return { offset: log.offset, text: found.text, size: found.size };
}

/** Moves the position past `text` (one character a byte), remembering the bytes before it. */
export function moveOn(log: LogState, before: string, text: string): void {
  log.offset += text.length;
  log.tailHash = sha256((before + text).slice(-TAIL_BYTES));
}
