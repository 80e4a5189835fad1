import assert from "node:assert/strict";
import { test } from "node:test";
import type { Clock } from "../../ports/clock.ts";
import { sleepOn } from "../clock.ts";
import { startPump } from "./pump.ts";

/** Simulated time that counts what it is moved on, and can be held up by work. */
function heldClock() {
  let moved = 0;
  let hold: Promise<void> | undefined;
  return {
    moved: () => moved,
    holdUp(until: Promise<void>) {
      hold = until;
    },
    async advance(ms: number) {
      await hold;
      moved += ms;
    },
  };
}

/** Real time by hand; unlike a virtual clock it does not wait until everything is quiet. */
function handClock() {
  let now = 0;
  let timers: { readonly at: number; readonly task: () => void }[] = [];
  const at: Clock["at"] = (when, task) => {
    const timer = { at: when, task };
    timers.push(timer);
    return () => {
      timers = timers.filter((other) => other !== timer);
    };
  };
  const after: Clock["after"] = (ms, task) => at(now + ms, task);
  const clock: Clock = { now: () => now, at, after, sleep: (ms, signal) => sleepOn(at, now + ms, signal) };
  async function pass(ms: number, step = 25): Promise<void> {
    for (let passed = 0; passed < ms; passed += step) {
      now += step;
      const due = timers.filter((timer) => timer.at <= now);
      timers = timers.filter((timer) => timer.at > now);
      for (const timer of due) timer.task();
      for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
    }
  }
  return { clock, pass };
}

test("simulated time runs at its rate, and the rate can change", async () => {
  const { clock: real, pass } = handClock();
  const clock = heldClock();
  const pump = startPump(clock, real, 10);
  await pass(1_000);
  assert.equal(clock.moved(), 10_000);
  pump.setRate(60);
  await pass(1_000);
  assert.equal(clock.moved(), 70_000);
  await pump.stop();
  await pass(500);
  assert.equal(clock.moved(), 70_000);
});

test("time stands still while work is under way, and does not jump afterwards", async () => {
  const { clock: real, pass } = handClock();
  const clock = heldClock();
  const pump = startPump(clock, real, 60);
  await pass(100);
  const work = Promise.withResolvers<void>();
  clock.holdUp(work.promise);
  const before = clock.moved();
  await pass(5_000);
  assert.equal(clock.moved(), before);
  work.resolve();
  await pass(50);
  const jumped = clock.moved() - before;
  assert.ok(jumped > 0 && jumped <= 60 * 350, String(jumped));
  await pump.stop();
});

test("a process that was paused goes on from where it stood", async () => {
  const { clock: real, pass } = handClock();
  const clock = heldClock();
  const pump = startPump(clock, real, 10);
  await pass(3_600_000, 3_600_000);
  assert.ok(clock.moved() > 0 && clock.moved() <= 2_500, String(clock.moved()));
  await pump.stop();
});
