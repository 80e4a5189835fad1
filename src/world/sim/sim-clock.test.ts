import assert from "node:assert/strict";
import { test } from "node:test";
import { createRandom } from "../random.ts";
import { createSimClock } from "./sim-clock.ts";

test("timers fire by time, those of one time in the order of their making, with quiet in between", async () => {
  const clock = createSimClock(1_000);
  const random = createRandom("timers");
  const fired: string[] = [];
  const expected: { readonly at: number; readonly order: number }[] = [];
  for (let order = 0; order < 200; order += 1) {
    const at = 1_000 + random.integer(-5, 40);
    expected.push({ at: Math.max(at, 1_000), order });
    clock.at(at, () => {
      void Promise.resolve().then(() => fired.push(`${clock.now()} ${order}`));
    });
  }
  let quiets = 0;
  await clock.runTo(2_000, () => {
    quiets += 1;
    assert.equal(fired.length, quiets, "what a timer began is over before the next fires");
  });
  const sorted = expected.toSorted((a, b) => a.at - b.at || a.order - b.order);
  assert.deepEqual(
    fired,
    sorted.map(({ at, order }) => `${at} ${order}`),
  );
  assert.equal(clock.now(), 2_000);
});

test("a cancelled timer does not fire, and a sleep ends early when told", async () => {
  const clock = createSimClock(0);
  const stop = new AbortController();
  const woken: number[] = [];
  clock.at(10, () => assert.fail("it was cancelled"))();
  void clock.sleep(500, stop.signal).then(() => woken.push(clock.now()));
  clock.at(20, () => stop.abort("enough"));
  await clock.runTo(100, () => undefined);
  assert.deepEqual(woken, [20]);
});

test("time stands still while tracked work is under way", async () => {
  const clock = createSimClock(0);
  const order: string[] = [];
  clock.at(5, () => {
    const turns = async () => {
      for (let turn = 0; turn < 4; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      order.push("work");
    };
    void clock.track(turns());
  });
  clock.at(6, () => order.push("timer"));
  await clock.runTo(10, () => undefined);
  assert.deepEqual(order, ["work", "timer"]);
});
