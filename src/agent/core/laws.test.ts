import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import type { Outcome } from "./calls.ts";
import { adminEntries, type AdminEntry } from "./membership.ts";
import type { AgentRecord } from "./record.ts";
import type { AgentEvent, Step } from "./steps.ts";
import {
  act,
  ALICE,
  BOB,
  type Bench,
  createBench,
  look,
  pass,
  reading,
  REQUEST,
  reboot,
  restart,
  setEntry,
  takeOpen,
} from "./testing/bench.ts";
import { answerAll, honestAnswer, live, type Told } from "./testing/honest-world.ts";

type Move =
  | { readonly move: "pass"; readonly seconds: number; readonly asleep: boolean }
  | { readonly move: "answer"; readonly which: number; readonly how: "honest" | "no" | "failing" | "silent" }
  | { readonly move: "all" }
  | {
      readonly move: "act";
      readonly what: "request" | "done" | "cancel" | "start_now";
      readonly by: "alice" | "bob";
    }
  | { readonly move: "service"; readonly status: Told["status"] }
  | { readonly move: "entry"; readonly entry: AdminEntry; readonly present: boolean }
  | { readonly move: "see"; readonly what: Bench["seen"] }
  | { readonly move: "tools"; readonly work: boolean }
  | { readonly move: "restart" | "reboot" | "stray_arm" };

const entry = fc.constantFrom<AdminEntry>(
  "name:alice",
  `guid:${ALICE.generatedUid}`,
  "name:bob",
  `guid:${BOB.generatedUid}`,
  "name:mallory",
  "guid:99999999-9999-4999-8999-999999999999",
);

