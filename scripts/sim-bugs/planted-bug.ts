import type { LineBreakage } from "../prove/line-breakage.ts";

/** A realistic mistake in one line, which the fault simulator has to notice. */
export interface PlantedBug extends LineBreakage {
  /** Unlike every other's. */
  readonly name: string;
  /** A number of `docs/rivals.md` (`W7`) where the mistake is one that was made elsewhere, else the rule it breaks. */
  readonly rule: string;
  /** What the broken line does, in words for people. */
  readonly does: string;
  /** The first law that a run breaks has to be one of these. */
  readonly laws: readonly string[];
}
