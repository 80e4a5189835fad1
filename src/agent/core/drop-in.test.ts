import assert from "node:assert/strict";
import test from "node:test";
import type { AgentEvent } from "./steps.ts";
import { act, ALICE, createBench, look, pass, restart } from "./testing/bench.ts";
import { answerAll, live, type Told } from "./testing/honest-world.ts";

test("L5 a request that is cancelled while its drop-in is being written leaves none behind", () => {
  const bench = createBench();
  const told: Told = { status: "pending", minutes: 10 };
  live(bench, told, 2);
  const form = { reason: "x", category: "other", durationMinutes: 10 } as const;
  act(bench, { act: "request", person: ALICE, form });
  look(bench);
  answerAll(bench, told);
  told.status = "approved";
  bench.onStep = (step) => {
    if (step.do !== "write_drop_in") return;
    // The service's word is heard before the step's own outcome.
    const status = { version: 99, status: "cancelled", nextPollSeconds: 20, message: "Cancelled." } as const;
    const call = { name: "status", requestId: bench.record.requests[0]?.requestId } as const;
    bench.events.push({
      type: "called",
      name: "status",
      call,
      outcome: { came: "answer", answer: status },
    } as AgentEvent);
    bench.onStep = undefined;
  };
  for (let round = 0; round < 9 && bench.record.requests.length > 0; round += 1) {
    answerAll(bench, told);
    look(bench);
    pass(bench, 1);
  }
  assert.equal(bench.record.requests.length, 0);
  assert.ok(bench.done.some((step) => step.do === "write_drop_in"));
  assert.equal(bench.sudo.dropIn, "absent");
});

test("L5 an agent that starts without a session takes away the drop-in of one it does not know", () => {
  const bench = createBench();
  bench.sudo.dropIn = "ours";
  restart(bench);
  look(bench);
  assert.equal(bench.sudo.dropIn, "absent");
});
