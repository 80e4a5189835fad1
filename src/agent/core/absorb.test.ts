import assert from "node:assert/strict";
import test from "node:test";
import { absorb } from "./absorb.ts";
import type { AgentEvent } from "./steps.ts";
import { ALICE, type Bench, contextOf, pass, REQUEST } from "./testing/bench.ts";
import { active, granting, stuck } from "./testing/scenes.ts";

function happens(bench: Bench, event: AgentEvent): Bench["memory"] {
  const ctx = contextOf(bench);
  absorb(ctx, event);
  return ctx.memory;
}

/** A heartbeat that was sent at this awake second got no answer. */
function silentBeat(bench: Bench, sentAtAwake: number): Bench["memory"] {
  bench.memory.busy["beat"] = sentAtAwake;
  const call = {
    name: "beat",
    requestId: REQUEST,
    bootSession: "boot-1",
    continuousSeconds: 0,
    admin: true,
    logSeq: 0,
    agentSha256: "",
  } as const;
  return happens(bench, { type: "called", name: "beat", call, outcome: { came: "silent", why: "x" } });
}

test("what was asked before the Mac slept and got no answer says nothing of the network now", () => {
  const { bench } = active();
  bench.memory.network.unheardSince = undefined;
  pass(bench, 10);
  bench.memory.wokeAtAwake = bench.now.awakeSeconds;
  assert.equal(silentBeat(bench, bench.now.awakeSeconds - 0.1).network.unheardSince, undefined);
  assert.equal(silentBeat(bench, bench.now.awakeSeconds).network.unheardSince, bench.now.awakeSeconds);
});

test("a call without an answer makes a look whose probe failed a silent one, unless it is of before the sleep", () => {
  const { bench } = active();
  pass(bench, 10);
  bench.memory.wokeAtAwake = bench.now.awakeSeconds;
  const at = bench.now.awakeSeconds;
  Object.assign(bench.memory.network, { look: { startedAt: at, probeFailed: true }, silentLooks: 0 });
  assert.equal(silentBeat(bench, at - 1).network.silentLooks, 0);
  assert.equal(silentBeat(bench, at).network.silentLooks, 1);
});

test("L9 only an answer on the session itself says that it may go on", () => {
  const beat = { name: "beat", requestId: REQUEST } as const;
  const calls = [
    [beat, "answer", true],
    [{ name: "status", requestId: REQUEST }, "answer", true],
    [{ name: "start", requestId: REQUEST, armId: "another" }, "answer", true],
    [{ name: "mac" }, "answer", true],
    [beat, "failing", false],
    [beat, "refused", false],
    [{ name: "status", requestId: "another" }, "answer", false],
    [{ name: "log", requestId: REQUEST }, "answer", false],
    [{ name: "report", requestId: REQUEST }, "answer", false],
  ] as const;
  for (const [call, came, isHeard] of calls) {
    const { bench } = active();
    const at = bench.now.awakeSeconds;
    Object.assign(bench.memory.network, { unheardSince: at, heardAt: at });
    pass(bench, 10);
    const body = { openRequests: [], version: 1, status: "active", nextPollSeconds: 5, message: "" };
    const outcome = { came, answer: body, status: 429, detail: "" };
    const { network } = happens(bench, { type: "called", name: call.name, call, outcome } as never);
    const now = bench.now.awakeSeconds;
    assert.deepEqual(
      [network.unheardSince, network.heardAt],
      isHeard ? [undefined, now] : [at, at],
      `${came} to ${call.name}`,
    );
    assert.equal(network.lastAnswerAt, now, "the network is there");
  }
});

test("only a 200 of the probe means that the network is there", () => {
  for (const [status, hasFailed] of [
    [200, false],
    [204, true],
    [302, true],
    [null, true],
  ] as const) {
    const { bench } = active();
    const at = bench.now.awakeSeconds;
    Object.assign(bench.memory.network, {
      look: { startedAt: at, probeFailed: false },
      lastAnswerAt: at - 1,
    });
    const { network } = happens(bench, { type: "probed", status });
    assert.equal(network.look?.probeFailed === true, hasFailed, String(status));
  }
});

test("Privileges has had its turn when it was asked to add, not to remove", () => {
  const isOver = (act: "add" | "remove") => {
    const { bench } = granting();
    return happens(bench, { type: "privileges_ran", act, text: "" }).grantRun?.privilegesOver;
  };
  assert.deepEqual([isOver("add"), isOver("remove")], [true, false]);
  const { bench } = active();
  bench.memory.grantRun = undefined;
  assert.equal(happens(bench, { type: "privileges_ran", act: "add", text: "" }).grantRun, undefined);
});

test("a poll begun before its session ended says nothing to the end", () => {
  const { bench } = stuck();
  const version = bench.memory.held.version;
  const answer = { version: 99, status: "ended", nextPollSeconds: 5, message: "" } as const;
  const call = { name: "status", requestId: REQUEST } as const;
  const memory = happens(bench, {
    type: "called",
    name: "status",
    call,
    outcome: { came: "answer", answer },
  });
  assert.deepEqual([memory.held.version, memory.serviceEnd], [version, undefined]);
  assert.equal(bench.record.session?.person.uid, ALICE.uid);
});

test("L5 a snapshot that comes before the comparison is made is none: it is of an earlier time", () => {
  const items = { "cron: /usr/lib/cron/tabs/root": "of before" };
  const { bench } = active();
  assert.equal(happens(bench, { type: "snapshot", items }).compared, undefined);
  const ending = { reason: "expired", sinceWall: 0, sinceSeconds: 0, findings: [] } as const;
  for (const [stage, compared] of [
    ["rights", undefined],
    ["processes", undefined],
    ["compare", items],
  ] as const) {
    const { bench: over } = active();
    assert.ok(over.record.session !== undefined);
    over.record.session.phase = "ending";
    over.record.session.ending = { ...ending, findings: [], stage };
    assert.deepEqual(happens(over, { type: "snapshot", items }).compared, compared, stage);
  }
});
