import assert from "node:assert/strict";
import test from "node:test";
import { absorb } from "./absorb.ts";
import { drop } from "./acts.ts";
import { onOwed } from "./outbox.ts";
import { onArmed } from "./prepare.ts";
import { onMac, startupTick } from "./startup.ts";
import { ALICE, type Bench, contextOf, REQUEST, setAdmin } from "./testing/bench.ts";
import { ARM_ID, type MacSession, reports, theirs, told, toldAgain } from "./testing/mac-answers.ts";
import { idle } from "./testing/scenes.ts";
import { applyStatus } from "./waiting.ts";
import type { Calls } from "./calls.ts";

const LATE = "the service has a session that this Mac had given up, or never asked for";

/** A Mac whose process has been told what it should be, and that waits for its request. */
function waiting(): Bench {
  const { bench } = idle();
  bench.record.requests.push({
    person: ALICE,
    idempotencyKey: "k",
    askedAtWall: bench.now.wall,
    requestId: REQUEST,
    status: "approved",
    start: "auto",
  });
  return bench;
}

/** The service says so of the request; true when the Mac asks it once more what it should be. */
function asksAnew(bench: Bench, status: Calls["status"]["answer"]["status"]): boolean {
  const ctx = contextOf(bench);
  const [request] = ctx.record.requests;
  assert.ok(request !== undefined);
  applyStatus(ctx, request, { status, version: 7, nextPollSeconds: 5, message: "IT ended your session." });
  startupTick(ctx);
  bench.record = ctx.record;
  return ctx.steps.some((step) => step.do === "call" && step.call.name === "mac");
}

const late = (bench: Bench, over: Partial<MacSession> = {}) => toldAgain(bench, { session: theirs(over) });

for (const status of ["arming", "active", "ending", "ended"] as const) {
  test(`L5 a request that is ${status} without this Mac's having a session makes it ask what it should be`, () => {
    assert.equal(asksAnew(waiting(), status), true);
  });
}

test("what this Mac is taking up itself, or what is no session, it does not ask about", () => {
  for (const status of ["pending", "approved", "cancelled", "lapsed"] as const) {
    assert.equal(asksAnew(waiting(), status), false, status);
  }
  const preparing = waiting();
  preparing.memory.preparation = { requestId: REQUEST, armFirstSentSeconds: 0 } as never;
  assert.equal(asksAnew(preparing, "arming"), false);
  const running = waiting();
  running.record.session = told(idle().bench, { session: theirs() }).record.session;
  assert.equal(asksAnew(running, "active"), false);
});

test("L5 a session that the service speaks of before this start has asked for one is of an earlier try", () => {
  for (const status of ["arming", "ending"] as const) {
    const bench = waiting();
    bench.memory.preparation = { requestId: REQUEST } as never;
    // A start that has not asked yet ends with its request; else the Mac asks when it is over.
    assert.equal(asksAnew(bench, status), status === "ending", status);
    assert.equal(bench.memory.standDoubted, status === "arming", status);
  }
});

test("L5 it asks about a session that stands in the way of its start, once nothing of its own is under way", () => {
  const bench = waiting();
  const preparation = { requestId: REQUEST, armId: "mine", armUnanswered: true } as const;
  bench.memory.preparation = preparation as never;
  const ctx = contextOf(bench);
  const asked = { name: "arm", requestId: REQUEST, armId: "mine" } as never;
  onArmed(ctx, asked, {
    came: "refused",
    status: 409,
    detail: "Another session is open.",
    requestId: "other",
  });
  assert.deepEqual([ctx.memory.preparation, ctx.memory.standDoubted], [undefined, true]);
  for (const [busy, expected] of [
    [false, true],
    [true, false],
  ] as const) {
    const next = waiting();
    next.memory.standDoubted = true;
    if (busy) next.memory.preparation = preparation as never;
    const look = contextOf(next);
    startupTick(look);
    assert.equal(
      look.steps.some((step) => step.do === "call" && step.call.name === "mac"),
      expected,
    );
  }
});

test("a start that is refused for itself makes it ask nothing", () => {
  const bench = waiting();
  bench.memory.preparation = { requestId: REQUEST, armId: "mine" } as never;
  const ctx = contextOf(bench);
  onArmed(ctx, { name: "arm", requestId: REQUEST, armId: "mine" } as never, {
    came: "refused",
    status: 409,
    detail: "no",
  });
  assert.equal(ctx.memory.standDoubted, false);
});

