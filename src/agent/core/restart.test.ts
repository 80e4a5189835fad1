import assert from "node:assert/strict";
import test from "node:test";
import { act, ALICE, type Bench, look, pass, reboot, restart } from "./testing/bench.ts";
import { answerAll } from "./testing/honest-world.ts";
import { active, granting, idle, owing, stuck } from "./testing/scenes.ts";

test("a restart of the agent in a session is reported once, also when the clock has not moved at its first look", () => {
  const { bench, told } = active();
  restart(bench);
  for (let second = 0; second < 5; second += 1) {
    look(bench);
    answerAll(bench, told);
    look(bench);
    pass(bench, 1);
  }
  const reports = bench.done.flatMap((step) =>
    step.do === "call" && step.call.name === "report" ? step.call.items : [],
  );
  assert.deepEqual(reports, ["the agent was started again during the session"]);
});

/** What IT is told by the look that follows. */
function reportedBy(bench: Bench): readonly string[] {
  const before = bench.record.outbox.length;
  look(bench);
  return bench.record.outbox.slice(before).flatMap(({ call }) => (call.name === "report" ? call.items : []));
}

test("L15 a restart says how long nobody watched, from 45 s on", () => {
  for (const [seconds, text] of [
    [45, ""],
    [46, ", unwatched for up to 46 s"],
  ] as const) {
    const { bench } = active();
    const { session } = bench.record;
    assert.ok(session !== undefined);
    restart(bench);
    session.watchedAtAwake = bench.now.awakeSeconds - seconds;
    assert.deepEqual(reportedBy(bench), [`the agent was started again during the session${text}`]);
  }
});

test("L9 whoever kills the agent of a Mac that is cut off gains no time: the silence goes on where it was", () => {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  const heardAt = bench.now.awakeSeconds - 100;
  session.heardAtAwake = heardAt;
  restart(bench);
  look(bench);
  assert.equal(bench.memory.network.unheardSince, heardAt);
  assert.equal(bench.memory.network.lastAnswerAt, heardAt);
  assert.equal(bench.memory.network.heardAt, heardAt, "and in the process after the next");
  // An answer that is here before the clock has moved is not forgotten by the next look.
  bench.memory.network.unheardSince = undefined;
  look(bench);
  assert.equal(bench.memory.network.unheardSince, undefined);
});

test("L4 a record that was edited while no agent watched holds no deadline that no session ever had", () => {
  const left = (bench: Bench) =>
    (bench.record.session?.deadline.continuousSeconds ?? 0) - bench.now.continuousSeconds;
  for (const [forged, kept] of [
    [599, 599],
    [600, 600],
    [10_000, 600],
  ] as const) {
    const { bench } = active();
    const { session } = bench.record;
    assert.ok(session !== undefined);
    session.deadline.continuousSeconds = bench.now.continuousSeconds + forged;
    restart(bench);
    look(bench);
    assert.equal(left(bench), kept);
  }
  const { bench } = granting();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  session.deadline.continuousSeconds = bench.now.continuousSeconds + 10_000;
  restart(bench);
  look(bench);
  assert.equal(left(bench), 660, "a grant may take a minute more");
});

test("L15 a restart while a session ends is found, and a restart of the Mac is told as what it is", () => {
  const ending = stuck().bench;
  restart(ending);
  assert.deepEqual(reportedBy(ending), []);
  assert.deepEqual(ending.record.session?.ending?.findings, [
    "the agent was started again while the session ended",
  ]);
  const restarted = stuck().bench;
  reboot(restarted);
  look(restarted);
  assert.deepEqual(restarted.record.session?.ending?.findings, [
    "this Mac was restarted while the session ended",
  ]);
  const rebooted = active().bench;
  reboot(rebooted);
  assert.ok(!reportedBy(rebooted).some((item) => item.includes("started again")));
});

test("L15 a stop of over 15 s while the Mac is awake is reported, sleep is not", () => {
  for (const [seconds, asleep, count] of [
    [15, false, 0],
    [15.6, false, 1],
    [3_000, true, 0],
  ] as const) {
    const { bench } = active();
    look(bench);
    pass(bench, seconds, asleep);
    const stops = reportedBy(bench).filter((item) => item.includes("did not run"));
    assert.deepEqual(stops, count === 0 ? [] : ["the agent did not run for 16 s while the Mac was awake"]);
  }
});

test("after a sleep of over two seconds the network gets time to come back, and every request is asked about", () => {
  for (const [seconds, isWake] of [
    [2, false],
    [2.1, true],
  ] as const) {
    const { bench } = active();
    pass(bench, seconds, true);
    look(bench);
    assert.equal(bench.memory.wokeAtAwake === bench.now.awakeSeconds, isWake);
    assert.equal(bench.memory.network.graceUntil > 0, isWake);
  }
});

test("the agent starts afresh only when the service has heard everything of the session", () => {
  const restarts = (bench: Bench) => look(bench).filter((step) => step.do === "restart").length;
  const told = idle().bench;
  told.record.restartDue = true;
  assert.equal(restarts(told), 1);
  assert.equal(told.record.restartDue, false);
  assert.equal(restarts(told), 0);
  const owed = owing().bench;
  assert.equal(owed.record.restartDue, true);
  assert.equal(restarts(owed), 0);
  owed.record.outbox = [];
  assert.equal(restarts(owed), 0, "the last call is not answered yet");
  owed.memory.busy = {};
  assert.equal(restarts(owed), 1);
  const asking = idle().bench;
  asking.record.restartDue = true;
  act(asking, { act: "done", person: ALICE });
  asking.record.outbox.push({ id: "x", call: { name: "end", requestId: "x" } });
  assert.equal(restarts(asking), 0);
});
