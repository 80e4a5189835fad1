import type { DemoAct } from "../demo/acts.ts";
import type { DemoPerson, DemoSnapshot } from "../demo/snapshot.ts";
import type { ActOutcome } from "./connection.ts";

export type Theme = "auto" | "light" | "dark";
export type Tab = "slack" | "mac" | "audit";
export type Place = "channel" | "direct";

/** A question before something is done. */
export interface Question {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly no: string;
  readonly style: string | undefined;
  readonly onYes: () => void;
}

/** What the page itself remembers, beside what the server says. */
export interface PageState {
  readonly snapshot: DemoSnapshot | undefined;
  /** `performance.now()` when the clock of the snapshot came. */
  readonly receivedAt: number;
  readonly connection: "connecting" | "open" | "lost";
  readonly theme: Theme;
  readonly tab: Tab;
  readonly personId: string | undefined;
  readonly place: Place;
  /** How many messages of each place were seen, by its name. */
  readonly seen: Readonly<Record<string, number>>;
  /** Things folded open or shut by hand: threads, files, audit entries. */
  readonly folds: Readonly<Record<string, boolean>>;
  readonly question: Question | undefined;
  /** The act under way, by its name; one at a time per name. */
  readonly underWay: Readonly<Record<string, boolean>>;
  /** Why something was not done, or what came of it; shown until the next act. */
  readonly notice: { readonly text: string; readonly isProblem: boolean } | undefined;
}

/** What every view gets: the state, the time, and what can be done. */
export interface View {
  readonly state: PageState;
  readonly snapshot: DemoSnapshot;
  /** Simulated time, reckoned on from the last snapshot. */
  readonly now: number;
  readonly person: DemoPerson;
  set(patch: Partial<PageState>): void;
  /** Sends an act; `name` is under way until it is answered. Problems are shown as a notice. */
  act(act: DemoAct, name?: string): Promise<ActOutcome>;
  fold(name: string, isOpen: boolean): void;
}

/** Simulated time now. */
export function nowOf(state: PageState, performanceNow: number): number {
  const clock = state.snapshot?.clock;
  if (clock === undefined) return 0;
  // A server that is gone moves no clock.
  const since = state.connection === "open" ? performanceNow - state.receivedAt : 0;
  return clock.now + Math.max(0, since) * clock.rate;
}

/** Whether something is folded open: as last set by hand, else as it is by itself. */
export function isOpen(state: PageState, name: string, byItself: boolean): boolean {
  return state.folds[name] ?? byItself;
}
