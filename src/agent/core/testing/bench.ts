import type { Call, Calls, Outcome } from "../calls.ts";
import type { Context } from "../context.ts";
import type { AdminEntry, AdminReading } from "../membership.ts";
import { split } from "../membership.ts";
import { freshMemory, type Memory } from "../memory.ts";
import type { Now } from "../now.ts";
import type { Observed, SudoReading } from "../observed.ts";
import { reconcile } from "../reconcile.ts";
import { type AgentRecord, emptyRecord } from "../record.ts";
import type { Act, AgentEvent, Step } from "../steps.ts";

/** Who asks in these tests. */
export const ALICE = { uid: 501, generatedUid: "11111111-1111-4111-8111-111111111111", username: "alice" };
/** An administrator from the start. */
export const BOB = { uid: 502, generatedUid: "22222222-2222-4222-8222-222222222222", username: "bob" };
/** The id of the one request of these tests. */
export const REQUEST = "aaaaaaaa-0000-4000-8000-000000000001";
const ROOT = { uid: 0, generatedUid: "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000", username: "root" };

/** A Mac made of nothing but what the brain sees, for tests that play its world by hand. */
export interface Bench {
  record: AgentRecord;
  memory: Memory;
  now: Now;
  names: Set<string>;
  guids: Set<string>;
  /** Laid over what the brain sees. */
  seen: Partial<Observed>;
  /** Tools that change the admin group work. */
  toolsWork: boolean;
  /** Own-time steps and calls that nobody has answered yet. */
  open: Step[];
  /** Every step of every look. */
  done: Step[];
  events: AgentEvent[];
  /** Called for each step before it is done, with the record on disk then. */
  onStep: ((step: Step, saved: AgentRecord) => void) | undefined;
  /** Called for each event when the brain is told of it. */
  onEvent: ((event: AgentEvent) => void) | undefined;
  sudo: { dropIn: SudoReading["dropIn"]; text: string; files: Record<string, string> };
  /** When the brain wants to look again, in seconds from its last look. */
  wakeInSeconds: number | undefined;
  ids: number;
}

/** A bench for an enrolled Mac that has just started, with root and bob as administrators. */
export function createBench(): Bench {
  const now = {
    wall: 1_795_340_000_000,
    bootSession: "boot-1",
    continuousSeconds: 1_000,
    awakeSeconds: 1_000,
  };
  return {
    record: { ...emptyRecord() },
    memory: freshMemory(now, "read"),
    now,
    names: new Set(["root", "bob"]),
    guids: new Set([ROOT.generatedUid, BOB.generatedUid]),
    seen: {},
    toolsWork: true,
    open: [],
    done: [],
    events: [],
    onStep: undefined,
    onEvent: undefined,
    sudo: { dropIn: "absent", text: "", files: {} },
    wakeInSeconds: undefined,
    ids: 0,
  };
}

/** The admin group as it is. */
export function reading(bench: Bench): AdminReading {
  return {
    names: [...bench.names],
    guids: [...bench.guids],
    nested: [],
    accounts: [ROOT, ALICE, BOB].map((person) => ({ ...person, primaryGroupId: 20 })),
  };
}

function observed(bench: Bench): Observed {
  const { sudo, record } = bench;
  const offset = record.session?.log.offset ?? 0;
  bench.ids += 1;
  for (const event of bench.events) bench.onEvent?.(event);
  return {
    serial: "C02ABCDEFG",
    hostname: "Alice’s Mac",
    agentSha256: "0".repeat(64),
    utcOffsetMinutes: 0,
    enrolled: true,
    recordOnDisk: "same",
    console: { atConsole: 501, sessions: [501] },
    admins: reading(bench),
    privileges: { installed: true, unlocked: true },
    sudoFiles: { ...sudo.files },
    sudo: {
      dropIn: sudo.dropIn,
      files: { ...sudo.files },
      log: {
        inode: "7",
        size: sudo.text.length,
        before: sudo.text.slice(Math.max(0, offset - 4096), offset),
        text: sudo.text.slice(offset),
      },
    },
    rootProcesses: [],
    events: bench.events.splice(0),
    freshId: `fresh-${bench.ids}`,
    chance: 0.5,
    ...bench.seen,
  };
}

/** What the brain would look at and change now, for tests of its parts. */
export function contextOf(bench: Bench): Context {
  const { record, memory, now } = bench;
  return {
    now,
    observed: observed(bench),
    saved: structuredClone(record),
    record,
    memory,
    urgent: [],
    steps: [],
    wakeSeconds: Infinity,
    idsUsed: 0,
  };
}

