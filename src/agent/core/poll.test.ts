import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { heldPollSeconds, pollAfterSeconds, retryAfterSeconds, wishedAfterSeconds } from "./poll.ts";

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

test("W53 held polls are asked for 16 to 20 s, in whole seconds and each as often", () => {
  const waits = Array.from({ length: 1_000 }, (_, index) => heldPollSeconds(index / 1_000));
  const counts = [16, 17, 18, 19, 20].map((wait) => waits.filter((one) => one === wait).length);
  assert.deepEqual(counts, [200, 200, 200, 200, 200]);
});

test("a wish of the service is kept, up to 20 % later, and for an hour at most", () => {
  assert.deepEqual(
    [0, 0.5, 1].map((chance) => wishedAfterSeconds(10, chance)),
    [10, 11, 12],
  );
  assert.equal(wishedAfterSeconds(86_400, 0), 3600);
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
