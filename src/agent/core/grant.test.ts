import assert from "node:assert/strict";
import test from "node:test";
import { grantTick } from "./grant.ts";
import { contextOf } from "./testing/bench.ts";
import { granting } from "./testing/scenes.ts";
import type { Bench } from "./testing/bench.ts";
import { act, ALICE, answer, createBench, look, pass, REQUEST, setAdmin, takeOpen } from "./testing/bench.ts";
import { answerAll, live, type Told } from "./testing/honest-world.ts";

/** A bench whose brain has asked for the service's last word and has not got it. */
function askedToArm(seen: Bench["seen"] = {}) {
  const bench = createBench();
  const told: Told = { status: "pending", minutes: 10 };
  live(bench, told, 2);
  const form = { reason: "x", category: "other", durationMinutes: 10 } as const;
  act(bench, { act: "request", person: ALICE, form });
  look(bench);
  answerAll(bench, told);
  told.status = "approved";
  bench.seen = seen;
  const isAsked = () => bench.open.some((step) => step.do === "call" && step.call.name === "arm");
  for (let round = 0; round < 9 && !isAsked(); round += 1) {
    answerAll(bench, told);
    look(bench);
    pass(bench, 1);
  }
  assert.ok(isAsked());
  return { bench, told };
}

/** A bench on which the service has just said yes; what the brain does then is in the returned steps. */
function armed(seen: Bench["seen"] = {}) {
  const { bench, told } = askedToArm(seen);
  answerAll(bench, told);
  const steps = look(bench);
  return {
    bench,
    told,
    gives: steps.filter(({ do: what }) => what === "privileges" || what === "add_admin"),
  };
}

test("W6 Privileges is asked only when the requester alone is at the console, and only while it is unlocked", () => {
  const ways: [Bench["seen"], string][] = [
    [{}, "privileges"],
    [{ console: { atConsole: 501, sessions: [501, 502] } }, "add_admin"],
    [{ privileges: { installed: false, unlocked: true } }, "add_admin"],
  ];
  for (const [seen, way] of ways) {
    const { gives } = armed(seen);
    assert.deepEqual(
      gives.map((step) => step.do),
      [way],
    );
  }
  // Its profile may be taken away between the question and the service's yes.
  const { bench, told } = askedToArm();
  bench.seen = { privileges: { installed: true, unlocked: false } };
  answerAll(bench, told);
  const steps = look(bench).map((step) => step.do);
  assert.deepEqual([steps.includes("privileges"), steps.includes("add_admin")], [false, true]);
});

test("the grant is for the requester's uid and GeneratedUID", () => {
  const { gives } = armed();
  const [step] = gives;
  assert.ok(step?.do === "privileges");
  assert.deepEqual(step.person, ALICE);
});

test("L1 the CLI's word is no grant: without the membership being read, dseditgroup follows, then failure", () => {
  const { bench } = armed();
  takeOpen(bench, ({ do: what }) => what === "privileges");
  bench.events.push({
    type: "privileges_ran",
    act: "add",
    text: "User alice now has administrator privileges",
  });
  bench.toolsWork = false;
  assert.ok(look(bench).some((step) => step.do === "add_admin"));
  assert.equal(bench.record.session?.phase, "granting");
  pass(bench, 11);
  look(bench);
  assert.equal(bench.record.session?.ending?.reason, "device_error");
  assert.ok(!bench.done.some((step) => step.do === "call" && step.call.name === "start"));
});

test("L1 a yes to another arming of the same request is no yes, and is disowned", () => {
  const { bench } = askedToArm();
  const stray = {
    uid: 501,
    generatedUid: ALICE.generatedUid,
    baseline: {},
    name: "arm",
    requestId: REQUEST,
  } as const;
  bench.events.push({
    type: "called",
    name: "arm",
    call: { ...stray, armId: "cccccccc-0000-4000-8000-000000000003" },
    outcome: { came: "answer", answer: { approvedMinutes: 30, confirmBy: "" } },
  });
  look(bench);
  assert.equal(bench.record.session, undefined);
  const disowned = bench.record.outbox.map(({ call }) => call);
  assert.ok(
    disowned.some((call) => call.name === "removed" && call.armId.startsWith("cccccccc") && !call.granted),
  );
});

