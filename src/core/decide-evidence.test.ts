import assert from "node:assert/strict";
import { test } from "node:test";
import { act, lifeIn, requestIn } from "./test-kit.ts";
import { DAY_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

test("a silent Mac is one quiet line, ends nothing, and its return another line", () => {
  const life = lifeIn("active");
  const lastSeenAt = life.now;
  const silent = life.after(3 * MINUTE_MS, { type: "heartbeat_silent", lastSeenAt });
  assert.deepEqual(silent.keys, [`thread:heartbeat-lost:${lastSeenAt}`]);
  assert.equal(requestIn(life, "active").grant.heartbeatLostAt, lastSeenAt);
  const again = life.after(MINUTE_MS, { type: "heartbeat_silent", lastSeenAt });
  assert.deepEqual(again.events, []);
  const back = life.after(SECOND_MS, { type: "heartbeat_returned" });
  assert.deepEqual(back.keys, [`thread:heartbeat-returned:${lastSeenAt}`]);
  assert.ok(!("heartbeatLostAt" in requestIn(life, "active").grant));
});

test("L4 a silent Mac's deadline stays where it was", () => {
  const life = lifeIn("active");
  const { endsAt } = requestIn(life, "active").grant;
  life.after(3 * MINUTE_MS, { type: "heartbeat_silent", lastSeenAt: life.now });
  life.after(2 * MINUTE_MS, { type: "heartbeat_returned" });
  assert.equal(requestIn(life, "active").grant.endsAt, endsAt);
});

test("L8 the first part of a log starts it, the last one completes and uploads it", () => {
  const life = lifeIn("active");
  assert.deepEqual(life.after(SECOND_MS, act.logPart()).events, ["log_started"]);
  assert.deepEqual(life.after(SECOND_MS, act.logPart()).events, []);
  const { since } = requestIn(life, "active").log as { since: number };
  assert.equal(since, life.now - SECOND_MS);
  life.after(SECOND_MS, act.revoke());
  const { keys } = life.after(SECOND_MS, act.logPart(true));
  assert.deepEqual(keys, ["log", "tags:log"]);
  assert.deepEqual(requestIn(life, "ending").log, {
    state: "collected",
    at: life.now,
    chunks: 1,
    lines: 3,
    hash: "cd".repeat(32),
    late: false,
  });
  assert.deepEqual(life.after(SECOND_MS, act.logPart(true)).events, [], "collected once");
});

test("L8 a log that was given up is still taken, and marked late", () => {
  const life = lifeIn("ended");
  life.after(15 * MINUTE_MS, act.tick);
  assert.equal(requestIn(life, "ended").log.state, "missing");
  assert.deepEqual(life.after(DAY_MS, act.logPart()).events, [], "parts alone change nothing");
  const { keys } = life.after(SECOND_MS, act.logPart(true));
  assert.ok(keys.includes("log"));
  const { log } = requestIn(life, "ended");
  assert.equal(log.state === "collected" && log.late, true);
});

test("L8 a request that never had a session takes no log", () => {
  for (const status of ["pending", "approved", "denied", "lapsed"] as const) {
    assert.equal(lifeIn(status).do(act.logPart(true)).refusal?.refused, "not_allowed_now");
  }
});

test("L15 a contradiction in the log is raised, and changes nothing that was stored", () => {
  const life = lifeIn("active");
  life.after(SECOND_MS, act.logPart());
  const { log } = requestIn(life, "active");
  const contradiction = { type: "log_contradiction", seq: 0, what: "other lines" } as const;
  const { decision, keys } = life.after(SECOND_MS, contradiction);
  assert.deepEqual(keys, ["thread:log-contradiction:0"]);
  assert.deepEqual(
    decision.events.map(({ event }) => event),
    [{ type: "log_contradicted", seq: 0, what: "other lines" }],
  );
  assert.deepEqual(requestIn(life, "active").log, log);
});

test("what a Mac reports is in the trail and in the thread, in every state", () => {
  const life = lifeIn("lapsed");
  const { decision, keys } = life.do(act.report({ kind: "tampered", items: ["sudoers"] }));
  assert.deepEqual(keys, ["thread:report:e0000000-0000-4000-8000-000000000001"]);
  assert.deepEqual(decision.events[0]?.event, {
    type: "reported",
    reportId: "e0000000-0000-4000-8000-000000000001",
    kind: "tampered",
    items: ["sudoers"],
  });
});

test("a failed effect and its recovery are told, each under the effect's own key", () => {
  const life = lifeIn("approved");
  const failed = life.do({ type: "effect_failed", key: "tags:approved", what: "changing tags", why: "503" });
  const works = life.do({ type: "effect_recovered", key: "tags:approved", what: "changing tags" });
  assert.deepEqual(failed.keys, ["thread:failed:tags:approved"]);
  assert.deepEqual(works.keys, ["thread:recovered:tags:approved"]);
});
