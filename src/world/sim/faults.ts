import type { Random } from "../random.ts";
import type { FaultName, FaultPlan } from "./plan.ts";
import type { RecordBook } from "./record-book.ts";

/** Draws whether a fault happens now, and counts it when it does. None does once the world has healed. */
export interface Faults {
  happens(name: FaultName): boolean;
  /** For how long, how many, which. */
  readonly random: Random;
  heal(): void;
  isHealed(): boolean;
}

/** Makes the faults of a seed. */
export function createFaults(plan: FaultPlan, random: Random, book: RecordBook): Faults {
  let isHealed = false;
  return {
    happens(name) {
      const chance = plan.chances[name];
      if (isHealed || chance === 0 || !random.chance(chance)) return false;
      book.count(`fault ${name}`);
      book.note(undefined, undefined, () => `fault ${name}`);
      return true;
    },
    random,
    heal() {
      isHealed = true;
    },
    isHealed: () => isHealed,
  };
}
