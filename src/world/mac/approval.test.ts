import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

test("the person hears of the approval within a second where polls are held, within 24 s where not", async () => {
  for (const [longPoll, withinSeconds] of [
    [true, 1],
    [false, 24],
  ] as const) {
    const { mac, service, seconds, told } = createDesk({ config: { longPoll } });
    await seconds(2);
    await mac.requestAdmin(alice);
    await seconds(30);
    assert.deepEqual(told(501), []);
    service.approve(10);
    await seconds(withinSeconds);
    assert.match(told(501)[0] ?? "", /^IT approved 10 minutes/, `held polls: ${longPoll}`);
  }
});
