import assert from "node:assert/strict";
import test from "node:test";
import { act, ALICE, answer, createBench, look, REQUEST, restart } from "./testing/bench.ts";
import { answerAll, live, type Told } from "./testing/honest-world.ts";

const form = { reason: "install Docker", category: "install", durationMinutes: 5 } as const;

test("W53 a request that both GET /mac and POST /request tell of is one request to the agent", () => {
  const bench = createBench();
  const told: Told = { status: "ended", minutes: 5 };
  live(bench, told, 3);
  act(bench, { act: "request", person: ALICE, form });
  look(bench);
  // Killed while it asks: the next process asks again and learns of the same request from GET /mac, first.
  restart(bench);
  look(bench);
  const sent = bench.open.filter((step) => step.do === "call").map((step) => step.call.name);
  assert.deepEqual(sent.toSorted(), ["mac", "request"]);
  told.status = "pending";
  const macs = bench.open.findIndex((step) => step.do === "call" && step.call.name === "mac");
  const [mac] = bench.open.splice(macs, 1);
  assert.ok(mac?.do === "call");
  const requests = bench.open.splice(0);
  bench.open.push(mac);
  answerAll(bench, told);
  look(bench);
  bench.open.push(...requests);
  answer(bench, "request", { came: "answer", answer: { requestId: REQUEST, status: "pending" } });
  look(bench);
  assert.equal(bench.record.requests.length, 1);
});
