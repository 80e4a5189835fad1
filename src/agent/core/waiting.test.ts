import assert from "node:assert/strict";
import test from "node:test";
import { newRequestMemory } from "./acts.ts";
import {
  act,
  ALICE,
  answer,
  type Bench,
  BOB,
  contextOf,
  createBench,
  look,
  pass,
  REQUEST,
  restart,
} from "./testing/bench.ts";
import { answerAll, live, type Told } from "./testing/honest-world.ts";
import { active, arming, asked } from "./testing/scenes.ts";
import { onRequestCalled } from "./waiting.ts";

const form = { reason: "install Docker", category: "install", durationMinutes: 5 } as const;
const sentForm = { ...form, hostname: "alices-mac" };

/** The Mac asks again, on a later look; what it sends. */
function askedAgain(bench: Bench) {
  pass(bench, 40);
  const calls = look(bench).flatMap((step) =>
    step.do === "call" && step.call.name === "request" ? [step] : [],
  );
  return calls[0]?.call;
}

const alerts = (bench: Bench) => bench.done.flatMap((step) => (step.do === "alert" ? [step.text] : []));

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
      { person, idempotencyKey, form: sentForm, askedAtWall: 7, status: "asking", start: "auto" },
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

test("W53 an answer that comes while the request is being started leaves its start as it is", () => {
  const { bench } = arming();
  const [known] = bench.record.requests;
  const { preparation } = bench.memory;
  assert.ok(known !== undefined && preparation !== undefined);
  const again = {
    person: ALICE,
    idempotencyKey: "late",
    form: sentForm,
    status: "asking",
    start: "auto",
  } as const;
  bench.record.requests.push({ ...again, askedAtWall: 7 });
  const ctx = contextOf(bench);
  const call = { name: "request", idempotencyKey: "late", body: {} } as never;
  onRequestCalled(ctx, call, { came: "answer", answer: { requestId: REQUEST, status: "pending" } });
  assert.deepEqual(ctx.record.requests, [{ ...known, askedAtWall: 7 }]);
  assert.equal(ctx.memory.preparation, preparation);
  assert.deepEqual([ctx.steps, ctx.record.outbox], [[], bench.record.outbox]);
});

test("L7 what is asked is the same with each try, though the Mac was given another name meanwhile", () => {
  const { bench } = asked();
  const first = bench.open.flatMap((step) =>
    step.do === "call" && step.call.name === "request" ? [step.call] : [],
  );
  answer(bench, "request", { came: "silent", why: "no answer" });
  Object.assign(bench.seen, { hostname: "another-name" });
  look(bench);
  assert.ok(first[0] !== undefined);
  assert.deepEqual(askedAgain(bench), first[0]);
});

test("L7 a request that is refused after a try that was not answered: its person hears of it, and the Mac asks anew", () => {
  const refused = { came: "refused", status: 409, detail: "Too many requests are open." } as const;
  const { bench } = asked();
  answer(bench, "request", { came: "silent", why: "no answer" });
  look(bench);
  assert.ok(askedAgain(bench) !== undefined);
  answer(bench, "request", refused);
  const calls = look(bench).flatMap((step) => (step.do === "call" ? [step.call.name] : []));
  assert.deepEqual([bench.record.requests, alerts(bench)], [[], [refused.detail]]);
  assert.ok(calls.includes("mac") || bench.memory.standDoubted);

  const atOnce = asked().bench;
  answer(atOnce, "request", refused);
  look(atOnce);
  const answers = atOnce.done.flatMap((step) => (step.do === "answer" ? [step.answer] : []));
  assert.deepEqual(answers.at(-1), { ok: false, text: refused.detail });
  assert.deepEqual(
    [alerts(atOnce), atOnce.memory.standDoubted],
    [[], false],
    "the person had the answer already",
  );
});
