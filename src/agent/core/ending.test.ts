import assert from "node:assert/strict";
import test from "node:test";
import { endingTick } from "./ending.ts";
import type { AdminReading } from "./membership.ts";
import type { Session } from "./record.ts";
import { ALICE, BOB, type Bench, contextOf, look, pass, reading, setAdmin } from "./testing/bench.ts";
import { tick } from "./testing/end-look.ts";
import { active, comparing, stuck } from "./testing/scenes.ts";

/** A session whose rights are to go, `waited` seconds after its end, where the admin group reads so. */
function readAs(over: Partial<AdminReading>, waited = 0): Bench {
  const { bench } = stuck();
  setAdmin(bench, false);
  const now = reading(bench);
  bench.seen = { ...bench.seen, admins: { ...now, ...over } };
  pass(bench, waited);
  return bench;
}

function reported(bench: Bench): readonly string[] {
  return bench.record.outbox.flatMap(({ call }) =>
    call.name === "report" ? call.items.map((item) => `${call.kind} ${item}`) : [],
  );
}

const stageOf = ({ session }: { session: Session }) => session.ending?.stage;
const entries = (bench: Bench) =>
  tick(bench).urgent.map((step) => ("entry" in step ? `${step.do} ${step.entry}` : step.do));

test("L5 where nobody can be read the person's own entries go blindly, and IT is told after a minute, once", () => {
  const { bench } = stuck();
  Object.assign(bench.seen, { admins: undefined });
  assert.deepEqual(entries(bench), ["remove_entry name:alice", `remove_entry guid:${ALICE.generatedUid}`]);
  pass(bench, 60);
  tick(bench);
  assert.deepEqual(reported(bench), []);
  pass(bench, 1);
  for (let round = 0; round < 3; round += 1) assert.equal(stageOf(tick(bench)), "rights");
  assert.deepEqual(reported(bench), ["device_error the list of administrators cannot be read"]);
});

test("L16 what was there before is not removed, also where nobody can be read", () => {
  const { bench } = stuck();
  Object.assign(bench.seen, { admins: undefined });
  const { session } = bench.record;
  assert.ok(session !== undefined);
  session.baseline = { ...session.baseline, admins: [...session.baseline.admins, "name:alice"] };
  assert.deepEqual(entries(bench), [`remove_entry guid:${ALICE.generatedUid}`]);
});

test("L5 still admin is said after a minute of positive readings, and again every five minutes", () => {
  const { bench } = stuck();
  const at = (second: number) => {
    pass(bench, second - (bench.now.continuousSeconds - (bench.record.session?.ending?.sinceSeconds ?? 0)));
    tick(bench);
    return reported(bench).length;
  };
  assert.deepEqual([at(60), at(61), at(299), at(300), at(599), at(600)], [0, 1, 1, 2, 2, 3]);
  assert.equal(reported(bench)[0], "still_admin alice is still an administrator 61 s after the end");
});

test("what is not the person's own is waited for 30 s, and then goes on being undone", () => {
  const names = ["root", "bob", "mallory"];
  for (const waited of [0, 30]) assert.equal(stageOf(tick(readAs({ names }, waited))), "rights");
  const bench = readAs({ names }, 31);
  const { urgent, session } = tick(bench);
  assert.deepEqual(urgent, [{ do: "remove_entry", entry: "name:mallory" }]);
  assert.equal(session.ending?.stage, "processes");
  assert.deepEqual(reported(bench), []);
});

test("L16 an administrator of before who is none now is put back", () => {
  const bench = readAs({ names: ["root"] });
  assert.deepEqual(entries(bench), ["restore_entry name:bob"]);
});

const RENAMED = [{ ...ALICE, username: "bob", primaryGroupId: 20 }];

test("L1 L16 nobody is put back by a baseline from disk that the service has not vouched for", () => {
  const bench = readAs({ names: ["root"] });
  const { config } = bench.memory;
  bench.memory.config = undefined;
  assert.deepEqual(entries(bench), []);
  bench.memory.config = config;
  assert.deepEqual(entries(bench), ["restore_entry name:bob"]);
});

test("L5 a name that the person took over from an administrator goes, and it is said who has it", () => {
  const bench = readAs({ accounts: RENAMED }, 61);
  assert.deepEqual(entries(bench), ["remove_entry name:bob"]);
  assert.deepEqual(reported(bench), ["still_admin bob is still an administrator 61 s after the end"]);
  assert.equal(stageOf(tick(bench)), "rights");
});

