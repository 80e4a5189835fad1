import assert from "node:assert/strict";
import test from "node:test";
import type { Bench } from "./testing/bench.ts";
import { act, ALICE, look, pass, REQUEST, takeOpen } from "./testing/bench.ts";
import { answerAll } from "./testing/honest-world.ts";
import { approved, pending, type Scene } from "./testing/scenes.ts";

const UNLOCKED = { privileges: { installed: true, unlocked: true } };

/** Lets `seconds` pass, a look a second; gives at which of them a step of this kind was done. */
function secondsOf(scene: Scene, kind: string, seconds: number): number[] {
  const at: number[] = [];
  for (let second = 0; second < seconds; second += 1) {
    for (const step of look(scene.bench)) if (step.do === kind) at.push(second);
    answerAll(scene.bench, scene.told);
    look(scene.bench);
    pass(scene.bench, 1);
  }
  return at;
}

function texts(bench: Bench, kind: "alert" | "report"): readonly string[] {
  return bench.done.flatMap((step) => {
    if (step.do === "alert" && kind === "alert") return [step.text];
    return step.do === "call" && step.call.name === "report" && kind === "report" ? step.call.items : [];
  });
}

test("where the profile does not come, the Iru agent runs again after 30 s and 120 s; then people are told, once", () => {
  const scene = approved();
  assert.ok(scene.bench.open.some((step) => step.do === "run_iru"));
  assert.deepEqual(secondsOf(scene, "run_iru", 400), [30, 150]);
  assert.equal(
    texts(scene.bench, "alert").at(-1),
    "Your approval has not reached this Mac yet. It will start by itself when it does; IT has been told.",
  );
  const reports = texts(scene.bench, "report");
  assert.deepEqual(reports, ["the elevation profile did not arrive after three runs of the Iru agent"]);
});

test("between runs the brain looks for the profile after 10, 30, 60 and 120 s, and each minute in the end", () => {
  const scene = approved();
  answerAll(scene.bench, scene.told);
  const waits: (number | undefined)[] = [];
  scene.told.status = "pending";
  // The poll of the request would wake the brain besides.
  const wait = () => {
    const [memory] = Object.values(scene.bench.memory.requests);
    assert.ok(memory !== undefined);
    memory.next.dueSeconds = Infinity;
    look(scene.bench);
    waits.push(scene.bench.wakeInSeconds);
    pass(scene.bench, scene.bench.wakeInSeconds ?? 0);
  };
  for (let round = 0; round < 2; round += 1) wait();
  look(scene.bench);
  answerAll(scene.bench, scene.told);
  for (let round = 0; round < 4; round += 1) wait();
  look(scene.bench);
  answerAll(scene.bench, scene.told);
  for (let round = 0; round < 6; round += 1) wait();
  assert.deepEqual(waits, [10, 20, 10, 20, 30, 60, 10, 20, 30, 60, 60, 60]);
});

test("the Iru agent runs only when the signal is set, and one run at a time", () => {
  const scene = pending();
  scene.told.status = "approved";
  const [memory] = Object.values(scene.bench.memory.requests);
  assert.ok(memory !== undefined);
  const [waiting] = scene.bench.record.requests;
  assert.ok(waiting !== undefined);
  Object.assign(waiting, { status: "approved", approvedMinutes: 10, signal: "pending" });
  assert.ok(!look(scene.bench).some((step) => step.do === "run_iru"));
  Object.assign(scene.bench.record.requests[0] ?? {}, { signal: "set" });
  assert.ok(look(scene.bench).some((step) => step.do === "run_iru"));
  pass(scene.bench, 300);
  assert.ok(!look(scene.bench).some((step) => step.do === "run_iru"), "the first has not ended");
});

test("without delivery by the MDM nothing is waited for", () => {
  const scene = approved({ delivery: "direct" });
  assert.ok(scene.bench.memory.preparation !== undefined);
  assert.ok(!scene.bench.done.some((step) => step.do === "run_iru"));
});

test("who is not at the console is asked there, once, and starts only when the answer is yes", () => {
  const scene = approved({}, { console: { atConsole: 502, sessions: [502] } });
  const { bench } = scene;
  assert.equal(bench.record.requests[0]?.start, "ask");
  assert.equal(bench.wakeInSeconds, 5, "the console is looked at again");
  bench.seen = { ...bench.seen, ...UNLOCKED, console: { atConsole: 501, sessions: [501] } };
  const asks = look(bench).filter((step) => step.do === "ask_start");
  assert.deepEqual(asks, [{ do: "ask_start", to: 501, requestId: REQUEST, minutes: 10 }]);
  pass(bench, 30);
  assert.ok(!look(bench).some((step) => step.do === "ask_start"), "asked already");
  assert.ok(takeOpen(bench, (step) => step.do === "ask_start") !== undefined);
  bench.events.push({ type: "start_asked", requestId: REQUEST, chosen: "later" });
  look(bench);
  pass(bench, 600);
  assert.ok(!look(bench).some((step) => step.do === "ask_start"), "later means later");
  assert.equal(bench.memory.preparation, undefined);
  act(bench, { act: "start_now", person: ALICE });
  look(bench);
  assert.ok(bench.memory.preparation !== undefined);
});

test("who leaves the console before the start is asked when back", () => {
  const scene = approved();
  const { bench } = scene;
  bench.seen = { ...bench.seen, ...UNLOCKED, console: { sessions: [] } };
  look(bench);
  assert.equal(bench.record.requests[0]?.start, "ask");
  assert.equal(bench.memory.preparation, undefined);
});

test("nothing is taken up while the service has not heard of the last session's end", () => {
  const { bench } = approved();
  bench.record.restartDue = true;
  bench.record.outbox.push({ id: "x", call: { name: "end", requestId: "other" } });
  bench.seen = { ...bench.seen, ...UNLOCKED };
  look(bench);
  assert.equal(bench.memory.preparation, undefined);
});

test("a run of the Iru agent that ends counts for the request it ran for", () => {
  const { bench } = approved();
  const { idempotencyKey = "" } = bench.record.requests[0] ?? {};
  takeOpen(bench, (step) => step.do === "run_iru");
  pass(bench, 7);
  bench.events.push({ type: "iru_ran", ok: true });
  look(bench);
  assert.equal(bench.memory.requests[idempotencyKey]?.ranAtSeconds, bench.now.continuousSeconds);
  pass(bench, 3);
  bench.events.push({ type: "iru_ran", ok: true });
  look(bench);
  assert.equal(bench.memory.requests[idempotencyKey]?.ranAtSeconds, bench.now.continuousSeconds - 3);
});

test("a run that does not come back counts as over after three minutes: it runs again, and people are told", () => {
  const scene = approved();
  takeOpen(scene.bench, (step) => step.do === "run_iru");
  const at: number[] = [];
  for (let second = 0; second < 1_000; second += 1) {
    for (const step of look(scene.bench)) if (step.do === "run_iru") at.push(second);
    takeOpen(scene.bench, (step) => step.do === "run_iru");
    answerAll(scene.bench, scene.told);
    look(scene.bench);
    pass(scene.bench, 1);
  }
  assert.deepEqual(at, [210, 510]);
  assert.equal(texts(scene.bench, "report").length, 1);
  assert.match(texts(scene.bench, "alert").at(-1) ?? "", /has not reached this Mac yet/);
});