const disowned = {
  name: "removed",
  requestId: REQUEST,
  armId: ARM_ID,
  granted: false,
  verified: true,
  reason: "device_error",
  removedAt: "2026-11-23T10:00:00.000Z",
} as const;

test("L5 what cannot be cancelled any more, or was not armed yet, may have become a session", () => {
  for (const [call, status, expected] of [
    [{ name: "cancel", requestId: REQUEST }, 409, true],
    [{ name: "cancel", requestId: REQUEST }, 404, false],
    [disowned, 409, true],
    [disowned, 403, false],
    [{ name: "end", requestId: REQUEST }, 409, false],
  ] as const) {
    const bench = waiting();
    bench.record.outbox.push({ id: "1", call });
    bench.memory.sending = "1";
    const ctx = contextOf(bench);
    onOwed(ctx, { came: "refused", status, detail: "no" });
    assert.equal(ctx.memory.standDoubted, expected, `${call.name} ${status}`);
  }
});

test("L5 a doubt that arises while it asks is asked about once more, and one whose answer is lost again", () => {
  const asks = (bench: Bench) => {
    const ctx = contextOf(bench);
    startupTick(ctx);
    return ctx.steps.filter((step) => step.do === "call" && step.call.name === "mac").length;
  };
  const bench = waiting();
  bench.memory.standDoubted = true;
  assert.equal(asks(bench), 1);
  assert.equal(asks(bench), 0, "once");
  bench.memory.standDoubted = true;
  delete bench.memory.busy["mac"];
  toldAgain(bench);
  assert.equal(asks(bench), 1, "the answer to the first question cannot know of it");
  delete bench.memory.busy["mac"];
  onMac(contextOf(bench), { came: "silent", why: "no answer within 10 s" });
  bench.memory.mac.dueSeconds = 0;
  assert.equal(asks(bench), 1, "nobody has answered");
  delete bench.memory.busy["mac"];
  toldAgain(bench);
  assert.equal(asks(bench), 0, "all is known");
});

test("a request that was given up while it asks does not come back with the answer; another one does", () => {
  const bench = waiting();
  bench.memory.standDoubted = true;
  const ctx = contextOf(bench);
  startupTick(ctx);
  const [request] = ctx.record.requests;
  assert.ok(request !== undefined);
  drop(ctx, request);
  const open = { ...ALICE, status: "approved", version: 3, nextPollSeconds: 5, message: "" } as const;
  const other = "aaaaaaaa-0000-4000-8000-000000000009";
  const openRequests = [
    { ...open, requestId: REQUEST },
    { ...open, requestId: other },
  ];
  delete bench.memory.busy["mac"];
  const ids = (told: ReturnType<typeof toldAgain>) => told.record.requests.map(({ requestId }) => requestId);
  assert.deepEqual(ids(toldAgain(bench, { openRequests })), [other]);
  bench.memory.standDoubted = true;
  startupTick(contextOf(bench));
  assert.deepEqual(ids(toldAgain(bench, { openRequests })), [other, REQUEST], "asked anew, it is so");
});

test("L5 a session that the Mac had given up is ended without rights, and IT is told", () => {
  for (const status of ["arming", "active", "ending"] as const) {
    const { record, memory } = late(waiting(), { status });
    const { session } = record;
    assert.deepEqual([session?.armId, session?.phase, session?.granted], [ARM_ID, "ending", false]);
    assert.equal(session?.ending?.reason, "device_error");
    assert.deepEqual(reports({ record } as never), [`device_error ${LATE}`]);
    assert.equal(memory.standDoubted, false, "asked for once");
  }
});

test("L1 of a session that this Mac never had it believes no baseline, and it has no log of it", () => {
  const bench = waiting();
  bench.memory.compared = { "hosts: /etc/hosts": "of a start that came to nothing" };
  bench.memory.dropInRemoved = true;
  const baseline = { admins: ["name:mallory"], accounts: [], items: {} };
  const { record, memory } = late(bench, { baseline });
  assert.deepEqual(record.session?.baseline, { admins: record.known, accounts: [] });
  assert.ok(!record.known?.includes("name:mallory"));
  assert.equal(record.session?.ending?.isLogShipped, true);
  assert.deepEqual([memory.compared, memory.dropInRemoved], [undefined, false]);
});