test("L4 the session's time runs from the moment the rights were read", () => {
  const { bench } = armed();
  const early = bench.record.session?.deadline.continuousSeconds ?? 0;
  pass(bench, 5);
  setAdmin(bench, true);
  look(bench);
  const { session } = bench.record;
  assert.equal(session?.phase, "active");
  assert.equal(session.deadline.continuousSeconds, bench.now.continuousSeconds + 600);
  assert.ok(session.deadline.continuousSeconds <= early);
});

test("W58 rights that SAP's own timer took at the end are an expiry, earlier ones the person's doing", () => {
  for (const [seconds, reason] of [
    [595, "expired"],
    [300, "ended_by_user"],
  ] as const) {
    const { bench, told } = armed();
    setAdmin(bench, true);
    look(bench);
    live(bench, told, seconds);
    setAdmin(bench, false);
    look(bench);
    assert.equal(bench.record.session?.ending?.reason, reason);
  }
});

test("L15 one canary without a line is an accident, two in a row end the session", () => {
  const { bench, told } = armed();
  setAdmin(bench, true);
  live(bench, told, 2);
  const miss = () => {
    bench.events.push({ type: "canary", nonce: "any", found: false });
    look(bench);
  };
  miss();
  assert.equal(bench.record.session?.phase, "active");
  live(bench, told, 3);
  assert.equal(bench.record.session?.phase, "active", "the next one was found");
  miss();
  miss();
  assert.equal(bench.record.session?.ending?.reason, "tampered");
});

test("L4 an answer of the service shortens the session, and none makes it longer", () => {
  const { bench } = armed();
  setAdmin(bench, true);
  look(bench);
  answer(bench, "start", { came: "answer", answer: { elevationEnd: "", remainingSeconds: 9_999 } });
  look(bench);
  assert.equal(bench.record.session?.deadline.continuousSeconds, bench.now.continuousSeconds + 600);
  pass(bench, 61);
  look(bench);
  const status = { version: 3, status: "active", nextPollSeconds: 60, message: "" } as const;
  answer(bench, "beat", { came: "answer", answer: { ...status, remainingSeconds: 120 } });
  look(bench);
  assert.equal(bench.record.session?.deadline.continuousSeconds, bench.now.continuousSeconds + 120);
});

/** A grant under way, `seconds` after the service's yes, with what was tried laid over it; what the brain does then. */
function grantAt(seconds: number, run: object, keep: Partial<Bench> = {}) {
  const { bench } = granting();
  Object.assign(bench, keep);
  const armedAtSeconds = bench.now.continuousSeconds;
  pass(bench, seconds);
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  assert.ok(session !== undefined && ctx.memory.grantRun !== undefined);
  const shifted = Object.fromEntries(
    Object.entries(run).map(([key, value]) => [
      key,
      typeof value === "number" ? armedAtSeconds + value : value,
    ]),
  );
  ctx.memory.grantRun = { armId: session.armId, armedAtSeconds, privilegesOver: false, ...shifted };
  const cause = grantTick(ctx, session);
  return cause?.findings ?? ctx.steps.map(({ do: what }) => what);
}

test("L1 the service's yes is good for 45 s, to the second, for the first way of giving and for the second", () => {
  const late = ["the rights were not given in time"];
  assert.deepEqual(grantAt(45, {}), ["privileges"]);
  assert.deepEqual(grantAt(45.1, {}), late);
  assert.deepEqual(grantAt(45, { privilegesAtSeconds: 40, privilegesOver: true }), ["add_admin"]);
  assert.deepEqual(grantAt(45.1, { privilegesAtSeconds: 40, privilegesOver: true }), late);
});

test("Privileges has 20 s to show what it did, the directory 10 s", () => {
  assert.deepEqual(grantAt(21.9, { privilegesAtSeconds: 2 }), []);
  assert.deepEqual(grantAt(22, { privilegesAtSeconds: 2 }), ["add_admin"]);
  assert.deepEqual(grantAt(3, { privilegesAtSeconds: 2, privilegesOver: true }), ["add_admin"]);
  assert.deepEqual(grantAt(12.9, { directoryAtSeconds: 3 }), []);
  assert.deepEqual(grantAt(13, { directoryAtSeconds: 3 }), [
    "the rights were given but could not be verified",
  ]);
});
