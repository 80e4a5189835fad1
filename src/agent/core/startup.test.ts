import assert from "node:assert/strict";
import test from "node:test";
import type { Calls } from "./calls.ts";
import type { Context } from "./context.ts";
import { onEnrolled, onMac, startupTick } from "./startup.ts";
import { ALICE, BOB, type Bench, contextOf, look, pass, REQUEST, setAdmin } from "./testing/bench.ts";
import { active, comparing, idle, pending, started } from "./testing/scenes.ts";

type MacAnswer = Calls["mac"]["answer"];
type MacSession = NonNullable<MacAnswer["session"]>;
type OpenRequest = MacAnswer["openRequests"][number];

const CONFIG = {
  delivery: "direct",
  grant: "directory",
  endProcesses: "report",
  longPoll: false,
  probeUrl: "http://probe",
} as const;
const ARM_ID = "bbbbbbbb-0000-4000-8000-000000000002";
const { uid, generatedUid, username } = ALICE;

const theirs = (over: Partial<MacSession> = {}): MacSession => ({
  requestId: REQUEST,
  uid,
  generatedUid,
  status: "active",
  armId: ARM_ID,
  ...over,
});

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

/** The service says what this Mac should be. */
function told(bench: Bench, over: Partial<MacAnswer> = {}): Context {
  const ctx = contextOf(bench);
  onMac(ctx, { came: "answer", answer: { config: CONFIG, openRequests: [], ...over } });
  return ctx;
}

/** The look in which the service tells the Mac what it should be. */
function learning(...how: Parameters<typeof told>): Context {
  const ctx = told(...how);
  startupTick(ctx);
  return ctx;
}

/** What IT is told, as `KIND item`. */
function reports({ record }: Context): readonly string[] {
  return record.outbox.flatMap(({ call }) =>
    call.name === "report" ? call.items.map((item) => `${call.kind} ${item}`) : [],
  );
}

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

test("L5 a session whose record was lost is ended, and IT is told", () => {
  const ctx = told(idle().bench, { session: theirs() });
  const { session } = ctx.record;
  const why = "the agent's record of the session was lost";
  assert.deepEqual(session, {
    requestId: REQUEST,
    armId: ARM_ID,
    person: ALICE,
    minutes: 5,
    grant: "directory",
    endProcesses: "report",
    baseline: { admins: ctx.record.known, accounts: [] },
    phase: "ending",
    deadline: { bootSession: "boot-1", continuousSeconds: ctx.now.continuousSeconds },
    granted: true,
    sinceWall: ctx.now.wall,
    sinceSeconds: 0,
    startTold: true,
    warned: true,
    watchedAtAwake: ctx.now.awakeSeconds,
    log: session?.log,
    reported: [],
    ending: {
      reason: "tampered",
      stage: "rights",
      sinceWall: ctx.now.wall,
      sinceSeconds: ctx.now.continuousSeconds,
      findings: [why],
    },
  });
  assert.deepEqual([session?.log.inode, session?.log.offset], ["", 0]);
  assert.deepEqual(reports(ctx), [`tampered ${why}`]);
});

test("L1 a death between the service's yes and the saving is no tampering, unless there are rights or no record", () => {
  const arming = theirs({ status: "arming" });
  const crash = told(idle().bench, { session: arming });
  const why = "the agent was started again while it took up the approval";
  assert.deepEqual(reports(crash), [`device_error ${why}`]);
  assert.deepEqual(
    [crash.record.session?.granted, crash.record.session?.startTold, crash.record.session?.ending?.reason],
    [false, false, "device_error"],
  );
  const { bench } = idle();
  setAdmin(bench, true);
  const withRights = told(bench, { session: arming });
  assert.deepEqual(reports(withRights), ["tampered the agent's record of the session was lost"]);
  assert.equal(withRights.record.session?.granted, true);
  const lost = idle().bench;
  lost.memory.recordAtStart = "absent";
  assert.deepEqual(reports(told(lost, { session: arming })), [
    "tampered the agent's record of the session was lost",
  ]);
});

test("the service's own reason for an end counts, and its baseline", () => {
  const baseline = { admins: ["name:root"], accounts: [BOB], items: { "hosts: /etc/hosts": "1" } };
  const { record } = told(idle().bench, {
    session: theirs({ status: "ending", endReason: "revoked", baseline }),
  });
  assert.equal(record.session?.ending?.reason, "revoked");
  assert.deepEqual(record.session?.baseline, baseline);
});

test("L16 without a baseline who is an administrator now counts as one, but for the session's person", () => {
  const { bench } = started();
  setAdmin(bench, true);
  const { record } = told(bench, { session: theirs() });
  const known = ["guid:22222222-2222-4222-8222-222222222222", "guid:FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000"];
  assert.deepEqual(record.session?.baseline.admins, [...known, "name:bob", "name:root"]);
});

test("a person whose account is gone is named by the uid", () => {
  const stranger = theirs({ uid: 777, generatedUid: "99999999-9999-4999-8999-999999999999" });
  assert.equal(told(idle().bench, { session: stranger }).record.session?.person.username, "uid 777");
});

