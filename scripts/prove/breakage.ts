import type { LineBreakage } from "./line-breakage.ts";

/** One line of the product, broken on purpose, and the test that has to notice. */
export interface Breakage extends LineBreakage {
  /** The law (`L4`) or rule that the line keeps. */
  readonly rule: string;
  readonly test: string;
  /** Part of the full name (suite and test) of the test that must turn red. */
  readonly name: string;
  /** `hang`: the broken line makes the test wait for ever; without it a time-out proves nothing. */
  readonly expect?: "hang";
}
