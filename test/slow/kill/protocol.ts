import type { Policy } from "../../../src/core/policy-config.ts";
import type { Instant } from "../../../src/core/time.ts";

/** When a child is to kill itself: at one point of its life, or at every `every`-th point that it passes. */
export type KillOrder = { readonly at: string } | { readonly every: number };

/** What a child is started with, as JSON in its first argument. */
export interface ChildSettings {
  readonly file: string;
  readonly slackUrl: string;
  readonly iruUrl: string;
  /** Where the child's clock stands at first; it moves only when the parent says so. */
  readonly now: Instant;
  /** Of the child's ids: no two lives of one story may share it. */
  readonly seed: string;
  readonly policy?: Partial<Policy>;
  readonly kill?: KillOrder;
}

/** What the parent asks of a child over IPC. Each is answered once, in order. */
export type ToChild =
  /** Move the clock; answered with `quiet` when everything that is due by then is done. */
  | { readonly ask: "advance"; readonly to: Instant }
  | { readonly ask: "points" }
  /** Stop without a kill: finish what is under way, close the file, end. */
  | { readonly ask: "stop" };

export type FromChild =
  | { readonly tell: "ready"; readonly url: string }
  | { readonly tell: "quiet"; readonly now: Instant }
  /** The names of the crash points passed so far, in order. */
  | { readonly tell: "points"; readonly points: readonly string[] }
  | { readonly tell: "stopped" };

/** What a child writes to its standard output right before it kills itself: one line of JSON. */
export interface DeathNote {
  readonly point: string;
  readonly now: Instant;
}

/** Every call of a child carries its clock in this header, so that the world outside is never behind it. */
export const CLOCK_HEADER = "x-child-clock";
