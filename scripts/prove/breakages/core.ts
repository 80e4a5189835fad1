import type { Breakage } from "../breakage.ts";

/** Breakages of the pure core. */
export const CORE_BREAKAGES: readonly Breakage[] = [
  {
    rule: "tags",
    file: "src/core/tags.ts",
    find: "names.logCollection];",
    replace: "];",
    test: "src/core/tags.test.ts",
    name: "the tags that are ours are the four elevation tags and log collection",
  },
];
