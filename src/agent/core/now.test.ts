import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { deadlineAfter, isOver, type Now, secondsLeft, shortened } from "./now.ts";

const at = (continuousSeconds: number, bootSession = "boot-1", wall = 0): Now => ({
  wall,
  bootSession,
  continuousSeconds,
  awakeSeconds: 0,
});

test("L4 the deadline counts continuous seconds: neither the wall clock nor being awake matters", () => {
  const deadline = deadlineAfter(at(100), 600);
  assert.equal(secondsLeft(deadline, at(100)), 600);
  assert.equal(secondsLeft(deadline, at(699.5, "boot-1", 9e12)), 0.5);
  assert.equal(isOver(deadline, at(699.5)), false);
  assert.equal(isOver(deadline, at(700)), true);
  assert.equal(secondsLeft(deadline, at(5_000)), 0);
});

test("L4 under another boot id the deadline has passed", () => {
  const deadline = deadlineAfter(at(100), 600);
  assert.equal(isOver(deadline, at(3, "boot-2")), true);
});

test("L4 the service may shorten the deadline, never extend it", () => {
  const deadline = deadlineAfter(at(100), 600);
  assert.equal(shortened(deadline, at(200), 60).continuousSeconds, 260);
  assert.equal(shortened(deadline, at(200), -5).continuousSeconds, 200);
  for (const answer of [undefined, Number.NaN, Infinity, 501, 1e9]) {
    assert.deepEqual(shortened(deadline, at(200), answer), deadline);
  }
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.double(), fc.nat(2_000))), (answers) => {
      let current = deadline;
      for (const [remaining, seconds] of answers) {
        const next = shortened(current, at(seconds), remaining);
        assert.ok(next.continuousSeconds <= current.continuousSeconds);
        current = next;
      }
    }),
  );
});
