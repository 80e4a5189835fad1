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
    assert.ok(isLawful(result), describeFailure(result, "memory"));
    addCounts(counts, result.counts);
  }
  const missing = missingFrom(counts);
  assert.ok(missing.length < EXPECTED.length / 3, `too little occurs: ${missing.join(", ")}`);
  assert.ok((counts.get("sessions") ?? 0) > count / 2, "seeds come to sessions");
}

/**
 * Runs one seed on each of the stores, one after the other; everything stored, shown and counted, everything that can
 * be read back at the end and every event has to be the same as on the first, byte for byte.
 */
export async function assertSameOn(
  seed: number,
  [first, ...others]: readonly [StoreKind, ...StoreKind[]],
  length: SeedLength,
): Promise<void> {
  const one = await runOn(seed, first, length);
  for (const store of others) {
    const other = await runOn(seed, store, length);
    const what = `seed ${seed} on ${first} and ${store}`;
    assertSameLines(one.history, other.history, `${what}, change`);
    assertSameLines(one.left, other.left, `${what}, what is left`);
    assert.equal(one.transcript(), other.transcript(), what);
    assert.deepEqual([...one.counts], [...other.counts], what);
  }
}

async function runOn(seed: number, store: StoreKind, length: SeedLength): Promise<SeedResult> {
  const result = await runSeed(seed, createSimStore(store), length, true);
  assert.ok(isLawful(result), describeFailure(result, store));
  return result;
}

function isLawful({ violations, breakdown }: SeedResult): boolean {
  return violations.length === 0 && breakdown === undefined;
}

function assertSameLines(one: readonly string[], other: readonly string[], what: string): void {
  const differs = one.findIndex((line, index) => line !== other[index]);
  assert.equal(one[differs], other[differs], `${what} ${differs}`);
  assert.equal(one.length, other.length, what);
}
