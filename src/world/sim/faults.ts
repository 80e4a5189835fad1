import type { Instant } from "../../core/time.ts";
import type { Random } from "../random.ts";
import type { FaultName, FaultPlan } from "./plan.ts";
import type { RecordBook } from "./record-book.ts";

/** Draws whether a fault happens now, and counts it when it does. None does once the world has healed. */
export interface Faults {
  happens(name: FaultName): boolean;
  /**
   * Whether a process dies at a port call, such as `before store.commit`. Every seed has one point of each kind of
   * process that it tries harder, since some are hardly ever passed.
   */
  dies(process: "service" | "agent", point: string): boolean;
  /** For how long, how many, which. */
  readonly random: Random;
  heal(at: Instant): void;
  isHealed(): boolean;
  /** Since when; undefined while there are faults. */
  healedAt(): Instant | undefined;
}

/** A point that is passed all the time would otherwise let nothing else happen. */
const FAVOURITES_MAX = 4;

/** Most calls of the agent only read; those that do something are rarer, and worth more deaths. */
const FAULT_AT: Readonly<Record<"service" | "agent", (point: string) => FaultName>> = {
  service: () => "crash_at_port",
  agent: (point) => (isReading(point) ? "agent_dies_reading" : "agent_dies_acting"),
};

function isReading(point: string): boolean {
  return /\.(read|facts|sleep|enrollmentToken)/.test(point);
}

/** Makes the faults of a seed. */
export function createFaults(plan: FaultPlan, random: Random, book: RecordBook): Faults {
  let healedAt: Instant | undefined;
  let favouritesLeft = FAVOURITES_MAX;

  function happens(name: FaultName): boolean {
    const chance = plan.chances[name];
    if (healedAt !== undefined || chance === 0 || !random.chance(chance)) return false;
    book.count(`fault ${name}`);
    book.note(undefined, undefined, () => `fault ${name}`);
    return true;
  }

  function dies(process: "service" | "agent", point: string): boolean {
    const name = FAULT_AT[process](point);
    const isFavourite = plan.favourites[process] === point && favouritesLeft > 0;
    if (isFavourite && happens("crash_at_favourite")) favouritesLeft -= 1;
    else if (!happens(name)) return false;
    book.count(`crash ${process} ${point}`);
    return true;
  }

  return {
    happens,
    dies,
    random,
    heal(at) {
      healedAt = at;
    },
    isHealed: () => healedAt !== undefined,
    healedAt: () => healedAt,
  };
}
