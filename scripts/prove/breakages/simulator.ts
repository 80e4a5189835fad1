import type { Breakage } from "../breakage.ts";

const SAME_BYTES = {
  test: "src/world/sim/same-bytes.test.ts",
  name: "a seed on SQLite stores and shows the same as in memory, byte for byte",
} as const;

/** Breakages of the SQLite store that no law notices: only comparing all that is left with memory does. */
export const SIMULATOR_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L7",
    file: "src/adapters/sqlite/writes.ts",
    find: "const value = JSON.stringify(card);",
    replace: "const value = JSON.stringify({ ...card, renderedAt: 0 });",
    ...SAME_BYTES,
  },
];