test("L5 both the person's own rights and those that another took over are named", () => {
  const accounts = [
    { ...BOB, uid: 777, generatedUid: "99999999-9999-4999-8999-999999999999", primaryGroupId: 20 },
  ];
  const bench = readAs({ accounts, names: ["root", "bob", "alice"] }, 61);
  tick(bench);
  assert.deepEqual(reported(bench), [
    "still_admin alice and bob is still an administrator 61 s after the end",
  ]);
});

test("L16 a name that fits another account now is not put back, and that is found", () => {
  const bench = readAs({ accounts: RENAMED, names: ["root"] });
  const { urgent, session } = tick(bench);
  assert.deepEqual(urgent, []);
  assert.deepEqual(session.ending?.findings, ["not put back: bob (by name): it fits another account now"]);
  assert.equal(session.ending?.stage, "processes", "nobody holds it");
});

test("L16 a name is taken from whoever took it over only if its account of before stays an administrator without it", () => {
  const bench = readAs({ accounts: RENAMED });
  const baseline = bench.record.session?.baseline;
  assert.ok(baseline !== undefined);
  baseline.admins = baseline.admins.filter((entry) => entry !== `guid:${BOB.generatedUid}`);
  bench.seen = {
    ...bench.seen,
    admins: { ...reading(bench), guids: [], accounts: RENAMED, names: ["bob", "root"] },
  };
  baseline.admins = ["name:bob", "name:root"];
  assert.deepEqual(entries(bench), []);
  assert.equal(stageOf(tick(bench)), "rights", "and it is not gone");
});

test("L16 a GeneratedUID that was taken over is not removed: it is its administrator's only one", () => {
  const accounts = [{ ...ALICE, generatedUid: BOB.generatedUid, primaryGroupId: 20 }];
  const bench = readAs({ accounts });
  assert.deepEqual(entries(bench), []);
  assert.equal(stageOf(tick(bench)), "rights");
});

test("files that were put into sudoers.d are moved away while the session ends, where the baseline knows them not", () => {
  const { bench } = stuck();
  const files = { "/private/etc/sudoers.d/evil": "1", "/private/etc/sudoers": "2" };
  bench.seen = { ...bench.seen, sudo: { dropIn: "ours", files } };
  const { urgent, session } = tick(bench);
  assert.deepEqual(
    urgent.filter((step) => step.do === "remove_sudoers_file"),
    [{ do: "remove_sudoers_file", path: "/private/etc/sudoers.d/evil" }],
  );
  assert.deepEqual(session.ending?.findings, ["moved away: /private/etc/sudoers.d/evil"]);
  session.baseline.items = undefined;
  assert.ok(
    !tick(bench).urgent.some((step) => step.do === "remove_sudoers_file"),
    "a lost baseline knows nothing",
  );
});

test("L5 after a session sudo may say what it said before, and what was changed and told", () => {
  const after = (compared: Record<string, string> | null, items?: Record<string, string>) => {
    const { bench } = comparing();
    const { session } = bench.record;
    assert.ok(session !== undefined);
    bench.record.knownSudo = { known: "1" };
    bench.seen = { ...bench.seen, sudoFiles: undefined } as unknown as Bench["seen"];
    session.baseline = { ...session.baseline, items };
    bench.open = [];
    bench.events.push({ type: "snapshot", items: compared });
    for (let second = 0; second < 3; second += 1) {
      look(bench);
      pass(bench, 1);
    }
    assert.equal(bench.record.session, undefined);
    return bench.record.knownSudo;
  };
  const [own, evil] = ["sudoers: /private/etc/sudoers", "sudoers: /private/etc/sudoers.d/evil"];
  const before = { [own]: "1", "hosts: /etc/hosts": "1" };
  assert.deepEqual(after({ [own]: "2", [evil]: "1" }, before), { "/private/etc/sudoers": "2" });
  assert.deepEqual(after(null, before), { "/private/etc/sudoers": "1" }, "nothing was compared");
  assert.deepEqual(after({ [evil]: "1" }, undefined), { known: "1" }, "the baseline was lost");
});

/** The bench of a session that is compared with this baseline, a few looks after the snapshot came. */
function compared(change: (session: Session) => void, items: Record<string, string>): Bench {
  const { bench } = comparing();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  change(session);
  bench.open = [];
  bench.events.push({ type: "snapshot", items });
  for (let second = 0; second < 3; second += 1) {
    look(bench);
    pass(bench, 1);
  }
  assert.equal(bench.record.session, undefined);
  return bench;
}

