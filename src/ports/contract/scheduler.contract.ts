import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { RequestId } from "../../core/ids.ts";
import { DAY_MS, type DurationMs, type Instant, SECOND_MS } from "../../core/time.ts";
import type { Scheduler } from "../scheduler.ts";

/** A scheduler under test, on a clock that the test moves. */
export interface SchedulerHarness {
  readonly scheduler: Scheduler;
  readonly now: () => Instant;
  /** Moves time on and resolves when every alarm due by then has fired. */
  readonly advance: (durationMs: DurationMs) => Promise<void>;
  /** The alarms that fired, in order. */
  readonly fired: readonly RequestId[];
  /** How late an alarm may be: 0 unless the scheduler works in coarser steps. */
  readonly precisionMs: DurationMs;
}

/** Declares the tests that every adapter of the Scheduler port must pass. */
export function schedulerContract(name: string, make: () => Promise<SchedulerHarness>): void {
  const rule = (title: string, body: (harness: SchedulerHarness) => Promise<void>): void => {
    test(title, async () => {
      const harness = await make();
      try {
        await body(harness);
      } finally {
        harness.scheduler.stop();
      }
    });
  };

  describe(`${name} keeps the scheduler contract`, () => {
    rule(
      "L6 an alarm fires once, at its time and not before",
      async ({ scheduler, now, advance, fired, precisionMs }) => {
        scheduler.set("a", now() + 10 * SECOND_MS);
        await advance(10 * SECOND_MS - 1);
        assert.deepEqual(fired, []);
        await advance(1 + precisionMs);
        assert.deepEqual(fired, ["a"]);
        await advance(DAY_MS);
        assert.deepEqual(fired, ["a"]);
      },
    );

    rule(
      "L6 an alarm that is past already fires soon",
      async ({ scheduler, now, advance, fired, precisionMs }) => {
        scheduler.set("a", now() - DAY_MS);
        scheduler.set("b", now());
        await advance(precisionMs);
        assert.deepEqual(fired.toSorted(), ["a", "b"]);
      },
    );

    rule(
      "L6 a request has one alarm: a later one replaces it",
      async ({ scheduler, now, advance, fired, precisionMs }) => {
        const start = now();
        scheduler.set("a", start + 10 * SECOND_MS);
        scheduler.set("a", start + 300 * SECOND_MS);
        scheduler.set("b", start + 600 * SECOND_MS);
        scheduler.set("b", start + 20 * SECOND_MS);
        await advance(20 * SECOND_MS + precisionMs);
        assert.deepEqual(fired, ["b"]);
        await advance(DAY_MS);
        assert.deepEqual(fired, ["b", "a"]);
      },
    );

    rule("a cleared alarm does not fire, and its request can have another", async (harness) => {
      const { scheduler, now, advance, fired } = harness;
      scheduler.set("a", now() + SECOND_MS);
      scheduler.set("b", now() + SECOND_MS);
      scheduler.set("a", undefined);
      scheduler.set("never", undefined);
      await advance(DAY_MS);
      assert.deepEqual(fired, ["b"]);
      scheduler.set("a", now() + SECOND_MS);
      await advance(DAY_MS);
      assert.deepEqual(fired, ["b", "a"]);
    });

    rule("L6 an alarm may be further away than 24.8 days", async ({ scheduler, now, advance, fired }) => {
      scheduler.set("a", now() + 40 * DAY_MS);
      await advance(39 * DAY_MS);
      assert.deepEqual(fired, []);
      await advance(2 * DAY_MS);
      assert.deepEqual(fired, ["a"]);
    });

    rule("after stop no alarm fires and none can be set", async ({ scheduler, now, advance, fired }) => {
      scheduler.set("a", now() + SECOND_MS);
      scheduler.stop();
      scheduler.stop();
      scheduler.set("b", now() + SECOND_MS);
      await advance(DAY_MS);
      assert.deepEqual(fired, []);
    });
  });
}