const view = fc.constantFrom<Bench["seen"]>(
  {},
  {},
  {},
  { recordOnDisk: "absent" },
  { recordOnDisk: "changed" },
  { privileges: { installed: true, unlocked: false } },
  { privileges: { installed: false, unlocked: true } },
  { console: { atConsole: 502, sessions: [501, 502] } },
  { console: { sessions: [] } },
);

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 20, arbitrary: fc.constant<Move>({ move: "all" }) },
  {
    weight: 14,
    arbitrary: fc.record({
      move: fc.constant("pass" as const),
      seconds: fc.constantFrom(0.3, 1, 1, 1, 1, 6, 6, 20, 70, 700),
      asleep: fc.constantFrom(false, false, false, true),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      move: fc.constant("answer" as const),
      which: fc.nat(5),
      how: fc.constantFrom("honest" as const, "no" as const, "failing" as const, "silent" as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      move: fc.constant("act" as const),
      what: fc.constantFrom(
        "request" as const,
        "request" as const,
        "done" as const,
        "cancel" as const,
        "start_now" as const,
      ),
      by: fc.constantFrom("alice" as const, "alice" as const, "bob" as const),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constant("service" as const),
      status: fc.constantFrom<Told["status"]>("approved", "approved", "approved", "ending", "ended"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("entry" as const), entry, present: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("see" as const), what: view }) },
  { weight: 1, arbitrary: fc.record({ move: fc.constant("tools" as const), work: fc.boolean() }) },
  {
    weight: 1,
    arbitrary: fc.record({
      move: fc.constantFrom("restart" as const, "reboot" as const, "stray_arm" as const),
    }),
  },
);

/** What is held against the laws at every step. */
interface Watch {
  /** The last yes of the service to an arming of this process. */
  yes: { uid: number; generatedUid: string; armId: string; boot: string; at: number } | undefined;
  deadline: { armId: string; boot: string; at: number; phase: string } | undefined;
  grants: number;
  removed: number;
}

function watchOver(bench: Bench): Watch {
  const watch: Watch = { yes: undefined, deadline: undefined, grants: 0, removed: 0 };
  const armings = new Set<string>();
  bench.onEvent = (event) => {
    if (event.type !== "called" || event.name !== "arm" || event.outcome.came !== "answer") return;
    // A stray yes is nobody's: only those to armings that this process made are good.
    if (!armings.has(event.call.armId)) return;
    const { uid, generatedUid, armId } = event.call;
    watch.yes = { uid, generatedUid, armId, boot: bench.now.bootSession, at: bench.now.continuousSeconds };
  };
  bench.onStep = (step, saved) => {
    if (step.do === "call" && step.call.name === "arm") armings.add(step.call.armId);
    checkGrant(bench, watch, step, saved);
    checkRemoval(bench, step, saved);
    if (step.do === "save_record") checkDeadline(watch, step.record);
    if (step.do === "call" && step.call.name === "removed" && step.call.granted) {
      assert.equal(step.call.verified, true);
      watch.removed += 1;
    }
  };
  return watch;
}

/** L1, L3: rights are given only after the service's fresh yes for that person, on a saved session with a deadline. */
function checkGrant(bench: Bench, watch: Watch, step: Step, saved: AgentRecord): void {
  const gives = step.do === "add_admin" || (step.do === "privileges" && step.act === "add");
  if (!gives) return;
  watch.grants += 1;
  const { yes } = watch;
  assert.ok(yes !== undefined, "L1: nobody said yes to this process");
  assert.equal(step.person.uid, yes.uid);
  assert.equal(step.person.generatedUid, yes.generatedUid);
  assert.equal(yes.boot, bench.now.bootSession);
  assert.ok(bench.now.continuousSeconds - yes.at <= 60, "L1: a stale yes");
  assert.equal(saved.session?.armId, yes.armId, "L3: the session is on disk");
  assert.ok(
    (saved.session?.deadline.continuousSeconds ?? 0) > bench.now.continuousSeconds,
    "L3: with its deadline",
  );
}

/** L16: members of the baseline, or of the known list where no session runs, are never removed. */
function checkRemoval(bench: Bench, step: Step, saved: AgentRecord): void {
  if (step.do !== "remove_entry") return;
  const base = saved.session?.baseline.admins ?? saved.known ?? adminEntries(reading(bench));
  const known = bench.record.session === undefined && saved.known === undefined ? [] : base;
  assert.ok(!known.includes(step.entry), `L16: ${step.entry} was there before`);
}

/** L4: within one session and boot the deadline only ever comes nearer. */
function checkDeadline(watch: Watch, record: AgentRecord): void {
  const { session } = record;
  if (session === undefined) return;
  const { bootSession, continuousSeconds } = session.deadline;
  const before = watch.deadline;
  if (before !== undefined && before.armId === session.armId && before.boot === bootSession) {
    assert.ok(continuousSeconds <= before.at, "L4: a deadline moved later");
  }
  watch.deadline = { armId: session.armId, boot: bootSession, at: continuousSeconds, phase: session.phase };
}

function makeMove(bench: Bench, told: Told, watch: Watch, next: Move): void {
  switch (next.move) {
    case "pass":
      return pass(bench, next.seconds, next.asleep);
    case "all":
      return answerAll(bench, told);
    case "answer": {
      const step = takeOpen(
        bench,
        (open) => open.do === "call" && bench.open.indexOf(open) >= next.which % bench.open.length,
      );
      if (step?.do !== "call") return;
      bench.events.push(outcomeOf(step, told, next.how));
      return;
    }
    case "act": {
      const person = next.by === "alice" ? ALICE : BOB;
      const form = { reason: "x", category: "other", durationMinutes: 10 } as const;
      return act(
        bench,
        next.what === "request" ? { act: "request", person, form } : { act: next.what, person },
      );
    }
    case "service":
      if (next.status !== "ending" || told.armId !== undefined) told.status = next.status;
      return;
    case "entry":
      return setEntry(bench, next.entry, next.present);
    case "see":
      bench.seen = next.what;
      return;
    case "tools":
      bench.toolsWork = next.work;
      return;
    case "restart":
      watch.yes = undefined;
      return restart(bench);
    case "reboot":
      watch.yes = undefined;
      return reboot(bench);
    case "stray_arm":
      bench.events.push(strayYes());
  }
}

function outcomeOf(
  step: Extract<Step, { do: "call" }>,
  told: Told,
  how: "honest" | "no" | "failing" | "silent",
): AgentEvent {
  const { call } = step;
  const outcomes: Record<typeof how, () => Outcome<unknown>> = {
    honest: () => honestAnswer(call, told),
    no: () => ({ came: "refused", status: 409, detail: "no" }),
    failing: () => ({ came: "failing", status: 503, detail: "later" }),
    silent: () => ({ came: "silent", why: "nothing" }),
  };
  return { type: "called", name: call.name, call, outcome: outcomes[how]() } as AgentEvent;
}

/** A yes to another arming of the same request, such as a late one. */
function strayYes(): AgentEvent {
  const call = {
    name: "arm",
    requestId: REQUEST,
    armId: "cccccccc-0000-4000-8000-000000000003",
    uid: 501,
    generatedUid: ALICE.generatedUid,
    baseline: {},
  } as const;
  return {
    type: "called",
    name: "arm",
    call,
    outcome: { came: "answer", answer: { approvedMinutes: 30, confirmBy: "" } },
  };
}

/** Alice has asked and IT has approved; the rest is up to the moves. */
function approved(): { bench: Bench; told: Told; watch: Watch } {
  const bench = createBench();
  const told: Told = { status: "pending", minutes: 10 };
  const watch = watchOver(bench);
  look(bench);
  answerAll(bench, told);
  look(bench);
  makeMove(bench, told, watch, { move: "act", what: "request", by: "alice" });
  look(bench);
  answerAll(bench, told);
  look(bench);
  told.status = "approved";
  pass(bench, 6);
  look(bench);
  answerAll(bench, told);
  look(bench);
  return { bench, told, watch };
}

test("L1 L3 L4 L16 whatever happens in whatever order: no grant without a fresh yes, no later deadline, no demotion", () => {
  let grants = 0;
  fc.assert(
    fc.property(fc.array(move, { maxLength: 60 }), (moves) => {
      const { bench, told, watch } = approved();
      for (const next of moves) {
        makeMove(bench, told, watch, next);
        look(bench);
      }
      grants += watch.grants;
    }),
    { numRuns: 400, seed: 7 },
  );
  assert.ok(grants > 100, `the moves lead to grants (${grants})`);
});

test("L5 every session that gave rights ends with rights removed, read as gone, and proven to the service", () => {
  let sessions = 0;
  fc.assert(
    fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
      const { bench, told, watch } = approved();
      for (const next of moves) {
        makeMove(bench, told, watch, next);
        look(bench);
      }
      const hadRights = watch.grants > 0;
      bench.seen = {};
      bench.toolsWork = true;
      if (told.status === "approved") told.status = "ended";
      // Rights that are in force run to their deadline; then an honest world gets a minute and a half.
      pass(bench, 31 * 60, true);
      live(bench, told, 90);
      assert.equal(bench.record.session, undefined);
      if (!hadRights) return;
      sessions += 1;
      assert.ok(watch.removed >= 1, "the proof was sent");
      for (const mine of ["name:alice", `guid:${ALICE.generatedUid}`] as const) {
        const has = adminEntries(reading(bench)).includes(mine);
        assert.ok(!has || bench.record.known?.includes(mine) === true, `${mine} is gone`);
      }
    }),
    { numRuns: 150, seed: 11 },
  );
  assert.ok(sessions > 30, `the moves lead to sessions (${sessions})`);
});
