import assert from "node:assert/strict";
import test from "node:test";
import type { Calls, Outcome } from "./calls.ts";
import type { Step } from "./steps.ts";
import { act, ALICE, answer, type Bench, contextOf, look, pass, REQUEST, takeOpen } from "./testing/bench.ts";
import { asked, FORM, idle, pending, type Scene } from "./testing/scenes.ts";
import { applyStatus, onRequestCalled, onWaitingStatus } from "./waiting.ts";

type Status = Calls["status"]["answer"];

const status = (over: Partial<Status> = {}): Status => ({
  version: 1,
  status: "pending",
  nextPollSeconds: 20,
  message: "what the service says",
  ...over,
});

const texts = (steps: readonly Step[]) => steps.flatMap((step) => (step.do === "alert" ? [step.text] : []));
const answers = (steps: readonly Step[]) =>
  steps.flatMap((step) => (step.do === "answer" ? [step.answer] : []));
const callsOf = (steps: readonly Step[], name: string) =>
  steps.flatMap((step) => (step.do === "call" && step.call.name === name ? [step.call] : []));

/** The service answers the request that is being sent. */
function requestCame(outcome: Outcome<Calls["request"]["answer"]>): { scene: Scene; steps: readonly Step[] } {
  const scene = asked();
  answer(scene.bench, "request", outcome);
  return { scene, steps: look(scene.bench) };
}

/** The service answers the poll that is open. */
function polled(bench: Bench, outcome: Outcome<Status>, tookSeconds = 0, wait?: number) {
  takeOpen(bench, (step) => step.do === "call" && step.call.name === "status");
  const ctx = contextOf(bench);
  const call = { name: "status", requestId: REQUEST, ...(wait === undefined ? {} : { wait }) } as const;
  onWaitingStatus(ctx, call, outcome, tookSeconds);
  return ctx;
}

/** In how many seconds the request is polled next. */
function nextPoll({ bench }: Scene): number {
  const [memory] = Object.values(bench.memory.requests);
  return (memory?.next.dueSeconds ?? 0) - bench.now.continuousSeconds;
}

test("a request is sent whole, with an address only where one was given", () => {
  for (const form of [FORM, { ...FORM, email: "alice@example.com" }]) {
    const { bench } = idle();
    act(bench, { act: "request", person: ALICE, form });
    const [call] = callsOf(look(bench), "request");
    assert.ok(call?.name === "request");
    assert.deepEqual(call.body, { hostname: "Alice’s Mac", ...ALICE, ...form });
    assert.equal(call.idempotencyKey, bench.record.requests[0]?.idempotencyKey);
  }
});

test("a request is sent only once its key is on disk, and again with the same key", () => {
  const { bench } = asked();
  const [sent] = bench.open;
  assert.ok(sent?.do === "call" && sent.call.name === "request");
  answer(bench, "request", { came: "silent", why: "x" });
  assert.deepEqual(callsOf(look(bench), "request"), []);
  pass(bench, 2);
  assert.deepEqual(callsOf(look(bench), "request"), [sent.call]);
});

test("a request that nobody answers is given up after ten minutes, and its person is told", () => {
  for (const [seconds, isGivenUp] of [
    [600, false],
    [600.1, true],
  ] as const) {
    const { bench } = asked();
    answer(bench, "request", { came: "silent", why: "x" });
    look(bench);
    const [memory] = Object.values(bench.memory.requests);
    pass(bench, seconds - (bench.now.continuousSeconds - (memory?.sinceSeconds ?? 0)));
    const said = texts(look(bench));
    const text = "Your request could not be sent to IT. Please try again later.";
    assert.deepEqual(said, isGivenUp ? [text] : []);
    assert.equal(bench.record.requests.length, isGivenUp ? 0 : 1);
  }
});

test("W53 a request refused with a wish to be called later is not sent sooner, and given up in time all the same", () => {
  const refusedFor = (retryAfterSeconds: number) => {
    const { bench } = asked();
    answer(bench, "request", { came: "failing", status: 429, detail: "later", retryAfterSeconds });
    look(bench);
    return bench;
  };
  const minute = refusedFor(60);
  pass(minute, 59);
  assert.deepEqual(callsOf(look(minute), "request"), []);
  pass(minute, 7);
  assert.equal(callsOf(look(minute), "request").length, 1);
  const hour = refusedFor(3600);
  pass(hour, 602);
  assert.match(texts(look(hour)).join(), /could not be sent to IT/);
});

test("the person hears at once what became of the request, and IT's silence too", () => {
  const sent = requestCame({ came: "answer", answer: { requestId: REQUEST, status: "pending" } });
  assert.deepEqual(answers(sent.steps), [
    { ok: true, text: "Your request was sent to IT.", requestId: REQUEST },
  ]);
  const open = requestCame({ came: "refused", status: 409, detail: "open", requestId: REQUEST });
  assert.deepEqual(answers(open.steps), [
    { ok: true, text: "You already have an open request.", requestId: REQUEST },
  ]);
  assert.equal(open.scene.bench.record.requests[0]?.requestId, REQUEST);
  const refused = requestCame({ came: "refused", status: 400, detail: "no such reason", requestId: REQUEST });
  assert.deepEqual(answers(refused.steps), [{ ok: false, text: "no such reason" }]);
  assert.deepEqual(refused.scene.bench.record.requests, []);
  for (const outcome of [
    { came: "silent", why: "x" },
    { came: "failing", status: 409, detail: "later" },
  ] as const) {
    const { steps, scene } = requestCame(outcome);
    assert.deepEqual(answers(steps), [
      {
        ok: true,
        text: "IT cannot be reached at the moment. Your request will be sent as soon as possible.",
      },
    ]);
    assert.equal(scene.bench.record.requests[0]?.status, "asking");
  }
});