/** Lets time pass; with `asleep` the Mac sleeps through it. */
export function pass(bench: Bench, seconds: number, asleep = false): void {
  const { wall, continuousSeconds, awakeSeconds, bootSession } = bench.now;
  bench.now = {
    bootSession,
    wall: wall + seconds * 1000,
    continuousSeconds: continuousSeconds + seconds,
    awakeSeconds: awakeSeconds + (asleep ? 0 : seconds),
  };
}

/** Looks until nothing more follows at once, doing what the brain says. Gives the steps of these looks. */
export function look(bench: Bench): Step[] {
  const steps: Step[] = [];
  for (let round = 0; round < 20; round += 1) {
    const result = reconcile(observed(bench), bench.record, bench.memory, bench.now);
    bench.memory = result.memory;
    bench.wakeInSeconds = result.wakeInSeconds;
    for (const step of result.steps) {
      bench.onStep?.(step, bench.record);
      perform(bench, step);
      steps.push(step);
    }
    if (bench.events.length === 0) break;
  }
  bench.done.push(...steps);
  return steps;
}

function perform(bench: Bench, step: Step): void {
  const tell = (event: AgentEvent) => bench.events.push(event);
  const done = () => void bench.events.push({ type: "changed_entry", ok: true, text: "" });
  switch (step.do) {
    case "save_record":
      bench.record = step.record;
      tell({ type: "saved", ok: true });
      return;
    case "add_admin":
      if (bench.toolsWork) setAdmin(bench, true);
      return done();
    case "remove_entry":
      if (bench.toolsWork) setEntry(bench, step.entry, false);
      return done();
    case "restore_entry":
      if (bench.toolsWork) setEntry(bench, step.entry, true);
      return done();
    case "write_drop_in":
      bench.sudo.dropIn = "ours";
      tell({ type: "drop_in", act: "write", ok: true, text: "" });
      return;
    case "remove_drop_in":
      bench.sudo.dropIn = "absent";
      tell({ type: "drop_in", act: "remove", ok: true, text: "" });
      return;
    case "canary": {
      const log = { inode: "7", size: bench.sudo.text.length };
      tell({ type: "canary", nonce: step.nonce, found: bench.sudo.dropIn === "ours", log });
      return;
    }
    case "signal":
      tell({ type: "signalled", ok: true });
      return;
    case "remove_sudoers_file":
      tell({ type: "sudoers_file_removed", path: step.path, ok: true });
      return;
    case "call":
    case "probe":
    case "privileges":
    case "take_snapshot":
    case "run_iru":
    case "ask_start":
      bench.open.push(step);
      return;
    case "alert":
    case "answer":
    case "restart":
      return;
  }
}

/** Puts alice into the group by name and GUID, or takes both out. */
export function setAdmin(bench: Bench, present: boolean): void {
  setEntry(bench, "name:alice", present);
  setEntry(bench, `guid:${ALICE.generatedUid}`, present);
}

/** Adds or removes one member of the group. */
export function setEntry(bench: Bench, entry: AdminEntry, present: boolean): void {
  const [kind, member] = split(entry);
  const set = kind === "name" ? bench.names : bench.guids;
  if (present) set.add(member);
  else set.delete(member);
}

/** A person wants something. */
export function act(bench: Bench, wanted: Act): void {
  bench.ids += 1;
  bench.events.push({ type: "act", actId: `act-${bench.ids}`, act: wanted });
}

/** Takes an open step out; undefined when there is none of this kind. */
export function takeOpen(bench: Bench, matches: (step: Step) => boolean): Step | undefined {
  const index = bench.open.findIndex(matches);
  return index === -1 ? undefined : bench.open.splice(index, 1)[0];
}

/** Answers the open call of this name. Throws when the brain has not made it. */
export function answer<N extends keyof Calls>(
  bench: Bench,
  name: N,
  outcome: Outcome<Calls[N]["answer"]>,
): Extract<Call, { name: N }> {
  const step = takeOpen(bench, (open) => open.do === "call" && open.call.name === name);
  if (step?.do !== "call") throw new Error(`the brain has not called ${name}`);
  bench.events.push({ type: "called", name, call: step.call, outcome } as AgentEvent);
  return step.call as Extract<Call, { name: N }>;
}

/** The process is killed and started again: its memory is gone, and what it waited for never comes. */
export function restart(bench: Bench): void {
  bench.memory = freshMemory(bench.now, "read");
  bench.open = [];
  bench.events = [];
}

/** The Mac restarts. */
export function reboot(bench: Bench): void {
  bench.now = {
    ...bench.now,
    bootSession: `boot-${(bench.ids += 1)}`,
    continuousSeconds: 5,
    awakeSeconds: 5,
  };
  restart(bench);
}
