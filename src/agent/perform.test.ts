import assert from "node:assert/strict";
import test from "node:test";
import { createVirtualClock } from "../world/clock.ts";
import { perform } from "./perform.ts";
import type { Machine } from "./ports.ts";

/** A machine of nothing but a snapshot and the time. */
function machineWith(takeSnapshot: Machine["takeSnapshot"]) {
  const clock = createVirtualClock(1_795_340_000_000);
  return { clock, machine: { takeSnapshot, sleep: clock.sleep } as unknown as Machine };
}

const take = (machine: Machine) => perform(machine, undefined as never, { do: "take_snapshot" });

test("a snapshot that never comes counts as one that cannot be made, after two minutes", async () => {
  const { clock, machine } = machineWith(() => new Promise(() => undefined));
  let came: unknown = "nothing yet";
  void take(machine).then((event) => (came = event));
  await clock.advance(119_999);
  assert.equal(came, "nothing yet");
  await clock.advance(1);
  assert.deepEqual(came, { type: "snapshot", items: null });
});

test("a snapshot that is made, or cannot be, leaves no timer behind", async () => {
  const items = { "hosts: /etc/hosts": "1" };
  for (const [snapshot, expected] of [
    [async () => items, items],
    [() => Promise.reject(new Error("no access")), null],
  ] as const) {
    const { clock, machine } = machineWith(snapshot);
    assert.deepEqual(await take(machine), { type: "snapshot", items: expected });
    await clock.advance(0);
    assert.equal(clock.nextAt(), undefined);
  }
});