test("L5 where only the hash is left of the rest of the baseline, what decides on rights is compared, and that is said", () => {
  const rest = { count: 1, sha256: "a".repeat(64) };
  const before = { "sudoers: /private/etc/sudoers": "1" };
  const bench = compared((session) => (session.baseline = { ...session.baseline, items: before, rest }), {
    "sudoers: /private/etc/sudoers": "2",
    "hosts: /etc/hosts": "1",
  });
  const said = reported(bench).filter((line) => line.startsWith("exit") && !line.includes("root process"));
  assert.deepEqual(said, [
    "exit what else changed is not known: only the baseline's hash is left of it",
    "exit changed: sudoers: /private/etc/sudoers",
  ]);
});

test("L8 a log that the service took no more of is closed with the reason, and that the rest is missing", () => {
  const refused = "the service does not take the log from chunk 3 on: it is full";
  const bench = compared((session) => (session.log.refused = refused), {});
  const logs = bench.record.outbox.flatMap(({ call }) => (call.name === "log" ? [call] : []));
  const last = logs.at(-1);
  assert.deepEqual([last?.final, last?.lines], [true, [`[${refused}; the rest of it is missing]`]]);
});

test("an end for lost network tells the service from when to when the rights stood", () => {
  const { bench } = stuck();
  setAdmin(bench, false);
  const { session } = bench.record;
  assert.ok(session?.ending !== undefined);
  session.ending.reason = "network_loss";
  pass(bench, 7);
  tick(bench);
  assert.deepEqual(
    bench.record.outbox.map(({ call }) => call),
    [
      {
        name: "networkLoss",
        requestId: session.requestId,
        lostAt: new Date(session.ending.sinceWall).toISOString(),
        removedAt: new Date(bench.now.wall).toISOString(),
      },
    ],
  );
});

test("L8 a session is not closed while the end of its log cannot be read; after a minute IT is told", () => {
  const { bench } = comparing();
  bench.memory.compared = {};
  bench.seen = { ...bench.seen, sudo: undefined } as unknown as Bench["seen"];
  bench.record.session!.ending!.stage = "close";
  const closed = (seconds: number) => {
    pass(bench, seconds);
    look(bench);
    return bench.record.session === undefined;
  };
  assert.deepEqual([closed(0), closed(59.9)], [false, false]);
  assert.equal(closed(0.2), true);
  const finding = "the end of sudo's log could not be read";
  assert.ok(reported(bench).includes(`exit ${finding}`));
  const logs = bench.record.outbox.flatMap(({ call }) => (call.name === "log" ? call.lines : []));
  assert.ok(logs.includes(`[${finding}]`));
});

test("L5 nothing is compared or closed before the service has vouched for the record", () => {
  const { bench } = stuck();
  setAdmin(bench, false);
  tick(bench);
  const { config } = bench.memory;
  bench.memory.config = undefined;
  for (let look = 0; look < 3; look += 1) tick(bench);
  assert.equal(bench.record.session?.ending?.stage, "processes");
  bench.memory.config = config;
  tick(bench);
  assert.equal(bench.record.session?.ending?.stage, "drop_in");
});

test("L5 root processes that were read before their time was corrected are no sign that there are none", () => {
  const { bench } = stuck();
  setAdmin(bench, false);
  tick(bench);
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  assert.ok(session?.ending !== undefined);
  session.sinceSeconds -= 1;
  endingTick(ctx, session, session.ending);
  assert.equal(session.ending.stage, "processes");
});

test("SAP's app is told of the end unless it is being asked for something already", () => {
  for (const isBusy of [false, true]) {
    const { bench } = stuck();
    setAdmin(bench, false);
    if (isBusy) bench.memory.busy["privileges"] = bench.now.awakeSeconds;
    assert.equal(
      tick(bench).steps.some((step) => step.do === "privileges"),
      !isBusy,
    );
  }
});

test("what runs to its end in a session is quiet: nothing is found where nothing was done", () => {
  const { bench } = active();
  bench.memory.doneWanted = true;
  for (let second = 0; second < 3; second += 1) {
    look(bench);
    pass(bench, 1);
  }
  assert.deepEqual(bench.record.session?.ending?.findings, []);
});
