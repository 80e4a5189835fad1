import assert from "node:assert/strict";
import test from "node:test";
import { act, ALICE, type Bench, look, pass, setAdmin } from "./testing/bench.ts";
import { tick } from "./testing/end-look.ts";
import { active, ending, stuck } from "./testing/scenes.ts";

test("root processes get 10 s after a HUP, are killed for 10 s, and named when they are still there", () => {
  const { bench } = ending();
  const at = (second: number) => {
    pass(
      bench,
      second - (bench.now.continuousSeconds - (bench.record.session?.ending?.hungUpAtSeconds ?? 0)),
    );
    return tick(bench).steps.filter((step) => step.do === "signal");
  };
  assert.ok(bench.done.some((step) => step.do === "signal" && step.signal === "HUP"));
  assert.deepEqual(at(9), []);
  assert.deepEqual(at(10), [{ do: "signal", signal: "KILL", pids: [70] }]);
  assert.deepEqual(at(19), [{ do: "signal", signal: "KILL", pids: [70] }]);
  assert.deepEqual(at(20), []);
  const { stage, findings } = bench.record.session?.ending ?? {};
  assert.deepEqual(
    [stage, findings],
    [
      "drop_in",
      [
        "root process still running: /bin/zsh (pid 70)",
        "root process still running: /usr/sbin/installer (pid 71)",
      ],
    ],
    "none that runs is told of as ended",
  );
});

test("L5 where the processes cannot be read nobody says that there are none; after a minute IT is told", () => {
  const { bench } = ending();
  const processes = bench.seen.rootProcesses ?? [];
  const unread = (seconds: number) => {
    bench.seen = { ...bench.seen, rootProcesses: undefined } as unknown as Bench["seen"];
    pass(bench, seconds);
    look(bench);
    return bench.record.session?.ending?.stage;
  };
  assert.deepEqual([unread(10), unread(30)], ["processes", "processes"]);
  bench.seen = { ...bench.seen, rootProcesses: processes };
  look(bench);
  const kills = bench.done.filter((step) => step.do === "signal" && step.signal === "KILL");
  assert.ok(kills.length > 0, "as soon as they can be read again");
  assert.deepEqual([unread(0), unread(59.9), unread(0.2)], ["processes", "processes", "compare"]);
  assert.ok(
    bench.record.session?.ending?.findings.includes("root processes could not be read: some may still run"),
  );
});

test("L12 what a root process was started with is told without its secrets", () => {
  const { bench } = stuck();
  setAdmin(bench, false);
  tick(bench);
  const rootProcesses = [
    { pid: 5, command: "/bin/sync --token=tok_S3cret", started: "", isInstaller: false },
    { pid: 6, command: "/usr/sbin/installer --password=S3cretPw", started: "", isInstaller: true },
  ];
  bench.seen = { ...bench.seen, rootProcesses };
  tick(bench);
  pass(bench, 20);
  const { session } = tick(bench);
  assert.doesNotMatch(JSON.stringify(session.ending), /S3cret/);
  assert.equal(session.ending?.findings.length, 2);
});

test("L5 while no end can be saved root processes get a HUP all the same, and are killed after ten seconds", () => {
  for (const [seconds, signal] of [
    [0, "HUP"],
    [9.9, "HUP"],
    [10, "KILL"],
  ] as const) {
    const { bench } = ending();
    bench.memory.unsavedSince = bench.now.awakeSeconds - seconds;
    const { urgent } = tick(bench);
    assert.deepEqual(urgent, [{ do: "signal", signal, pids: [70] }]);
  }
  const { bench } = ending({ endProcesses: "report" });
  bench.memory.unsavedSince = 0;
  assert.deepEqual(tick(bench).urgent, []);
});

test("root processes get a HUP first, all but installers, and only where they are to be ended", () => {
  const { bench } = stuck();
  setAdmin(bench, false);
  tick(bench);
  const process = { command: "/bin/sh", started: "", isInstaller: false };
  bench.seen = {
    ...bench.seen,
    rootProcesses: [
      { ...process, pid: 5 },
      { ...process, pid: 6, isInstaller: true },
    ],
  };
  assert.deepEqual(
    tick(bench).steps.filter((step) => step.do === "signal"),
    [{ do: "signal", signal: "HUP", pids: [5] }],
  );
  const { bench: named } = stuck({ endProcesses: "report", delivery: "direct" });
  setAdmin(named, false);
  tick(named);
  named.seen = { ...named.seen, rootProcesses: [{ ...process, pid: 5 }] };
  const { steps, session } = tick(named);
  assert.ok(!steps.some((step) => step.do === "signal"));
  assert.deepEqual(session.ending?.findings, ["root process still running: /bin/sh (pid 5)"]);
});

test("L5 what could not be read for long before the end gets its time after it, too", () => {
  const { bench } = active();
  bench.seen = { ...bench.seen, rootProcesses: undefined } as unknown as Bench["seen"];
  look(bench);
  pass(bench, 120);
  look(bench);
  act(bench, { act: "done", person: ALICE });
  for (let round = 0; round < 3; round += 1) look(bench);
  const stage = () => bench.record.session?.ending?.stage;
  assert.equal(stage(), "processes");
  pass(bench, 59.9);
  look(bench);
  assert.equal(stage(), "processes");
  pass(bench, 0.2);
  look(bench);
  assert.notEqual(stage(), "processes");
});
