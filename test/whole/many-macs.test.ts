import assert from "node:assert/strict";
import { test } from "node:test";
import { PEOPLE } from "../../src/world/cast.ts";
import { createWhole, type Whole } from "./whole.ts";

/** 200 Macs that were all switched on, and whose people all asked, in one and the same second. */

const MACS = 200;

/** Their requests wait for IT; `answer` may answer in the service's place. */
async function fleet(options: Parameters<typeof createWhole>[0]): Promise<Whole> {
  const whole = await createWhole(options);
  const { email, realName: name } = PEOPLE.anna;
  const macs = Array.from({ length: MACS }, (_, index) => {
    const serial = `FLEET${String(index).padStart(6, "0")}`;
    whole.world.iru.addDevice({ serial, platform: "Mac", owner: { email, name }, tags: [] });
    return whole.addMac({ serial });
  });
  await whole.seconds(20);
  const ask = { user: "anna", reason: "install a compiler", category: "install", minutes: 10 } as const;
  const answers = await Promise.all([...macs.map((mac) => mac.requestAdmin(ask)), whole.seconds(5)]);
  assert.equal(answers.length, MACS + 1);
  return whole;
}

/** The most calls that came in one second, from `fromMs` on. */
function mostInOneSecond({ calls }: Whole, fromMs: number): number {
  const bySecond = new Map<number, number>();
  for (const { at } of calls.filter((call) => call.at >= fromMs)) {
    const second = Math.floor(at / 1000);
    bySecond.set(second, (bySecond.get(second) ?? 0) + 1);
  }
  return Math.max(...bySecond.values());
}

for (const longPoll of [true, false]) {
  const kind = longPoll ? "held" : "short";
  test(`W53 200 Macs that asked in one second do not poll in one second afterwards: ${kind} polls`, async () => {
    const whole = await fleet({ macConfig: { longPoll } });
    await whole.seconds(180);
    const from = whole.clock.now();
    await whole.seconds(60);
    const most = mostInOneSecond(whole, from);
    assert.ok(most <= MACS / 4, `${most} calls in one second`);
    const calls = whole.calls.filter(({ at, path }) => at >= from && path === "/status");
    assert.ok(calls.length >= MACS * 2, "and all of them go on polling");
    await whole.stop();
  });
}

test("W53 200 Macs that are told in one second when to come back do so: none sooner, and not all at once", async () => {
  const wish = 60;
  let isFull = false;
  const whole = await fleet({
    answer: () => {
      if (!isFull) return undefined;
      const type = "application/problem+json";
      const body = { type: "about:blank", title: "Too many calls", status: 429, detail: "Later, please." };
      return Response.json(body, {
        status: 429,
        headers: { "content-type": type, "retry-after": String(wish) },
      });
    },
  });
  isFull = true;
  await whole.seconds(25);
  isFull = false;
  const refusedAt = new Map(
    whole.calls.filter(({ status }) => status === 429).map((call) => [call.serial, call.at]),
  );
  assert.equal(refusedAt.size, MACS, "each was told once");
  assert.equal(whole.calls.filter(({ status }) => status === 429).length, MACS);
  const from = whole.clock.now();
  await whole.seconds(75);
  const next = new Map<string, number>();
  for (const { at, serial } of whole.calls.filter((call) => call.at >= from))
    if (!next.has(serial)) next.set(serial, at);
  assert.equal(next.size, MACS, "all of them came back");
  for (const [serial, at] of next) {
    const waited = (at - (refusedAt.get(serial) ?? 0)) / 1000;
    assert.ok(waited >= wish && waited <= wish * 1.2 + 2, `${serial} waited ${waited} s`);
  }
  const most = mostInOneSecond(whole, from);
  assert.ok(most <= MACS / 4, `${most} calls in one second`);
  await whole.stop();
});
