import type { Context } from "./context.ts";

/** What a session rests on besides the admin group, and may be unreadable for a time. */
export type Readable = "sudo" | "rootProcesses";

/** After so long IT is told that it could not be read, and nothing waits for it any longer. */
export const UNREAD_MAX_SECONDS = 60;

/** Keeps since when what a session rests on has not been read, look after look: nothing is concluded from silence. */
export function noteUnread({ now, memory, observed, saved }: Context): void {
  // It is read only for a session that is on disk.
  if (saved.session === undefined) return;
  for (const what of ["sudo", "rootProcesses"] as const) {
    if (observed[what] === undefined) memory.unreadSince[what] ??= now.awakeSeconds;
    else delete memory.unreadSince[what];
  }
}

/** For how many seconds awake it has not been read; 0 where this look could. */
export function unreadSeconds({ now, memory }: Context, what: Readable): number {
  return now.awakeSeconds - (memory.unreadSince[what] ?? now.awakeSeconds);
}
