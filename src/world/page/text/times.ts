import { h, type VElement } from "../dom/vnode.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long ago or how soon, in few words: "just now", "2 min ago", "in 40 s". */
export function relativeTime(at: number, now: number): string {
  const distance = Math.abs(now - at);
  if (distance < 5 * SECOND) return "just now";
  const amount = roughly(distance);
  return at <= now ? `${amount} ago` : `in ${amount}`;
}

function roughly(distance: number): string {
  if (distance < MINUTE) return `${Math.floor(distance / SECOND / 5) * 5} s`;
  if (distance < HOUR) return `${Math.floor(distance / MINUTE)} min`;
  if (distance < DAY) return `${Math.floor(distance / HOUR)} h`;
  return `${Math.floor(distance / DAY)} d`;
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit", second: "2-digit" });
const shortClock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });

/** Day, time and zone, in the reader's own zone. */
export function absoluteTime(at: number): string {
  return absolute.format(at);
}

/** The time of day with seconds, in the reader's own zone. */
export function clockTime(at: number): string {
  return clock.format(at);
}

/** The time of day, in the reader's own zone. */
export function shortClockTime(at: number): string {
  return shortClock.format(at);
}

/** Minutes and seconds left, such as 9:41; never below 0:00. */
export function countdown(until: number, now: number): string {
  const seconds = Math.max(0, Math.ceil((until - now) / SECOND));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** A time shown as `words`, with the absolute one on hover. */
export function timeElement(at: number, words: string, className = "time"): VElement {
  return h(
    "time",
    { class: className, datetime: new Date(at).toISOString(), title: absoluteTime(at) },
    words,
  );
}
