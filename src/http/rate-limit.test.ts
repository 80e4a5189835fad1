import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { createVirtualClock } from "../world/clock.ts";
import { createRateLimit } from "./rate-limit.ts";

/** A timer that never fires. */
const stopped = () => () => undefined;

describe("rate limit", () => {
  test("lets a burst through, then so many a second, and says when to come back", async () => {
    const clock = createVirtualClock(0);
    const limit = createRateLimit(clock, { perSecond: 2, burst: 4 });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => limit.take("a")),
      [0, 0, 0, 0],
    );
    assert.equal(limit.take("a"), 1);
    assert.equal(limit.take("b"), 0, "each name has its own");
    await clock.advance(500);
    assert.deepEqual([limit.take("a"), limit.take("a")], [0, 1]);
  });

  test("over any time nobody gets more than burst and rate allow, and who waits as told gets in", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(3_000), { maxLength: 60 }), async (gaps) => {
        const clock = createVirtualClock(0);
        const limit = createRateLimit(clock, { perSecond: 2, burst: 5 });
        let taken = 0;
        for (const gap of gaps) {
          await clock.advance(gap);
          const waitSeconds = limit.take("a");
          if (waitSeconds === 0) taken += 1;
          assert.ok(taken <= 5 + (2 * clock.now()) / 1_000 + 1e-6);
          if (waitSeconds === 0) continue;
          await clock.advance(waitSeconds * 1_000);
          assert.equal(limit.take("a"), 0);
          taken += 1;
        }
      }),
      { numRuns: 50 },
    );
  });

  test("a clock that was set back refills nothing and locks nobody out", () => {
    let now = 1_000_000;
    const clock = { now: () => now, at: stopped, after: stopped, sleep: async () => undefined };
    const limit = createRateLimit(clock, { perSecond: 1, burst: 1 });
    assert.equal(limit.take("a"), 0);
    now -= 3_600_000;
    assert.equal(limit.take("a"), 1);
    now += 1_000;
    assert.equal(limit.take("a"), 0);
  });

  test("names that have long been quiet are forgotten without a gift to those that have not", () => {
    let now = 0;
    const clock = { now: () => now, at: stopped, after: stopped, sleep: async () => undefined };
    const limit = createRateLimit(clock, { perSecond: 1, burst: 2 });
    for (let index = 0; index < 10_001; index += 1) limit.take(`quiet-${index}`);
    now = 2_000;
    assert.deepEqual([limit.take("busy"), limit.take("busy"), limit.take("busy")], [0, 0, 1]);
    limit.take("another");
    assert.equal(limit.take("busy"), 1);
  });
});
