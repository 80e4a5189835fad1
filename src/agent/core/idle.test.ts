import assert from "node:assert/strict";
import test from "node:test";
import type { Step } from "./steps.ts";
import { type Bench, contextOf, look, pass, reading, restart } from "./testing/bench.ts";
import { idleTick } from "./idle.ts";
import { approved, idle } from "./testing/scenes.ts";

const OPEN = { privileges: { installed: true, unlocked: true } };

function tick(bench: Bench): { urgent: readonly Step[]; steps: readonly Step[]; wakeSeconds: number } {
  const ctx = contextOf(bench);
  idleTick(ctx);
  return { urgent: ctx.urgent, steps: ctx.steps, wakeSeconds: ctx.wakeSeconds - ctx.now.continuousSeconds };
}

function reported(bench: Bench): readonly (readonly string[])[] {
  return bench.record.outbox.flatMap(({ call }) => (call.name === "report" ? [call.items] : []));
}

const EVIL = "/private/etc/sudoers.d/evil";
const REMOVED = "administrator without a session, removed: mallory (by name)";

test("L5 while Privileges is open an unexplained administrator goes each second, and IT hears of it every five minutes", () => {
  const { bench } = idle({}, OPEN);
  bench.names.add("mallory");
  const outcome = tick(bench);
  assert.deepEqual(outcome.urgent, [{ do: "remove_entry", entry: "name:mallory" }]);
  assert.equal(outcome.wakeSeconds, 1);
  assert.deepEqual(reported(bench), [[REMOVED, "times since this agent's start: 1"]]);
  pass(bench, 299);
  assert.equal(tick(bench).urgent.length, 1);
  assert.equal(reported(bench).length, 1);
  pass(bench, 1);
  assert.equal(tick(bench).urgent.length, 1);
  assert.deepEqual(reported(bench)[1], [REMOVED, "times since this agent's start: 3"]);
});

test("L5 a fresh process looks once before it believes the group, and then takes changes as somebody else's work", () => {
  const { bench } = idle();
  restart(bench);
  bench.names.add("mallory");
  const first = tick(bench);
  assert.deepEqual(first.urgent, [{ do: "remove_entry", entry: "name:mallory" }]);
  assert.equal(first.wakeSeconds, 1, "until it is read as gone");
  bench.names.delete("mallory");
  assert.deepEqual(tick(bench).urgent, []);
  bench.names.add("mallory");
  bench.names.delete("bob");
  const later = tick(bench);
  assert.deepEqual([later.urgent, later.wakeSeconds], [[], Infinity]);
  assert.deepEqual(reported(bench).at(-1), [
    "new administrator outside a session: mallory (by name)",
    "no longer an administrator: bob (by name)",
  ]);
  assert.ok(bench.record.known?.includes("name:mallory") === true);
  tick(bench);
  assert.equal(reported(bench).length, 2, "said once");
});

test("L5 a group that could not be read is looked at again until it can be, and what came while it was guarded goes", () => {
  const { bench } = idle({}, OPEN);
  const readable = bench.seen;
  bench.seen = { ...readable, admins: undefined } as unknown as Bench["seen"];
  bench.names.add("mallory");
  assert.deepEqual(tick(bench).urgent, []);
  // Locked meanwhile, and nothing tells when the directory answers again.
  bench.seen = { ...bench.seen, privileges: { installed: true, unlocked: false } };
  assert.equal(tick(bench).wakeSeconds, 1);
  bench.seen = { ...readable, privileges: { installed: true, unlocked: false } };
  assert.deepEqual(tick(bench).urgent, [{ do: "remove_entry", entry: "name:mallory" }]);
});

test("L5 who took rights just before Privileges was locked, and was not seen doing it, loses them all the same", () => {
  const { bench } = idle({}, OPEN);
  tick(bench);
  // The agent stood still meanwhile: this is its first look since.
  bench.seen = { ...bench.seen, privileges: { installed: true, unlocked: false } };
  bench.names.add("mallory");
  bench.sudo.files[EVIL] = "1";
  const undone = [
    { do: "remove_entry", entry: "name:mallory" },
    { do: "remove_sudoers_file", path: EVIL },
  ];
  assert.deepEqual(tick(bench).urgent, undone);
  assert.deepEqual(tick(bench).urgent, undone, "until it is read as gone");
});

test("L5 who took rights in the look in which Privileges is found open loses them, after any time in peace", () => {
  const { bench } = idle();
  tick(bench);
  assert.ok(bench.memory.guard.admins.isSettled && bench.memory.guard.sudo.isSettled);
  bench.seen = { ...bench.seen, privileges: { installed: true, unlocked: true } };
  bench.names.add("mallory");
  bench.sudo.files[EVIL] = "1";
  assert.deepEqual(tick(bench).urgent, [
    { do: "remove_entry", entry: "name:mallory" },
    { do: "remove_sudoers_file", path: EVIL },
  ]);
});

