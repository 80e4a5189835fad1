import { test } from "node:test";
import { assertSameOn } from "./testing/seeds.ts";

const SEEDS = [1, 2, 3, 4, 5, 6];

test("two runs of a seed are the same, byte for byte", async () => {
  for (const seed of SEEDS) await assertSameOn(seed, ["memory", "memory"], "short");
});

test("a seed on SQLite stores and shows the same as in memory, byte for byte", async () => {
  for (const seed of SEEDS) await assertSameOn(seed, ["memory", "sqlite"], "short");
});
