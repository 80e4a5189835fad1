import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY_MS, HOUR_MS, MINUTE_MS } from "../../core/time.ts";
import { createSystemClock, type LowLevelTimers } from "./clock.ts";

const START = 1_790_000_000_000;
/** The longest delay that setTimeout keeps; a longer one fires at once (nodejs.org/api/timers.html). */
const TIMER_LIMIT_MS = 2 ** 31 - 1;

/** Timers with Node's limit, on a wall clock that can be set and a machine that can sleep. */
function fakeTimers() {
  let wall = START;
  let running = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  const delays: number[] = [];
  const low: LowLevelTimers = {
    now: () => wall,
    wait(delayMs, task) {
      delays.push(delayMs);
      const timer = { at: running + (delayMs > TIMER_LIMIT_MS ? 1 : delayMs), task };
      timers.push(timer);
      return () => {
        timers = timers.filter((other) => other !== timer);
      };
    },
  };
  /** Moves both clocks on, firing timers at their times. */
  function pass(ms: number): void {
    const end = running + ms;
    for (;;) {
      const [next] = timers.toSorted((left, right) => left.at - right.at);
      if (next === undefined || next.at > end) break;
      wall += next.at - running;
      running = next.at;
      timers = timers.filter((other) => other !== next);
      next.task();
    }
    wall += end - running;
    running = end;
  }
  return { low, delays, pass, setWall: (ms: number) => void (wall += ms), waiting: () => timers.length };
}

function alarmAt(afterMs: number) {
  const timers = fakeTimers();
  const clock = createSystemClock({ timers: timers.low });
  const fired: number[] = [];
  const cancel = clock.at(START + afterMs, () => void fired.push(clock.now() - START));
  return { ...timers, clock, fired, cancel };
}

test("L6 an alarm 40 days away fires then and not before, though a timer holds 24.8 days", () => {
  const { pass, fired, delays, waiting } = alarmAt(40 * DAY_MS);
  pass(40 * DAY_MS - 1);
  assert.deepEqual(fired, []);
  pass(1);
  assert.deepEqual(fired, [40 * DAY_MS]);
  assert.ok(delays.every((delay) => delay <= TIMER_LIMIT_MS));
  pass(DAY_MS);
  assert.deepEqual([fired.length, waiting()], [1, 0]);
});

test("an alarm in the past fires at once, but not within the call", () => {
  const { pass, fired } = alarmAt(-DAY_MS);
  assert.deepEqual(fired, []);
  pass(0);
  assert.equal(fired.length, 1);
});

test("W49 L6 an alarm never fires before its time, even if its timer or the clock on the wall is off", () => {
  const early = alarmAt(1_000);
  early.pass(500);
  early.setWall(-100);
  early.pass(500);
  assert.deepEqual(early.fired, [], "the wall clock was set back");
  early.pass(100);
  assert.deepEqual(early.fired, [1_000]);
});

test("L6 a machine that slept over an alarm fires it within ten minutes of waking", () => {
  const { pass, setWall, fired } = alarmAt(5 * HOUR_MS);
  pass(HOUR_MS);
  setWall(6 * HOUR_MS);
  pass(10 * MINUTE_MS);
  assert.equal(fired.length, 1);
});

test("a cancelled alarm does not fire, at any distance, and cancelling again is harmless", () => {
  for (const afterMs of [1_000, 40 * DAY_MS]) {
    const { pass, fired, cancel, waiting } = alarmAt(afterMs);
    pass(afterMs / 2);
    cancel();
    cancel();
    assert.equal(waiting(), 0);
    pass(afterMs);
    assert.deepEqual(fired, []);
  }
});

test("a sleep of any length ends after that length, whatever happens to the clock on the wall", async () => {
  const { low, pass, setWall, delays } = fakeTimers();
  const clock = createSystemClock({ timers: low });
  let isOver = false;
  const sleeping = clock.sleep(40 * DAY_MS).then(() => (isOver = true));
  pass(DAY_MS);
  setWall(-300 * DAY_MS);
  pass(39 * DAY_MS - 1);
  await Promise.resolve();
  assert.equal(isOver, false);
  pass(1);
  await sleeping;
  assert.ok(delays.every((delay) => delay <= TIMER_LIMIT_MS));
});

test("a sleep ends early, without an error, when it is aborted", async () => {
  const { low, waiting } = fakeTimers();
  const clock = createSystemClock({ timers: low });
  const controller = new AbortController();
  const sleeping = clock.sleep(DAY_MS, controller.signal);
  assert.equal(waiting(), 1);
  controller.abort();
  await sleeping;
  assert.equal(waiting(), 0, "its timer is gone");
  await clock.sleep(DAY_MS, controller.signal);
  assert.equal(waiting(), 0, "aborted before it began");
});

test("the real timers fire in order, after a real time", async () => {
  const clock = createSystemClock();
  const start = clock.now();
  assert.ok(Math.abs(start - Date.now()) < 1_000);
  const order: string[] = [];
  await new Promise<void>((resolve) => {
    clock.at(start + 30, () => {
      order.push("later");
      resolve();
    });
    clock.at(start + 5, () => void order.push("sooner"));
    clock.at(start + 10, () => void order.push("cancelled"))();
  });
  assert.deepEqual(order, ["sooner", "later"]);
  assert.ok(clock.now() >= start + 30);
  await clock.sleep(1);
});
