import assert from "node:assert/strict";
import test from "node:test";
import type { Calls, Outcome } from "./calls.ts";
import { act, ALICE, type Bench, contextOf, look, pass, takeOpen } from "./testing/bench.ts";
import { active, given, type Scene, stuck } from "./testing/scenes.ts";
import { onBeat, onHeldPoll, onStarted, watchTick } from "./watch.ts";

type Status = Calls["status"]["answer"];

const status = (over: Partial<Status> = {}) =>
  ({
    came: "answer",
    answer: { version: 1, status: "active", nextPollSeconds: 20, message: "", ...over },
  }) as const;
const later = { came: "failing", status: 503, detail: "later" } as const;
const refused = (code: number) => ({ came: "refused", status: code, detail: "no" }) as const;

const callsOf = (bench: Bench, name: string) =>
  look(bench).flatMap((step) => (step.do === "call" && step.call.name === name ? [step.call] : []));
const left = ({ record, now }: Bench) =>
  (record.session?.deadline.continuousSeconds ?? 0) - now.continuousSeconds;

/** A heartbeat of the running session comes back so. */
function beaten(bench: Bench, outcome: Outcome<Status>) {
  const ctx = contextOf(bench);
  onBeat(ctx, ctx.record.session?.requestId ?? "", outcome);
  return ctx.memory;
}

/** A held poll of the running session comes back so; in how many seconds the next one goes. */
function held({ bench }: Scene, outcome: Outcome<Status>, tookSeconds = 20): number {
  const ctx = contextOf(bench);
  assert.ok(ctx.record.session !== undefined);
  onHeldPoll(ctx, ctx.record.session, outcome, tookSeconds);
  return ctx.memory.held.dueSeconds - ctx.now.continuousSeconds;
}

test("L3 the service is told of the start only when the session's deadline is on disk", () => {
  const { bench } = given();
  bench.open = [];
  bench.memory.busy = {};
  const tried = (change: (saved: NonNullable<Bench["record"]["session"]>) => void) => {
    const ctx = contextOf(bench);
    assert.ok(ctx.record.session !== undefined && ctx.saved.session !== undefined);
    change(ctx.saved.session);
    watchTick(ctx, ctx.record.session);
    const told = ctx.steps.some((step) => step.do === "call" && step.call.name === "start");
    bench.memory.busy = {};
    return told;
  };
  assert.equal(
    tried((saved) => (saved.phase = "granting")),
    false,
  );
  assert.equal(
    tried((saved) => (saved.armId = "another")),
    false,
  );
  assert.equal(
    tried(() => {}),
    true,
  );
});

test("the start is told for 30 s; then the rights go again", () => {
  for (const [seconds, reason] of [
    [30, undefined],
    [30.1, "device_error"],
  ] as const) {
    const { bench } = given();
    pass(bench, seconds - (bench.now.continuousSeconds - (bench.memory.start.firstSentSeconds ?? 0)));
    const ctx = contextOf(bench);
    assert.ok(ctx.record.session !== undefined);
    assert.equal(watchTick(ctx, ctx.record.session)?.reason, reason);
  }
});

test("an answer to the start of another session, or of none, changes nothing", () => {
  const answer = { came: "answer", answer: { elevationEnd: "", remainingSeconds: 60 } } as const;
  const { bench } = given();
  onStarted(contextOf(bench), "another", answer);
  assert.deepEqual([bench.record.session?.startTold, left(bench) > 500], [false, true]);
  const ended = stuck().bench;
  const before = left(ended);
  onStarted(contextOf(ended), ended.record.session?.armId ?? "", answer);
  assert.equal(left(ended), before, "it ends already");
  bench.record.session = undefined;
  onStarted(contextOf(bench), "another", answer);
  assert.equal(bench.record.session, undefined);
});

test("a heartbeat goes each minute, and sooner again when it found nobody", () => {
  const { bench } = active(0);
  const beats: number[] = [];
  for (let second = 0; second < 130; second += 1) {
    if (callsOf(bench, "beat").length > 0) {
      beats.push(second);
      takeOpen(bench, (step) => step.do === "call" && step.call.name === "beat");
      delete bench.memory.busy["beat"];
      beaten(bench, status());
    }
    bench.memory.network.look = undefined;
    bench.memory.network.lastAnswerAt = bench.now.awakeSeconds;
    pass(bench, 1);
  }
  assert.equal((beats[1] ?? 0) - (beats[0] ?? 0), 60);
  const wait = () => bench.memory.beat.dueSeconds - bench.now.continuousSeconds;
  const waits = Array.from({ length: 5 }, () => (beaten(bench, later), wait()));
  assert.deepEqual(waits, [2, 4, 8, 15, 15]);
});

test("an answer to the heartbeat of another session is none", () => {
  const { bench } = active();
  const ctx = contextOf(bench);
  onBeat(ctx, "another", status({ status: "ended" }));
  assert.equal(ctx.memory.serviceEnd, undefined);
});

