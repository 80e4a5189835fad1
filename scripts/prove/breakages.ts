import type { Breakage } from "./breakage.ts";
import { CORE_BREAKAGES } from "./breakages/core.ts";

/** Every breakage that `npm run prove` tries, by the part of the product that it breaks. */
export const BREAKAGES: readonly Breakage[] = [...CORE_BREAKAGES];
