import assert from "node:assert/strict";
import test from "node:test";
import { startupTick } from "./startup.ts";
import { ALICE, BOB, type Bench, contextOf, REQUEST, restart } from "./testing/bench.ts";
import { type MacSession, reports, theirs, told } from "./testing/mac-answers.ts";
import { active, comparing } from "./testing/scenes.ts";

const { uid, generatedUid } = ALICE;

test("L5 a proof beside the session that it speaks of is forged", () => {
  const { bench } = active();
  const { armId = "", requestId = "" } = bench.record.session ?? {};
  const removedAt = "2026-11-22T09:33:20.000Z";
  const proof = { granted: true, verified: true, reason: "expired", removedAt } as const;
  bench.record.outbox = [{ id: "x", call: { name: "removed", requestId, armId, ...proof } }];
  const ctx = told(bench, { session: theirs({ armId }) });
  assert.ok(!ctx.record.outbox.some(({ call }) => call.name === "removed"));
  assert.equal(ctx.memory.serviceEnd, "tampered");
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
  const changes: ((baseline: NonNullable<MacSession["baseline"]>) => object)[] = [
    (baseline) => ({ admins: baseline.admins.slice(1) }),
    () => ({ accounts: [BOB] }),
    () => ({ accounts: [{ ...ALICE, uid: ALICE.uid + 1 }, BOB] }),
    () => ({ log: { inode: "7", size: 1 } }),
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
  const requestId = "cccccccc-0000-4000-8000-000000000003";
  for (const other of [{ uid: 777 }, { generatedUid: BOB.generatedUid }, { requestId }]) {
    const { bench } = active();
    const ctx = told(bench, { session: theirs({ armId: bench.record.session?.armId ?? "", ...other }) });
    assert.equal(reports(ctx)[0], changed);
    assert.equal(ctx.record.session?.person.uid, other.uid ?? uid);
    assert.equal(ctx.record.session?.requestId, other.requestId ?? REQUEST);
    assert.equal(ctx.record.session?.person.generatedUid, other.generatedUid ?? generatedUid);
  }
});

test("L16 a baseline that explains the session's own person is forged", () => {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  restart(bench);
  const { admins } = session.baseline;
  session.baseline = { ...session.baseline, admins: [...admins, "name:alice", `guid:${generatedUid}`] };
  const ctx = contextOf(bench);
  startupTick(ctx);
  assert.deepEqual(ctx.record.session?.baseline.admins, admins);
  assert.deepEqual(reports(ctx), [
    "tampered the session's record was changed while the agent was not running",
    "tampered the agent was started again during the session",
  ]);
  assert.equal(ctx.memory.serviceEnd, "tampered");
});

test("L5 what the service does not vouch for is asked of it, or read again: time, stage, place in the log", () => {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  const { armId, baseline } = session;
  bench.sudo.text = "a line\n";
  Object.assign(session, { sinceSeconds: 1e9, granted: false, phase: "ending" });
  Object.assign(session.log, { offset: 7, tailHash: "forged", otherLines: 3 });
  const { sinceWall } = session;
  session.ending = { reason: "expired", stage: "close", sinceWall, sinceSeconds: 0, findings: ["x"] };
  restart(bench);
  const first = contextOf(bench);
  startupTick(first);
  const { granted, ending } = first.record.session ?? {};
  const [found, restarted] = ending?.findings ?? [];
  assert.deepEqual(
    [granted, ending?.stage, ending?.sinceSeconds],
    [true, "rights", bench.now.continuousSeconds],
  );
  assert.deepEqual([found, restarted], ["x", "the agent was started again while the session ended"]);
  const session2 = theirs({ armId, armedSecondsAgo: 30, baseline: structuredClone(baseline) as never });
  const ctx = told(bench, { session: session2 });
  const { sinceSeconds, log } = ctx.record.session ?? {};
  assert.equal(sinceSeconds, bench.now.continuousSeconds - 40);
  assert.deepEqual([log?.offset, log?.tailHash, log?.otherLines], [0, "", 0]);
  assert.deepEqual(reports(ctx), []);
  assert.equal(ctx.record.session?.ending?.findings.at(-1), "the sudo log was rewritten", "its place in it");
  const unsaid = told(bench, { session: theirs({ armId }) });
  assert.equal(
    unsaid.record.session?.sinceSeconds,
    0,
    "where the service does not say, all of this boot counts",
  );
});

test("L4 a session on record that ends without an end goes on, and ends by its deadline", () => {
  const { bench } = active();
  assert.ok(bench.record.session !== undefined);
  bench.record.session.phase = "ending";
  restart(bench);
  startupTick(contextOf(bench));
  assert.equal(bench.record.session.phase, "active");
});

test("L15 a log that was rewritten before the service vouched for its session ends it: nothing else would notice", () => {
  for (const [text, expected] of [
    ["COMMAND=/bin/sh\n", undefined],
    ["COMMAND=/usr/bin/true\n", "tampered"],
  ] as const) {
    const { bench } = active();
    assert.ok(bench.record.session !== undefined);
    bench.sudo.text = text;
    bench.memory.seenLog = { offset: bench.record.session.log.offset, text: "COMMAND=/bin/sh\n", size: 0 };
    bench.record.session.log.tailHash = "";
    const ctx = told(bench, { session: theirs({ armId: bench.record.session.armId }) });
    assert.equal(ctx.memory.serviceEnd, expected, text);
    assert.deepEqual(reports(ctx), expected === undefined ? [] : ["tampered the sudo log was rewritten"]);
    assert.equal(ctx.record.session?.log.offset, bench.record.session.baseline.log?.size, "read once more");
  }
});

test("L9 the silence of before goes on for a session that runs, and means nothing for one that ends", () => {
  for (const [phase, heardAtAwake, expected] of [
    ["active", 5, 5],
    ["active", undefined, undefined],
    ["ending", 5, undefined],
  ] as const) {
    const { bench } = active();
    const { session } = bench.record;
    assert.ok(session !== undefined);
    const { sinceWall } = session;
    Object.assign(session, { phase, heardAtAwake });
    if (phase === "ending") {
      session.ending = { reason: "expired", stage: "rights", sinceWall, sinceSeconds: 0, findings: [] };
    }
    restart(bench);
    const fresh = contextOf(bench).memory.network.lastAnswerAt;
    startupTick(contextOf(bench));
    assert.equal(bench.memory.network.lastAnswerAt, expected ?? fresh, `${phase}, heard at ${heardAtAwake}`);
  }
});