test("L1 a service that does not know the key or the session ends it; one that is in trouble does not", () => {
  for (const code of [401, 403, 404, 409, 410]) {
    assert.equal(beaten(active().bench, refused(code)).serviceEnd, "revoked", String(code));
    const scene = active();
    held(scene, refused(code));
    assert.equal(scene.bench.memory.serviceEnd, "revoked", String(code));
  }
  for (const outcome of [refused(400), refused(429), later, { came: "silent", why: "x" } as const]) {
    assert.equal(beaten(active().bench, outcome).serviceEnd, undefined);
  }
});

test("L4 the service may shorten a session and end it, with its reason or without", () => {
  const { bench } = active();
  beaten(bench, status({ remainingSeconds: 30 }));
  assert.equal(left(bench), 30);
  beaten(bench, status({ remainingSeconds: 300 }));
  assert.equal(left(bench), 30);
  for (const on of ["active", "arming", "approved"] as const) {
    assert.equal(beaten(active().bench, status({ status: on })).serviceEnd, undefined, on);
  }
  assert.equal(
    beaten(active().bench, status({ status: "ending", endReason: "locked" })).serviceEnd,
    "locked",
  );
  assert.equal(beaten(active().bench, status({ status: "ended" })).serviceEnd, "revoked");
  assert.equal(beaten(stuck().bench, status({ status: "ended" })).serviceEnd, undefined, "it ends already");
});

test("a poll that was held goes again at once, one that was not when the service wishes", () => {
  const scene = active();
  assert.equal(held(scene, status({ version: 1 }), 0), 0, "the first brings news");
  assert.equal(held(scene, status({ version: 1 }), 0.9), 20);
  assert.equal(held(scene, status({ version: 1 }), 1), 0);
  assert.equal(held(scene, status({ version: 2 }), 0), 0);
  assert.equal(scene.bench.memory.held.version, 2);
  held(scene, status({ version: 2, remainingSeconds: 10 }));
  assert.equal(left(scene.bench), 10);
  assert.deepEqual([held(scene, later), held(scene, later)], [2, 4]);
});

test("a session's poll asks for what is new since the last", () => {
  const { bench } = active(20, { longPoll: true });
  const first = takeOpen(bench, (step) => step.do === "call" && step.call.name === "status");
  const { requestId = "" } = bench.record.session ?? {};
  bench.memory.busy = {};
  bench.memory.held = { dueSeconds: 0, failures: 0 };
  assert.deepEqual(callsOf(bench, "status"), [{ name: "status", requestId, wait: 18 }]);
  bench.memory.busy = {};
  bench.memory.held = { dueSeconds: 0, failures: 0, version: 9 };
  assert.deepEqual(callsOf(bench, "status"), [{ name: "status", requestId, wait: 18, since: 9 }]);
  assert.ok(first === undefined || first.do === "call");
});

test("the probe is asked every five seconds, one at a time, and not before the service configured it", () => {
  const { bench } = active();
  const probes = () => look(bench).filter((step) => step.do === "probe").length;
  bench.memory.busy = {};
  bench.memory.network.look = undefined;
  bench.memory.network.lastLookAt = bench.now.awakeSeconds - 5;
  const { config } = bench.memory;
  bench.memory.busy["probe"] = bench.now.awakeSeconds;
  assert.equal(probes(), 0, "asked already");
  bench.memory.busy = {};
  bench.memory.config = undefined;
  assert.equal(probes(), 0);
  bench.memory.busy = {};
  bench.memory.config = config;
  assert.equal(probes(), 1);
  assert.ok(bench.memory.busy["probe"] !== undefined);
});

test("each canary is known again, so that it is not shipped", () => {
  const { bench } = active();
  const known = bench.memory.nonces.length;
  bench.memory.canary.dueSeconds = bench.now.continuousSeconds;
  const nonces = look(bench).flatMap((step) => (step.do === "canary" ? [step.nonce] : []));
  assert.equal(nonces.length, 1);
  assert.deepEqual(bench.memory.nonces.slice(known), nonces);
});

test("people are warned five minutes before the end, in sessions of five minutes one minute before, once", () => {
  for (const [minutes, before, text] of [
    [5, 60, "1 minute"],
    [10, 300, "5 minutes"],
  ] as const) {
    const { bench } = active();
    const { session } = bench.record;
    assert.ok(session !== undefined);
    session.minutes = minutes;
    session.deadline.continuousSeconds = bench.now.continuousSeconds + before + 1;
    const alerts = () => look(bench).flatMap((step) => (step.do === "alert" ? [step.text] : []));
    assert.deepEqual(alerts(), []);
    pass(bench, 1);
    assert.deepEqual(alerts(), [`Your administrator rights end in ${text}. Save your work.`]);
    pass(bench, 1);
    assert.deepEqual(alerts(), []);
  }
});

test("what the person does is not undone by what the service says later", () => {
  const { bench } = active();
  act(bench, { act: "done", person: ALICE });
  look(bench);
  assert.equal(bench.record.session?.ending?.reason, "ended_by_user");
  beaten(bench, status({ status: "ended" }));
  assert.equal(bench.record.session?.ending?.reason, "ended_by_user");
});