test("L5 while Privileges is open a rule added to sudo is moved away each second, and IT hears of it every five minutes", () => {
  const { bench } = idle({}, OPEN);
  tick(bench);
  bench.sudo.files[EVIL] = "1";
  const outcome = tick(bench);
  assert.deepEqual(outcome.urgent, [{ do: "remove_sudoers_file", path: EVIL }]);
  assert.equal(outcome.wakeSeconds, 1);
  const said = `rule of sudo without a session, moved away: ${EVIL}`;
  assert.deepEqual(reported(bench), [[said, "times since this agent's start: 1"]]);
  pass(bench, 299);
  tick(bench);
  assert.equal(reported(bench).length, 1);
  pass(bench, 1);
  tick(bench);
  assert.deepEqual(reported(bench)[1], [said, "times since this agent's start: 3"]);
  assert.equal(bench.record.knownSudo?.[EVIL], undefined);
});

test("what else changes in sudo is somebody's work: it is reported once and taken as known", () => {
  const { bench } = idle({}, OPEN);
  bench.record.knownSudo = { "/private/etc/sudoers": "1", "/private/etc/sudoers.d/theirs": "1" };
  bench.sudo.files = { "/private/etc/sudoers": "2" };
  assert.deepEqual(tick(bench).urgent, []);
  const said = ["changed: /private/etc/sudoers", "removed: /private/etc/sudoers.d/theirs"];
  assert.deepEqual(
    reported(bench),
    [said.map((text) => `sudo outside a session: ${text}`)],
    "there is nothing to put back from",
  );
  const shut = idle().bench;
  tick(shut);
  shut.sudo.files[EVIL] = "1";
  assert.deepEqual(tick(shut).urgent, [], "the MDM adds such files, too");
  assert.deepEqual(shut.record.knownSudo, { [EVIL]: "1" });
  tick(shut);
  assert.deepEqual(reported(shut), [[`sudo outside a session: added: ${EVIL}`]]);
});

test("L5 files of sudo that could not be read are looked at again until they can be", () => {
  const { bench } = idle({}, OPEN);
  const readable = { ...bench.seen, privileges: { installed: true, unlocked: false } };
  bench.seen = { ...bench.seen, sudoFiles: undefined } as unknown as Bench["seen"];
  bench.sudo.files[EVIL] = "1";
  tick(bench);
  bench.seen = { ...readable, sudoFiles: undefined } as unknown as Bench["seen"];
  const outcome = tick(bench);
  assert.deepEqual([outcome.urgent, outcome.wakeSeconds], [[], 1]);
  bench.seen = readable;
  assert.deepEqual(tick(bench).urgent, [{ do: "remove_sudoers_file", path: EVIL }]);
});

test("L16 nobody is removed or put back while it is not known who was there", () => {
  const { bench } = idle({}, OPEN);
  bench.record.known = undefined;
  bench.names.add("mallory");
  assert.deepEqual(tick(bench).urgent, []);
  assert.deepEqual(reported(bench), []);
});

test("an open Privileges is locked again by the Iru agent: after 30 s twice, then every five minutes", () => {
  const { bench } = idle();
  bench.seen = { ...bench.seen, ...OPEN };
  const runs: number[] = [];
  for (let second = 0; second < 800; second += 1) {
    if (tick(bench).steps.some((step) => step.do === "run_iru")) runs.push(second);
    delete bench.memory.busy["iru"];
    pass(bench, 1);
  }
  assert.deepEqual(runs, [0, 30, 60, 360, 660]);
});

test("no Iru agent runs to lock what somebody waits for, what is locked, or while the service is to be told", () => {
  const runs = (bench: Bench) => tick(bench).steps.filter((step) => step.do === "run_iru").length;
  assert.equal(runs(idle().bench), 0, "locked");
  const busy = idle().bench;
  busy.seen = { ...busy.seen, ...OPEN };
  busy.memory.busy["iru"] = busy.now.awakeSeconds - 179.9;
  assert.equal(runs(busy), 0, "runs already");
  pass(busy, 0.1);
  assert.equal(runs(busy), 1, "one that does not come back is not waited for");
  const owing = idle().bench;
  owing.seen = { ...owing.seen, ...OPEN };
  owing.record.outbox.push({ id: "x", call: { name: "end", requestId: "x" } });
  assert.equal(runs(owing), 0);
  const awaited = approved().bench;
  awaited.seen = { ...awaited.seen, ...OPEN };
  awaited.memory.busy = {};
  assert.equal(runs(awaited), 0);
});

test("where nothing is open and nothing waits, only an event wakes the brain", () => {
  const { bench } = idle();
  look(bench);
  assert.equal(bench.wakeInSeconds, undefined);
  bench.seen = { ...bench.seen, admins: reading(bench), ...OPEN };
  look(bench);
  assert.equal(bench.wakeInSeconds, 1);
});