test("a session whose end is owed to the service is not taken over again", () => {
  const { bench } = idle();
  const removed = {
    name: "removed",
    requestId: REQUEST,
    armId: ARM_ID,
    granted: true,
    verified: true,
    reason: "expired",
    removedAt: "2026-11-22T09:33:20.000Z",
  } as const;
  bench.record.outbox.push({ id: "x", call: removed });
  assert.equal(told(bench, { session: theirs() }).record.session, undefined);
  bench.record.outbox = [{ id: "x", call: { ...removed, armId: "other" } }];
  assert.ok(told(bench, { session: theirs() }).record.session !== undefined);
});

test("a session that the service knows as it is goes on", () => {
  const { bench } = active();
  const ctx = told(bench, { session: theirs({ armId: bench.record.session?.armId ?? "" }) });
  assert.equal(ctx.memory.serviceEnd, undefined);
  assert.deepEqual(reports(ctx), []);
});

test("L1 a session that the service does not know, or knows as over, ends", () => {
  const unknown = told(active().bench);
  assert.equal(unknown.memory.serviceEnd, "revoked");
  const text = "the service knows no such session as is on this Mac's record";
  const [first, second] = reports(unknown);
  assert.equal(first, `tampered ${text}`);
  assert.match(second ?? "", /^tampered administrators now: .*alice/);
  assert.equal(told(active().bench, { session: theirs() }).memory.serviceEnd, "revoked", "another arming");
  for (const endReason of ["network_loss", undefined] as const) {
    const { bench } = active();
    const over = theirs({
      armId: bench.record.session?.armId ?? "",
      status: "ending",
      ...(endReason && { endReason }),
    });
    assert.equal(told(bench, { session: over }).memory.serviceEnd, endReason ?? "revoked");
  }
  const ending = told(comparing().bench);
  assert.deepEqual([ending.memory.serviceEnd, reports(ending)], [undefined, []], "it ends already");
});

test("L1 L5 a record that differs from what was sent with /arm was tampered with, and that counts", () => {
  const changed = "tampered the session's record was changed while the agent was not running";
  const sent = (bench: Bench) => {
    const { armId = "", baseline = { admins: [], accounts: [] } } = bench.record.session ?? {};
    return { armId, baseline: structuredClone(baseline) as NonNullable<MacSession["baseline"]> };
  };
  const same = active().bench;
  assert.deepEqual(reports(told(same, { session: theirs(sent(same)) })), []);
  const short = active().bench;
  const { items: _long, ...withoutItems } = sent(short).baseline;
  assert.deepEqual(reports(told(short, { session: theirs({ ...sent(short), baseline: withoutItems }) })), []);
  const changes: ((baseline: NonNullable<MacSession["baseline"]>) => object)[] = [
    (baseline) => ({ admins: baseline.admins.slice(1) }),
    (baseline) => ({ accounts: baseline.accounts.slice(1) }),
    (baseline) => ({ accounts: baseline.accounts.map((one) => ({ ...one, uid: one.uid + 1 })) }),
    () => ({ items: { "hosts: /etc/hosts": "2" } }),
  ];
  for (const change of changes) {
    const { bench } = active();
    const { armId, baseline } = sent(bench);
    const real = { ...baseline, ...change(baseline) };
    const ctx = told(bench, { session: theirs({ armId, baseline: real }) });
    assert.equal(reports(ctx)[0], changed);
    assert.match(reports(ctx)[1] ?? "", /^tampered administrators now: /);
    assert.equal(ctx.memory.serviceEnd, "tampered");
    assert.deepEqual(ctx.record.session?.baseline, real);
  }
  for (const other of [{ uid: 777 }, { generatedUid: BOB.generatedUid }]) {
    const { bench } = active();
    const ctx = told(bench, { session: theirs({ armId: bench.record.session?.armId ?? "", ...other }) });
    assert.equal(reports(ctx)[0], changed);
    assert.equal(ctx.record.session?.person.uid, other.uid ?? uid);
    assert.equal(ctx.record.session?.person.generatedUid, other.generatedUid ?? generatedUid);
  }
});

test("L16 a baseline that explains the session's own person is forged", () => {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  const { admins } = session.baseline;
  session.baseline = { ...session.baseline, admins: [...admins, "name:alice", `guid:${generatedUid}`] };
  const ctx = contextOf(bench);
  startupTick(ctx);
  assert.deepEqual(ctx.record.session?.baseline.admins, admins);
  assert.deepEqual(reports(ctx), [
    "tampered the session's record was changed while the agent was not running",
  ]);
  assert.equal(ctx.memory.serviceEnd, "tampered");
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

test("a record that was lost with a session leaves the session's baseline as the list", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "absent";
  const baseline = { admins: ["name:root"], accounts: [] };
  const ctx = learning(bench, { session: theirs({ baseline }) });
  assert.deepEqual(ctx.record.known, ["name:root"]);
  assert.deepEqual(reports(ctx), ["tampered the agent's record of the session was lost"]);
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
