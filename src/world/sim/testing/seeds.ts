import assert from "node:assert/strict";
import { addCounts, EXPECTED, missingFrom } from "../coverage.ts";
import { describeFailure } from "../failure-report.ts";
import { runSeed, type SeedLength, type SeedResult } from "../run-seed.ts";
import { createSimStore, type StoreKind } from "../sim-stores.ts";

/** Runs `count` seeds from `first` in memory; none may break a law, and most of what can happen must. */
export async function assertLawful(first: number, count: number, length: SeedLength): Promise<void> {
  const counts = new Map<string, number>();
  for (let seed = first; seed < first + count; seed += 1) {
    const result = await runSeed(seed, createSimStore("memory"), length);
    assert.equal(result.violations.length, 0, describeFailure(result, "memory"));
    addCounts(counts, result.counts);
  }
  const missing = missingFrom(counts);
  assert.ok(missing.length < EXPECTED.length / 3, `too little occurs: ${missing.join(", ")}`);
  assert.ok((counts.get("sessions") ?? 0) > count / 2, "seeds come to sessions");
}

/** Runs one seed on both stores; everything stored, shown and counted has to be the same, byte for byte. */
export async function assertSameOn(
  seed: number,
  stores: readonly [StoreKind, StoreKind],
  length: SeedLength,
): Promise<void> {
  const one: SeedResult = await runSeed(seed, createSimStore(stores[0]), length);
  const other: SeedResult = await runSeed(seed, createSimStore(stores[1]), length);
  const differs = one.history.findIndex((line, index) => line !== other.history[index]);
  assert.equal(one.history[differs], other.history[differs], `seed ${seed}, change ${differs}`);
  assert.equal(one.history.length, other.history.length);
  assert.equal(one.transcript(), other.transcript());
  assert.deepEqual([...one.counts], [...other.counts]);
}