test("an answer for a request that is gone or known already changes nothing", () => {
  for (const scene of [idle(), pending()]) {
    const ctx = contextOf(scene.bench);
    const before = structuredClone(ctx.record);
    const idempotencyKey = ctx.record.requests[0]?.idempotencyKey ?? "x";
    const call = { name: "request", idempotencyKey, body: { hostname: "", ...ALICE, ...FORM } } as const;
    onRequestCalled(ctx, call, { came: "refused", status: 400, detail: "no" });
    assert.deepEqual([ctx.record, ctx.steps], [before, []]);
  }
});

test("a poll comes back when the service wishes; one that was held comes back at once", () => {
  const scene = pending();
  const came = (over: Partial<Status>) => ({ came: "answer", answer: status(over) }) as const;
  polled(scene.bench, came({}));
  assert.equal(nextPoll(scene), 20);
  polled(scene.bench, came({ version: 1 }), 0.9, 20);
  assert.equal(nextPoll(scene), 20, "no news, and too soon to have been held");
  polled(scene.bench, came({ version: 1 }), 1, 20);
  assert.equal(nextPoll(scene), 0);
  polled(scene.bench, came({ version: 2 }), 0, 20);
  assert.equal(nextPoll(scene), 0, "news");
  polled(scene.bench, came({ version: 3 }), 30);
  assert.equal(nextPoll(scene), 20, "not asked to be held");
});

test("a service that is in trouble, or does not know the key, is asked again later; a no is the end", () => {
  for (const outcome of [
    { came: "silent", why: "x" },
    { came: "failing", status: 503, detail: "x" },
    { came: "refused", status: 401, detail: "x" },
  ] as const) {
    const scene = pending();
    const { steps, record } = polled(scene.bench, outcome);
    assert.deepEqual([steps, record.requests.length, nextPoll(scene)], [[], 1, 2]);
    for (let round = 0; round < 12; round += 1) polled(scene.bench, outcome);
    assert.equal(nextPoll(scene), 300, "five minutes at most");
  }
  const { steps, record } = polled(pending().bench, {
    came: "refused",
    status: 404,
    detail: "no such request",
  });
  assert.deepEqual([texts(steps), record.requests], [["no such request"], []]);
});

test("the first poll asks for what is there, the next for what is new, and only where polls are held it waits", () => {
  const plain = pending();
  const [first] = plain.bench.open;
  assert.deepEqual(first?.do === "call" && [first.call, first.limitSeconds], [
    { name: "status", requestId: REQUEST },
    10,
  ]);
  const { bench } = pending({ longPoll: true });
  const [held] = bench.open;
  assert.deepEqual(held?.do === "call" && [held.call, held.limitSeconds], [
    { name: "status", requestId: REQUEST, wait: 18 },
    30,
  ]);
  answer(bench, "status", { came: "answer", answer: status({ version: 7 }) });
  assert.deepEqual(callsOf(look(bench), "status"), [
    { name: "status", requestId: REQUEST, wait: 18, since: 7 },
  ]);
});

test("what ends a request is told in the service's words, and the request forgotten", () => {
  for (const over of ["ending", "ended", "denied", "cancelled", "expired_unanswered", "lapsed"] as const) {
    const { steps, record } = polled(pending().bench, { came: "answer", answer: status({ status: over }) });
    assert.deepEqual([texts(steps), record.requests], [["what the service says"], []], over);
  }
  for (const on of ["pending", "arming", "active"] as const) {
    const { steps, record } = polled(pending().bench, { came: "answer", answer: status({ status: on }) });
    assert.deepEqual([texts(steps), record.requests.length], [[], 1], on);
  }
});

test("an approval within ten minutes starts by itself for who sits at the console; else the person is asked", () => {
  const approvedAfter = (ms: number, atConsole = 501) => {
    const { bench } = pending();
    const ctx = contextOf(bench);
    const [waiting] = ctx.record.requests;
    assert.ok(waiting !== undefined);
    waiting.askedAtWall = ctx.now.wall - ms;
    const seen = { ...ctx, observed: { ...ctx.observed, console: { atConsole, sessions: [atConsole] } } };
    applyStatus(seen, waiting, status({ status: "approved", approvedMinutes: 5, signal: "set" }));
    applyStatus(seen, waiting, status({ status: "approved", approvedMinutes: 5, signal: "set" }));
    return [waiting.start, ...texts(ctx.steps)];
  };
  const ready = "IT approved 5 minutes. Your Mac is getting ready.";
  const asks = "IT approved 5 minutes. You will be asked when to start.";
  assert.deepEqual(approvedAfter(600_000), ["auto", ready], "told once");
  assert.deepEqual(approvedAfter(600_001), ["ask", asks]);
  assert.deepEqual(approvedAfter(-600_001), ["ask", asks], "a clock that was set back");
  assert.deepEqual(approvedAfter(0, 502), ["ask", asks]);
});

test("an approval without its minutes is not told yet", () => {
  const ctx = contextOf(pending().bench);
  const [waiting] = ctx.record.requests;
  assert.ok(waiting !== undefined);
  applyStatus(ctx, waiting, status({ status: "approved" }));
  assert.deepEqual([waiting.status, texts(ctx.steps)], ["approved", []]);
  applyStatus(ctx, waiting, status({ status: "approved", approvedMinutes: 5 }));
  assert.equal(texts(ctx.steps).length, 1);
});
