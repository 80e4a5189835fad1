import assert from "node:assert/strict";
import test from "node:test";
import type { Calls } from "./calls.ts";
import { onEnrolled, onMac, startupTick } from "./startup.ts";
import { ALICE, type Bench, contextOf, look, pass, REQUEST } from "./testing/bench.ts";
import { CONFIG, learning, reports, theirs, told } from "./testing/mac-answers.ts";
import { active, pending, started, idle } from "./testing/scenes.ts";

type OpenRequest = Calls["mac"]["answer"]["openRequests"][number];

const { uid, generatedUid, username } = ALICE;

const open = (over: Partial<OpenRequest> = {}): OpenRequest => ({
  requestId: REQUEST,
  uid,
  generatedUid,
  username,
  version: 1,
  status: "pending",
  nextPollSeconds: 5,
  message: "",
  ...over,
});

const ADMINS_NOW =
  "administrators now: bob (by GeneratedUID), root (by GeneratedUID), bob (by name), root (by name)";

test("an open request that this Mac does not know is taken over, and asked about under its own id", () => {
  const { requests } = told(started().bench, { openRequests: [open()] }).record;
  assert.equal(requests.length, 1);
  const [{ idempotencyKey, ...rest } = { idempotencyKey: "" }] = requests;
  assert.match(idempotencyKey, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, {
    person: { uid, generatedUid, username },
    askedAtWall: 0,
    requestId: REQUEST,
    status: "pending",
    start: "auto",
  });
});

test("an approval that this Mac did not see come is taken over; the person is asked when to start", () => {
  const approved = open({ status: "approved", approvedMinutes: 15, signal: "set" });
  const ctx = told(started().bench, { openRequests: [approved] });
  const [waiting] = ctx.record.requests;
  assert.deepEqual(
    [waiting?.status, waiting?.start, waiting?.approvedMinutes, waiting?.signal],
    ["approved", "ask", 15, "set"],
  );
  assert.deepEqual(
    ctx.steps.flatMap((step) => (step.do === "alert" ? [step.text] : [])),
    ["IT approved 15 minutes. You will be asked when to start."],
  );
});

test("nothing else is taken over: what is known, what is in session, what is over", () => {
  assert.equal(told(pending().bench, { openRequests: [open()] }).record.requests.length, 1);
  const { bench } = active();
  const session = theirs({ armId: bench.record.session?.armId ?? "" });
  assert.deepEqual(told(bench, { openRequests: [open()], session }).record.requests, []);
  for (const status of ["arming", "active", "ending"] as const) {
    assert.deepEqual(told(started().bench, { openRequests: [open({ status })] }).record.requests, []);
  }
});

test("the first list of administrators is what is found; IT is told it where a list was lost", () => {
  const learnt = (recordAtStart: "read" | "absent" | "unreadable", over: Partial<Bench["memory"]> = {}) => {
    const { bench } = started();
    Object.assign(bench.memory, { recordAtStart, ...over });
    bench.sudo.files = { "/private/etc/sudoers": "1" };
    const ctx = learning(bench);
    assert.equal(ctx.record.known?.length, 4);
    assert.deepEqual(ctx.record.knownSudo, bench.sudo.files);
    return reports(ctx);
  };
  assert.deepEqual(learnt("read"), []);
  const sudoNow = "drift files of sudo now: /private/etc/sudoers";
  assert.deepEqual(learnt("absent"), [`drift the agent's record was missing; ${ADMINS_NOW}`, sudoNow]);
  assert.deepEqual(learnt("unreadable"), [
    `drift the agent's record could not be read; ${ADMINS_NOW}`,
    sudoNow,
  ]);
  assert.deepEqual(learnt("absent", { enrolledHere: true }), [], "a new Mac has lost nothing");
});

test("a list of administrators that is known stays, and one that cannot be read is not learnt", () => {
  const { bench } = idle();
  bench.names.add("mallory");
  const known = structuredClone(bench.record.known);
  assert.deepEqual(learning(bench).record.known, known);
  const unreadable = started().bench;
  Object.assign(unreadable.seen, { admins: undefined });
  unreadable.memory.recordAtStart = "absent";
  const ctx = learning(unreadable);
  assert.deepEqual([ctx.record.known, reports(ctx)], [undefined, []]);
  assert.equal(ctx.wakeSeconds - ctx.now.continuousSeconds, 1, "nothing tells when it can be read");
  unreadable.seen = {};
  const later = contextOf(unreadable);
  startupTick(later);
  assert.equal(later.record.known?.length, 4);
});

