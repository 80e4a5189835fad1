import assert from "node:assert/strict";
import test from "node:test";
import { newRequestMemory } from "./acts.ts";
import {
  act,
  ALICE,
  answer,
  BOB,
  contextOf,
  createBench,
  look,
  pass,
  REQUEST,
  restart,
} from "./testing/bench.ts";
import { answerAll, live, type Told } from "./testing/honest-world.ts";
import { active } from "./testing/scenes.ts";
import { onRequestCalled } from "./waiting.ts";

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

test("W53 an answer that comes when the request's session runs already makes no second request of it", () => {
  const scene = active();
  const { bench } = scene;
  const idempotencyKey = "late";
  const late = (person: typeof ALICE) => {
    bench.record.requests = [
      { person, idempotencyKey, form, askedAtWall: bench.now.wall, status: "asking", start: "auto" },
    ];
    const ctx = contextOf(bench);
    const asked = { name: "request", idempotencyKey, body: {} } as never;
    ctx.memory.requests[idempotencyKey] = { ...newRequestMemory(ctx, "act") };
    onRequestCalled(ctx, asked, { came: "answer", answer: { requestId: REQUEST, status: "pending" } });
    const told = ctx.steps.flatMap((step) => (step.do === "answer" ? [step.answer.text] : []));
    return { left: ctx.record.requests.length, told };
  };
  assert.deepEqual(late(ALICE), { left: 0, told: ["Your request was sent to IT."] });
  assert.equal(late(BOB).left, 1, "of somebody else it is another's");
});

test("a request that could not be sent may have arrived: the Mac asks anew what it should be", () => {
  const bench = createBench();
  live(bench, { status: "ended", minutes: 5 }, 3);
  act(bench, { act: "request", person: ALICE, form });
  look(bench);
  bench.open.length = 0;
  bench.memory.busy = {};
  pass(bench, 601);
  const names = look(bench).flatMap((step) => (step.do === "call" ? [step.call.name] : []));
  assert.deepEqual(bench.record.requests, []);
  pass(bench, 1);
  const next = look(bench).flatMap((step) => (step.do === "call" ? [step.call.name] : []));
  assert.ok([...names, ...next].includes("mac"));
});
