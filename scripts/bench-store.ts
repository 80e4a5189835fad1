// How much group commit is worth on this machine: the same changes, each in a transaction of its own (one caller
// who waits for each), against many callers at once, who share transactions. Both are on disk when acknowledged.
// Run it by hand: node scripts/bench-store.ts [folder of the data files]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openSqliteStore } from "../src/adapters/sqlite/store.ts";
import { draftOf, effectOf, idOf, pendingOf, writeOf } from "../src/ports/contract/store/fixtures.ts";

const ROUNDS = 3;
const CHANGES = 1_500;
const CALLERS = 64;
const silent = { info() {}, warn() {}, error() {} };

/** Commits per second of so many callers, each with one change under way at a time, on a fresh data file. */
async function measure(folder: string, callers: number): Promise<number> {
  const data = mkdtempSync(join(folder, "hallpass-bench-"));
  const store = openSqliteStore({ file: join(data, "hallpass.db"), log: silent });
  let next = 0;
  const call = async (): Promise<void> => {
    for (let number = next++; number < CHANGES; number = next++) {
      const guards = [{ op: "claim", key: `open:${number}`, owner: idOf(number) }] as const;
      const parts = {
        guards,
        audit: [draftOf("requested")],
        effects: [effectOf("card"), effectOf("received")],
      };
      await store.commit(writeOf(pendingOf(number), 0, parts));
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: callers }, call));
  const seconds = (performance.now() - start) / 1_000;
  await store.close();
  rmSync(data, { recursive: true });
  return CHANGES / seconds;
}

const folder = process.argv[2] ?? tmpdir();
const ratios: number[] = [];
await measure(folder, CALLERS);
for (let round = 1; round <= ROUNDS; round += 1) {
  const alone = await measure(folder, 1);
  const grouped = await measure(folder, CALLERS);
  ratios.push(grouped / alone);
  const line = `one transaction each ${alone.toFixed(0)}/s, group commit ${grouped.toFixed(0)}/s`;
  console.log(`round ${round}: ${line}, ratio ${(grouped / alone).toFixed(1)}`);
}
const median = ratios.toSorted((left, right) => left - right)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
console.log(
  `group commit with ${CALLERS} callers: ${median.toFixed(1)} times as many commits (median of ${ROUNDS})`,
);
