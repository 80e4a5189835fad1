import assert from "node:assert/strict";
import test from "node:test";
import { onMac, startupTick } from "./startup.ts";
import { contextOf } from "./testing/bench.ts";
import { started } from "./testing/scenes.ts";

const CONFIG = {
  delivery: "direct",
  grant: "directory",
  endProcesses: "report",
  longPoll: false,
  probeUrl: "http://probe",
} as const;

test("L5 a list of administrators that was lost is told of by whichever process learns it anew", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "unreadable";
  const dying = contextOf(bench);
  startupTick(dying);
  assert.equal(dying.record.known, undefined, "the service has not answered it");
  bench.record = dying.record;
  bench.memory.recordAtStart = "read";
  const next = contextOf(bench);
  onMac(next, { came: "answer", answer: { config: CONFIG, openRequests: [] } });
  startupTick(next);
  const [call] = next.record.outbox.map((owed) => owed.call);
  assert.ok(call?.name === "report" && call.kind === "drift");
  assert.match(call.items[0] ?? "", /^the agent's record could not be read; administrators now: bob/);
  assert.equal(next.record.knownLost, undefined, "once");
});
