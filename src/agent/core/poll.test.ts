import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { pollAfterSeconds, retryAfterSeconds } from "./poll.ts";

test("W53 polls keep the service's wish, 20 % more or less", () => {
  assert.equal(pollAfterSeconds(20, 0), 16);
  assert.equal(pollAfterSeconds(20, 0.5), 20);
  assert.equal(pollAfterSeconds(3600, 0.999), 3600 * 1.1996);
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 3600, noNaN: true }),
      fc.double({ min: 0, max: 0.9999, noNaN: true }),
      (wish, chance) => {
        const wait = pollAfterSeconds(wish, chance);
        assert.ok(wait >= wish * 0.8 - 1e-9 && wait <= wish * 1.2 + 1e-9);
      },
    ),
  );
});

test("no answer makes a Mac poll without a pause or not at all", () => {
  assert.ok(pollAfterSeconds(0, 0) >= 0.8);
  assert.ok(pollAfterSeconds(-5, 0.5) >= 0.8);
  assert.ok(pollAfterSeconds(1e12, 0.5) <= 3600 * 1.2);
});

test("retries double up to their cap", () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5, 50, 2000].map((failures) => retryAfterSeconds(failures, 0.5, 20)),
    [2, 4, 8, 16, 20, 20, 20],
  );
});

test("a try after a failure waits 20 % less to 20 % more, by chance", () => {
  const waits = [0, 0.5, 1].map((chance) => retryAfterSeconds(1, chance, 60));
  assert.deepEqual(
    waits.map((wait) => Number(wait.toFixed(6))),
    [1.6, 2, 2.4],
  );
});