test("what it has proven already it does not prove again on the word of an older answer", () => {
  const bench = waiting();
  bench.record.outbox.push({ id: "1", call: disowned });
  bench.memory.sending = "1";
  const ctx = contextOf(bench);
  onOwed(ctx, { came: "answer", answer: {} });
  assert.deepEqual(ctx.memory.proven, [ARM_ID]);
  bench.memory.proven = [ARM_ID];
  bench.record.outbox = [];
  assert.equal(late(bench).record.session, undefined);
  assert.notEqual(late(bench, { armId: "another" }).record.session, undefined);
});

test("who waits for such a session hears that it is over", () => {
  const bench = waiting();
  bench.record = late(bench).record;
  const ctx = contextOf(bench);
  const answer = {
    status: "ending",
    version: 9,
    nextPollSeconds: 5,
    message: "A problem on this Mac.",
  } as const;
  const call = { name: "status", requestId: REQUEST } as const;
  absorb(ctx, { type: "called", name: "status", call, outcome: { came: "answer", answer } });
  assert.deepEqual(ctx.record.requests, []);
  assert.ok(ctx.steps.some((step) => step.do === "alert" && step.text === "A problem on this Mac."));
});

test("L5 where there are rights it counts as tampering", () => {
  const bench = waiting();
  setAdmin(bench, true);
  const ctx = late(bench);
  assert.equal(ctx.record.session?.granted, true);
  assert.deepEqual(reports(ctx), ["tampered the agent's record of the session was lost"]);
});

test("L5 the Mac's own word comes first: a session it has, a start it prepares, a proof it owes", () => {
  const preparing = waiting();
  preparing.memory.preparation = { requestId: REQUEST } as never;
  const prepared = late(preparing);
  assert.deepEqual([prepared.record.session, prepared.memory.standDoubted], [undefined, true]);
  const running = waiting();
  running.record.session = late(waiting()).record.session;
  const beside = late(running, { armId: "another" });
  assert.deepEqual([beside.record.session, beside.memory.standDoubted], [running.record.session, true]);
  running.memory.standDoubted = false;
  assert.equal(late(running).memory.standDoubted, false, "its own");
  const owing = waiting();
  owing.record.outbox.push({
    id: "1",
    call: {
      name: "removed",
      requestId: REQUEST,
      armId: ARM_ID,
      granted: false,
      verified: true,
      reason: "device_error",
      removedAt: "2026-11-30T04:00:00Z",
    },
  });
  const ctx = late(owing);
  assert.deepEqual([ctx.record.session, ctx.record.outbox.length], [undefined, 1]);
  assert.equal(toldAgain(waiting()).record.session, undefined);
});

test("a request whose withdrawal is still owed does not come back", () => {
  const bench = waiting();
  bench.record.requests = [];
  bench.record.outbox.push({ id: "1", call: { name: "cancel", requestId: REQUEST } });
  const open = { ...ALICE, status: "approved", version: 3, nextPollSeconds: 5, message: "" } as const;
  const openRequests = [{ ...open, requestId: REQUEST }];
  assert.deepEqual(toldAgain(bench, { openRequests }).record.requests, []);
  bench.record.outbox = [];
  assert.equal(toldAgain(bench, { openRequests }).record.requests.length, 1);
});

test("L5 what is owed or proven of another session says nothing of this one; what is said of it already ends no more", () => {
  const taken = (change: (bench: Bench) => void) => {
    const bench = waiting();
    change(bench);
    return late(bench).record.session?.armId;
  };
  const other = { ...disowned, armId: "other" };
  assert.equal(
    taken(({ record }) => record.outbox.push({ id: "x", call: other })),
    ARM_ID,
  );
  assert.equal(
    taken(({ memory }) => memory.proven.push("other")),
    ARM_ID,
  );
  assert.equal(
    taken(({ record }) => record.outbox.push({ id: "x", call: disowned })),
    undefined,
  );
  assert.equal(
    taken(({ memory }) => memory.proven.push(ARM_ID)),
    undefined,
  );
});

test("L5 the preparation of another request is no answer to whose session the service speaks of", () => {
  const bench = waiting();
  bench.memory.preparation = { requestId: "other", armFirstSentSeconds: 0 } as never;
  assert.equal(asksAnew(bench, "arming"), false, "once that start is over");
  assert.equal(bench.memory.standDoubted, true);
});

test("a request whose session runs here is no reason to doubt it", () => {
  const bench = waiting();
  bench.record.session = told(idle().bench, { session: theirs() }).record.session;
  asksAnew(bench, "active");
  assert.equal(bench.memory.standDoubted, false);
});