test("L5 who is administrator at the enrolment is known from then on, before the service was asked anything else", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "absent";
  const knownAfter = (outcome: Parameters<typeof onEnrolled>[1]) => {
    const ctx = contextOf(bench);
    onEnrolled(ctx, outcome);
    startupTick(ctx);
    assert.deepEqual(reports(ctx), [], "a new Mac has lost nothing");
    return ctx.record.known?.length;
  };
  assert.equal(knownAfter({ came: "silent", why: "x" }), undefined);
  assert.equal(knownAfter({ came: "answer", answer: {} }), 4);
});

test("a Mac without a key enrols before anything else, and waits longer after each no", () => {
  const { bench } = started();
  bench.open = [];
  bench.memory.busy = {};
  bench.seen = { enrolled: false };
  const enrols = () => look(bench).filter((step) => step.do === "call" && step.call.name === "enroll").length;
  assert.equal(enrols(), 1);
  assert.equal(enrols(), 0, "one at a time");
  const ctx = contextOf(bench);
  onEnrolled(ctx, { came: "refused", status: 409, detail: "an approver has to allow it" });
  assert.deepEqual(bench.memory.enroll, { dueSeconds: ctx.now.continuousSeconds + 2, failures: 1 });
  assert.equal(bench.memory.enrolledHere, false);
  bench.memory.busy = {};
  assert.equal(enrols(), 0);
  pass(bench, 2);
  assert.equal(enrols(), 1);
  for (let round = 0; round < 12; round += 1) onEnrolled(contextOf(bench), { came: "silent", why: "x" });
  assert.equal(bench.memory.enroll.dueSeconds - bench.now.continuousSeconds, 300, "five minutes at most");
  onEnrolled(contextOf(bench), { came: "answer", answer: {} });
  assert.equal(bench.memory.enrolledHere, true);
});

test("a Mac that cannot read its keychain does not enrol again: it may well have a key", () => {
  const { bench } = started();
  bench.open = [];
  bench.memory.busy = {};
  Object.assign(bench.seen, { enrolled: undefined });
  assert.deepEqual(
    look(bench).flatMap((step) => (step.do === "call" ? [step.call.name] : [])),
    [],
  );
});

test("the Mac asks what it should be until it is told, and then no more", () => {
  const { bench } = started();
  const asks = () => look(bench).filter((step) => step.do === "call" && step.call.name === "mac").length;
  assert.equal(asks(), 0, "asked already");
  for (let round = 0; round < 12; round += 1)
    onMac(contextOf(bench), { came: "failing", status: 503, detail: "x" });
  assert.equal(bench.memory.mac.dueSeconds - bench.now.continuousSeconds, 300);
  assert.equal(bench.memory.config, undefined);
  bench.memory.busy = {};
  assert.equal(asks(), 0);
  pass(bench, 300);
  assert.equal(asks(), 1);
  bench.memory.busy = {};
  assert.deepEqual(told(bench).memory.config, CONFIG);
  assert.equal(asks(), 0);
});

test("a process that starts without a session takes away the drop-in that another may have left", () => {
  assert.ok(started().bench.done.some((step) => step.do === "remove_drop_in"));
  const { bench } = active();
  bench.memory.startedAt = bench.memory.last;
  const ctx = contextOf(bench);
  startupTick(ctx);
  assert.ok(!ctx.steps.some((step) => step.do === "remove_drop_in"), "in a session it is needed");
  const later = idle().bench;
  const quiet = contextOf(later);
  startupTick(quiet);
  assert.deepEqual(quiet.steps, []);
});

test("L5 once the service has answered, the next try after a failure comes soon again, however long it was away before", () => {
  const { bench } = started();
  for (let round = 0; round < 12; round += 1) onMac(contextOf(bench), { came: "silent", why: "x" });
  assert.equal(bench.memory.mac.dueSeconds - bench.now.continuousSeconds, 300, "five minutes at most");
  told(bench);
  onMac(contextOf(bench), { came: "silent", why: "x" });
  assert.equal(bench.memory.mac.dueSeconds - bench.now.continuousSeconds, 2);
});

test("IT hears once of a keychain that does not do its work, and of another trouble with it", () => {
  const { bench } = started();
  const trouble = (keychainTrouble?: string) => {
    bench.seen = keychainTrouble === undefined ? {} : { keychainTrouble };
    const ctx = contextOf(bench);
    startupTick(ctx);
    bench.record = ctx.record;
    return reports(ctx);
  };
  assert.deepEqual(trouble(), []);
  const locked = "device_error the keychain is locked";
  assert.deepEqual(trouble("the keychain is locked"), [locked]);
  assert.deepEqual(trouble("the keychain is locked"), [locked], "once");
  assert.deepEqual(trouble("no key can be read"), [locked, "device_error no key can be read"]);
});
