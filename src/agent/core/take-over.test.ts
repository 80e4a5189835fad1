import assert from "node:assert/strict";
import test from "node:test";
import { ALICE, BOB, type Bench, REQUEST, setAdmin } from "./testing/bench.ts";
import { ARM_ID, learning, reports, theirs, told } from "./testing/mac-answers.ts";
import { idle, started } from "./testing/scenes.ts";

test("L5 a session whose record was lost is ended, and IT is told", () => {
  const ctx = told(idle().bench, { session: theirs() });
  const { session } = ctx.record;
  const why = "the agent's record of the session was lost";
  assert.deepEqual(session, {
    requestId: REQUEST,
    armId: ARM_ID,
    person: ALICE,
    minutes: 5,
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

test("L1 L16 a baseline that explains the session's own person was sent by somebody else: they are not put back", () => {
  const admins = ["name:root", "name:alice", `guid:${ALICE.generatedUid}`];
  const { record } = told(idle().bench, {
    session: theirs({ baseline: { admins, accounts: [], items: {} } }),
  });
  assert.deepEqual(record.session?.baseline.admins, ["name:root"]);
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

test("L5 a proof that another process owed is not sent: what it says is read again", () => {
  const removed = {
    name: "removed",
    requestId: REQUEST,
    armId: ARM_ID,
    granted: true,
    verified: true,
    reason: "expired",
    removedAt: "2026-11-22T09:33:20.000Z",
  } as const;
  const takenBack = (change: (bench: Bench) => void) => {
    const { bench } = idle();
    bench.record.outbox.push({ id: "x", call: removed }, { id: "y", call: { ...removed, armId: "other" } });
    change(bench);
    const baseline = { admins: [...(idle().bench.record.known ?? [])], accounts: [BOB], items: {} };
    const ctx = told(bench, { session: theirs({ baseline }) });
    const proofs = ctx.record.outbox.filter(({ call }) => call.name === "removed");
    assert.deepEqual(
      proofs.map(({ id }) => id),
      ["y"],
    );
    const { baseline: kept, granted, ending } = ctx.record.session ?? {};
    assert.deepEqual([kept, granted, ending?.stage], [baseline, true, "rights"]);
    return [ending?.reason, ending?.isLogShipped, ...reports(ctx)];
  };
  assert.deepEqual(
    takenBack(() => undefined),
    ["expired", true],
    "a crash at the very end",
  );
  const belied = ["tampered", undefined, "tampered the end of the session on this Mac's record was false"];
  assert.deepEqual(
    takenBack((bench) => setAdmin(bench, true)),
    belied,
  );
  assert.deepEqual(
    takenBack(({ record }) => (record.known = [...(record.known ?? []), "name:alice"])),
    belied,
  );
});

test("a record that was lost with a session leaves the session's baseline as the list", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "absent";
  const baseline = { admins: ["name:root"], accounts: [] };
  const ctx = learning(bench, { session: theirs({ baseline }) });
  assert.deepEqual(ctx.record.known, ["name:root"]);
  assert.deepEqual(reports(ctx), ["tampered the agent's record of the session was lost"]);
});
