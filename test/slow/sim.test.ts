import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { test } from "node:test";
import { assertSameOn } from "../../src/world/sim/testing/seeds.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const SEEDS = 2_000;
const SEEDS_COMPARED = 40;

/** Another one for each commit and each day; what it was is printed with the run. */
const FIRST = firstSeed();

function firstSeed(): number {
  const given = Number(process.env["SIM_SEED"] ?? "NaN");
  if (Number.isSafeInteger(given)) return given;
  const commit = execFileSync("git", ["rev-parse", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  const day = Math.floor(Date.now() / 86_400_000);
  return createHash("sha256").update(`${commit}${day}`).digest().readUInt32LE(0);
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

test(`${SEEDS_COMPARED} seeds from ${FIRST} are the same in memory and on SQLite, byte for byte`, async () => {
  for (let seed = FIRST; seed < FIRST + SEEDS_COMPARED; seed += 1) {
    await assertSameOn(seed, ["memory", "sqlite"], "whole");
  }
});
