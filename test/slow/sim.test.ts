import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { commitNumber } from "../../scripts/commit-number.ts";
import { assertSameOn } from "../../src/world/sim/testing/seeds.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SEEDS = 2_000;
const SEEDS_COMPARED = 4;

/**
 * Other seeds for each commit: each change is tried where none was tried before, and a run of the same commit, on any
 * machine, tries it again with the same seeds. The first stands in the tests' names, and SIM_SEED repeats a run.
 */
const FIRST = firstSeed();
console.log(`SIM_SEED=${FIRST}`);

function firstSeed(): number {
  const given = Number(process.env["SIM_SEED"] ?? "NaN");
  return Number.isSafeInteger(given) ? given : commitNumber(ROOT);
}

test(`${SEEDS} seeds from ${FIRST} keep every law, and everything that can happen does`, () => {
  const args = [
    "--disable-warning=ExperimentalWarning",
    join(ROOT, "scripts", "sim.ts"),
    "--seed",
    String(FIRST),
    "--seeds",
    String(SEEDS),
  ];
  const run = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  assert.equal(run.status, 0, `${run.stdout.slice(-40_000)}\n${run.stderr.slice(-4_000)}`);
});

test(`${SEEDS_COMPARED} seeds from ${FIRST} are the same in two runs and on SQLite, byte for byte`, async () => {
  for (let seed = FIRST; seed < FIRST + SEEDS_COMPARED; seed += 1) {
    await assertSameOn(seed, ["memory", "memory", "sqlite"], "whole");
  }
});
