import assert from "node:assert/strict";
import test from "node:test";
import { type EndCause, endCause } from "./end-causes.ts";
import { ALICE, type Bench, contextOf, pass, reading, reboot, setAdmin } from "./testing/bench.ts";
import { active, granting } from "./testing/scenes.ts";

/** Why the brain would end this session now. */
function causeOf(bench: Bench): EndCause | undefined {
  const ctx = contextOf(bench);
  assert.ok(ctx.record.session !== undefined);
  return endCause(ctx, ctx.record.session);
}

const because = (reason: EndCause["reason"], ...findings: string[]) => ({ reason, findings });

test("a session in which nothing happened goes on", () => {
  assert.equal(causeOf(active().bench), undefined);
});

test("L4 a restart of the Mac within the session's time is its person's doing, after it an expiry", () => {
  const restarted = "this Mac was restarted during the session";
  const { bench } = active();
  const startedAt = bench.record.session?.startedAtWall ?? 0;
  reboot(bench);
  bench.now = { ...bench.now, wall: startedAt + 10 * 60_000 - 1 };
  assert.deepEqual(causeOf(bench), because("ended_by_user", restarted));
  bench.now = { ...bench.now, wall: startedAt + 10 * 60_000 };
  assert.deepEqual(causeOf(bench), because("expired", restarted));
});

test("L4 a restart while the rights were being given counts from the service's yes", () => {
  const { bench } = granting();
  const since = bench.record.session?.sinceWall ?? 0;
  reboot(bench);
  bench.now = { ...bench.now, wall: since + 10 * 60_000 - 1 };
  assert.equal(causeOf(bench)?.reason, "ended_by_user");
  bench.now = { ...bench.now, wall: since + 10 * 60_000 };
  assert.equal(causeOf(bench)?.reason, "expired");
});

test("a record that is gone, changed or cannot be saved ends the session", () => {
  const seen = (recordOnDisk: "absent" | "changed") => {
    const { bench } = active();
    bench.seen = { ...bench.seen, recordOnDisk };
    return causeOf(bench);
  };
  assert.deepEqual(seen("absent"), because("tampered", "the session's record was deleted"));
  assert.deepEqual(seen("changed"), because("tampered", "the session's record was changed"));
  const { bench } = active();
  bench.memory.unsavedSince = bench.now.awakeSeconds;
  assert.deepEqual(causeOf(bench), because("device_error", "the session's record could not be saved"));
});

test("sudo's logging has to stay as it was", () => {
  const seen = (sudo: object) => {
    const { bench } = active();
    const log = { inode: "7", size: 0, before: "", text: "" };
    bench.seen = { ...bench.seen, sudo: { dropIn: "ours", files: {}, log, ...sudo } };
    return causeOf(bench);
  };
  assert.equal(seen({}), undefined);
  assert.deepEqual(seen({ dropIn: "absent" }), because("tampered", "sudo's logging was removed"));
  assert.deepEqual(seen({ dropIn: "changed" }), because("tampered", "sudo's logging was changed"));
  assert.deepEqual(
    seen({ files: { "/private/etc/sudoers.d/evil": "1" } }),
    because("tampered", "added during the session: /private/etc/sudoers.d/evil"),
  );
  assert.deepEqual(seen({ log: undefined }), because("tampered", "the sudo log was deleted"));
  assert.deepEqual(
    seen({ log: { inode: "8", size: 0, before: "", text: "" } }),
    because("tampered", "the sudo log was replaced by another file"),
  );
});

test("L8 L9 a session whose sudo cannot be watched for longer than a moment ends", () => {
  const { bench } = active();
  bench.seen = { ...bench.seen, sudo: undefined } as unknown as typeof bench.seen;
  bench.memory.unreadSince = { sudo: bench.now.awakeSeconds };
  assert.equal(causeOf(bench), undefined);
  pass(bench, 15);
  assert.equal(causeOf(bench), undefined);
  pass(bench, 0.1);
  assert.deepEqual(causeOf(bench), because("device_error", "sudo's log and rules cannot be read"));
});

