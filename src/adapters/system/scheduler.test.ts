import assert from "node:assert/strict";
import { test } from "node:test";
import { schedulerContract } from "../../ports/contract/scheduler.contract.ts";
import { createVirtualClock } from "../../world/clock.ts";
import { createTimerScheduler } from "./scheduler.ts";

const START = 1_790_000_000_000;

schedulerContract("the timer scheduler", async () => {
  const clock = createVirtualClock(START);
  const fired: string[] = [];
  const scheduler = createTimerScheduler({ clock, fire: (requestId) => void fired.push(requestId) });
  return { scheduler, fired, now: () => clock.now(), advance: (ms) => clock.advance(ms), precisionMs: 0 };
});

test("an alarm may set the next one for the same request as it fires", async () => {
  const clock = createVirtualClock(START);
  const fired: number[] = [];
  const scheduler = createTimerScheduler({
    clock,
    fire(requestId) {
      fired.push(clock.now() - START);
      if (fired.length < 3) scheduler.set(requestId, clock.now() + 10);
    },
  });
  scheduler.set("a", START + 10);
  await clock.advance(1_000);
  assert.deepEqual(fired, [10, 20, 30]);
});

test("alarms that were replaced, cleared or stopped leave no timer behind", () => {
  const clock = createVirtualClock(START);
  const scheduler = createTimerScheduler({ clock, fire: () => undefined });
  scheduler.set("a", START + 10);
  scheduler.set("a", START + 20);
  assert.equal(clock.nextAt(), START + 20);
  scheduler.set("a", undefined);
  assert.equal(clock.nextAt(), undefined);
  scheduler.set("a", START + 10);
  scheduler.set("b", START + 10);
  scheduler.stop();
  assert.equal(clock.nextAt(), undefined);
});

test("an alarm set to the time it has keeps its timer, and fires once", async () => {
  const virtual = createVirtualClock(START);
  let timers = 0;
  const clock = {
    ...virtual,
    at: (time: number, task: () => void) => ((timers += 1), virtual.at(time, task)),
  };
  const fired: string[] = [];
  const scheduler = createTimerScheduler({ clock, fire: (requestId) => void fired.push(requestId) });
  scheduler.set("a", START + 10);
  scheduler.set("a", START + 10);
  assert.equal(timers, 1);
  await virtual.advance(20);
  assert.deepEqual(fired, ["a"]);
  scheduler.set("a", START + 10);
  await virtual.advance(20);
  assert.deepEqual(fired, ["a", "a"]);
});

test("an alarm whose timer cannot be called back any more does not fire", () => {
  const tasks: (() => void)[] = [];
  const clock = {
    now: () => START,
    at: (_: number, task: () => void) => (tasks.push(task), () => {}),
    after: () => () => {},
    sleep: async () => {},
  };
  const fired: string[] = [];
  const scheduler = createTimerScheduler({ clock, fire: (requestId) => void fired.push(requestId) });
  scheduler.set("a", START + 1);
  scheduler.set("a", START + 2);
  tasks[0]?.();
  assert.deepEqual(fired, []);
  tasks[1]?.();
  tasks[1]?.();
  assert.deepEqual(fired, ["a"]);
});

test("a clock that calls back within the call is no trouble", () => {
  const clock = {
    now: () => START,
    at: (_: number, task: () => void) => (task(), () => {}),
    after: () => () => {},
    sleep: async () => {},
  };
  const fired: string[] = [];
  const scheduler = createTimerScheduler({ clock, fire: (requestId) => void fired.push(requestId) });
  scheduler.set("a", START);
  scheduler.set("a", START);
  assert.deepEqual(fired, ["a", "a"]);
});
