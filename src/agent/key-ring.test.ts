import assert from "node:assert/strict";
import test from "node:test";
import { createKeyRing } from "./key-ring.ts";
import type { DeviceKeys } from "./ports.ts";

const OLD = "old-".padEnd(43, "o");
const NEXT = "next-".padEnd(43, "n");
const SILENT = { came: "silent", why: "timed out" } as const;
const FAILING = { came: "failing", status: 503, detail: "try again" } as const;
const refused = (status: number) => ({ came: "refused", status, detail: "no" }) as const;
const answer = { came: "answer", answer: {} } as const;

/** A ring that was given a next key with the answer to `/removed`, and what its keychain holds. */
async function renewed() {
  let stored: DeviceKeys = { current: OLD };
  const ring = createKeyRing({
    read: async () => stored,
    write: async (keys) => {
      stored = keys;
    },
    enrollmentToken: async () => undefined,
  });
  await ring.noteOutcome("removed", OLD, { came: "answer", answer: { status: "ended", nextKey: NEXT } });
  return { ring, stored: () => stored };
}

test("W25 L12 a renewed key is used at once, and the old one kept until the new one was taken", async () => {
  const { ring, stored } = await renewed();
  assert.deepEqual(stored(), { current: OLD, next: NEXT });
  assert.equal(await ring.forNextCall(), NEXT);
  await ring.noteOutcome("mac", NEXT, answer);
  assert.deepEqual(stored(), { current: NEXT });
});

test("W25 neither silence nor a failing service nor a refusal shows that the renewed key was taken", async () => {
  for (const outcome of [SILENT, FAILING, refused(429)]) {
    const { ring, stored } = await renewed();
    await ring.noteOutcome("mac", NEXT, outcome);
    assert.deepEqual(stored(), { current: OLD, next: NEXT }, outcome.came);
    assert.equal(await ring.forNextCall(), NEXT);
  }
});

test("W25 a renewed key that the service does not know gives way to the old one", async () => {
  const { ring, stored } = await renewed();
  await ring.noteOutcome("mac", NEXT, FAILING);
  await ring.noteOutcome("mac", NEXT, refused(401));
  assert.equal(await ring.forNextCall(), OLD);
  assert.deepEqual(stored(), { current: OLD, next: NEXT });
});

test("L12 a renewed key that could not be stored is not used, and the keychain's trouble is told", async () => {
  let works = false;
  let stored: DeviceKeys = { current: OLD };
  const ring = createKeyRing({
    read: async () => stored,
    async write(keys) {
      if (!works) throw new Error(`cannot store ${NEXT}`);
      stored = keys;
    },
    enrollmentToken: async () => undefined,
  });
  const given = { came: "answer", answer: { status: "ended", nextKey: NEXT } } as const;
  assert.equal(await ring.noteOutcome("removed", OLD, given), false);
  assert.deepEqual([await ring.forNextCall(), stored], [OLD, { current: OLD }]);
  assert.equal(ring.trouble(), "the keychain could not be written");
  works = true;
  assert.equal(await ring.noteOutcome("removed", OLD, given), true);
  assert.deepEqual([await ring.forNextCall(), ring.trouble()], [NEXT, undefined]);
});