test("one canary that is not found may be an accident, two in a row are none", () => {
  const { bench } = active();
  bench.memory.canary.misses = 1;
  assert.equal(causeOf(bench), undefined);
  bench.memory.canary.misses = 2;
  assert.deepEqual(causeOf(bench), because("tampered", "sudo's log no longer records commands"));
});

test("the files of sudo are compared one by one with the baseline", () => {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  const log = { inode: "7", size: 0, before: "", text: "" };
  const compared = (files: Record<string, string>) => {
    bench.seen = { ...bench.seen, sudo: { dropIn: "ours", files, log } };
    return causeOf(bench);
  };
  session.baseline.items = { "sudoers: /a": "1", "sudoers: /b": "2", "sudoers: /c": "3", "hosts: /d": "4" };
  const found = [
    "changed during the session: /b",
    "removed during the session: /c",
    "added during the session: /e",
  ];
  assert.deepEqual(compared({ "/a": "1", "/b": "9", "/e": "5" }), because("tampered", ...found));
  assert.equal(compared({ "/a": "1", "/b": "2", "/c": "3" }), undefined);
  session.baseline.items = undefined;
  assert.equal(compared({ "/a": "1" }), undefined, "a lost baseline says nothing");
});

test("a network that is gone and a service that is gone are told apart", () => {
  const { bench } = active();
  const { network } = bench.memory;
  const at = bench.now.awakeSeconds;
  Object.assign(network, { silentLooks: 3, silentSince: at - 10, unheardSince: at - 10 });
  assert.deepEqual(
    causeOf(bench),
    because("network_loss", "neither the network probe nor the service answered"),
  );
  Object.assign(network, { silentLooks: 0, unheardSince: at - 180 });
  assert.deepEqual(
    causeOf(bench),
    because(
      "network_loss",
      "the service did not say for 3 minutes that the session goes on, though the network was there",
    ),
  );
});

test("rights that are gone within 90 s of the end went by SAP's own timer, earlier by somebody's hand", () => {
  const early = active().bench;
  setAdmin(early, false);
  const left = (early.record.session?.deadline.continuousSeconds ?? 0) - early.now.continuousSeconds;
  pass(early, left - 90.5);
  assert.deepEqual(causeOf(early), because("ended_by_user", "the rights were given back outside Hallpass"));
  pass(early, 0.5);
  assert.deepEqual(causeOf(early), because("expired"));
});

test("L4 the deadline ends the session, whatever else the service or the person says", () => {
  const { bench } = active();
  bench.memory.doneWanted = true;
  assert.deepEqual(causeOf(bench), because("ended_by_user"));
  bench.memory.serviceEnd = "revoked";
  assert.deepEqual(causeOf(bench), because("revoked"));
  pass(bench, 600);
  assert.deepEqual(causeOf(bench), because("expired"));
});

test("L1 who became administrator, who is none any more and who took over an entry is said", () => {
  const { bench } = active();
  const now = reading(bench);
  const seen = (over: object) => {
    bench.seen = { ...bench.seen, admins: { ...now, ...over } };
    return causeOf(bench);
  };
  assert.equal(seen({}), undefined);
  assert.deepEqual(
    seen({ names: [...now.names, "mallory"] }),
    because("tampered", "made an administrator during the session: mallory (by name)"),
  );
  assert.deepEqual(
    seen({ names: now.names.filter((name) => name !== "bob") }),
    because("tampered", "removed from the administrators during the session: bob (by name)"),
  );
  const renamed = now.accounts
    .filter(({ username }) => username !== "bob")
    .map((one) => (one.uid === ALICE.uid ? { ...one, username: "bob" } : one));
  assert.deepEqual(seen({ accounts: renamed })?.findings, ["bob (uid 501) took over: bob (by name)"]);
});
