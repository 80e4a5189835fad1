import type { Breakage } from "../breakage.ts";

/** Breakages of the pure core. */
export const CORE_BREAKAGES: readonly Breakage[] = [];
