import assert from "node:assert/strict";
import test from "node:test";
import type { Outcome } from "./calls.ts";
import type { AdminReading } from "./membership.ts";
import { onArmed, onPreparationCanary, prepare } from "./prepare.ts";
import {
  act,
  ALICE,
  answer,
  type Bench,
  contextOf,
  look,
  pass,
  reading,
  REQUEST,
  setAdmin,
  takeOpen,
} from "./testing/bench.ts";
import { answerAll } from "./testing/honest-world.ts";
import { approved, arming, preparing, type Scene } from "./testing/scenes.ts";

const UNLOCKED = { privileges: { installed: true, unlocked: true } };

/** The request is approved, the checks have not begun, and the admin group reads so. */
function unprepared(over: Partial<AdminReading> = {}): Bench {
  const { bench } = approved();
  bench.seen = { ...bench.seen, admins: { ...reading(bench), ...over } };
  return bench;
}

/** Begins the checks, and nothing else. */
function begin(bench: Bench) {
  const ctx = contextOf(bench);
  const [waiting] = ctx.record.requests;
  assert.ok(waiting !== undefined);
  prepare(ctx, waiting);
  return ctx;
}

function told(bench: Bench) {
  const owed = bench.record.outbox.map(({ call }) => call);
  return {
    reports: owed.flatMap((call) => (call.name === "report" ? call.items : [])),
    others: owed.filter(({ name }) => name !== "report"),
  };
}

const alerts = (bench: Bench) => bench.done.flatMap((step) => (step.do === "alert" ? [step.text] : []));

/** Lets the checks go wrong in this way; what the person is told last. */
function failing(go: (scene: Scene) => void): { bench: Bench; said: string | undefined } {
  const scene = preparing();
  go(scene);
  look(scene.bench);
  look(scene.bench);
  return { bench: scene.bench, said: alerts(scene.bench).at(-1) };
}

const cannot = (why: string) => `Your session cannot start yet: ${why}. It will be tried again.`;

test("nothing is prepared while the administrators are not known, or are not as they should be", () => {
  const unreadable = approved().bench;
  Object.assign(unreadable.seen, { admins: undefined });
  const unknown = unprepared();
  unknown.record.known = undefined;
  const unexplained = unprepared({ names: ["root", "bob", "mallory"] });
  for (const bench of [unreadable, unknown, unexplained]) {
    const ctx = begin(bench);
    assert.equal(ctx.memory.preparation, undefined);
    assert.deepEqual([ctx.steps, told(bench).reports], [[], []]);
    assert.equal(ctx.wakeSeconds, ctx.now.continuousSeconds + 1, "looked at again in a second");
  }
  assert.ok(begin(unprepared()).memory.preparation !== undefined);
});

test("L1 an account that took the uid over gets nothing, and its request is cancelled", () => {
  const accounts = [{ ...ALICE, generatedUid: "99999999-9999-4999-8999-999999999999", primaryGroupId: 20 }];
  const bench = unprepared({ accounts });
  const ctx = begin(bench);
  assert.deepEqual(ctx.steps, [
    { do: "alert", to: 501, title: "Administrator rights", text: "Your account is not the one that asked." },
  ]);
  assert.deepEqual(told(bench), {
    reports: ["the uid belongs to another account now"],
    others: [{ name: "cancel", requestId: REQUEST }],
  });
  assert.deepEqual(bench.record.requests, []);
});

test("L16 who became administrator in the meantime is refused before the service is asked, and told by what way", () => {
  const bench = unprepared();
  bench.record.known = [...(bench.record.known ?? []), "name:alice", `guid:${ALICE.generatedUid}`];
  setAdmin(bench, true);
  bench.seen = { ...bench.seen, admins: reading(bench) };
  const ctx = begin(bench);
  const why = "already an administrator: alice (by GeneratedUID), alice (by name)";
  assert.deepEqual(
    ctx.steps.map((step) => step.do === "alert" && step.text),
    [`You are ${why}.`],
  );
  assert.deepEqual(told(bench), {
    reports: [`refused before arming: ${why}`],
    others: [{ name: "cancel", requestId: REQUEST }],
  });
});

test("the checks begin together: drop-in, snapshot and probe, each once", () => {
  const bench = unprepared();
  const ctx = begin(bench);
  assert.deepEqual(ctx.steps, [
    { do: "write_drop_in" },
    { do: "take_snapshot" },
    { do: "probe", url: "http://probe" },
  ]);
  assert.ok("probe" in bench.memory.busy && "snapshot" in bench.memory.busy);
  assert.equal(ctx.wakeSeconds, ctx.now.continuousSeconds + 61);
  const { preparation } = bench.memory;
  assert.deepEqual(
    [preparation?.dropInWritten, preparation?.hasSnapshot, preparation?.probed],
    [false, false, false],
  );
});

test("L8 the canary follows the drop-in, and only its own line in the log counts", () => {
  const { bench } = preparing();
  const { preparation, nonces } = bench.memory;
  assert.ok(preparation?.canaryNonce !== undefined);
  assert.deepEqual(nonces, [preparation.canaryNonce], "the agent knows its own line, which is not shipped");
  const ctx = contextOf(bench);
  const log = { inode: "7", size: 0 };
  assert.equal(onPreparationCanary(ctx, "another", true, log), false);
  for (const [found, where] of [
    [false, log],
    [true, undefined],
  ] as const) {
    preparation.problem = undefined;
    assert.equal(onPreparationCanary(ctx, preparation.canaryNonce, found, where), true);
    assert.equal(preparation.problem, "sudo's log does not record what it should");
  }
});

test("what goes wrong in the checks is said to the person and to IT, once, and tried again", () => {
  const dropIn = failing(({ bench }) =>
    bench.events.push({ type: "drop_in", act: "write", ok: false, text: "syntax error" }),
  );
  assert.equal(dropIn.said, cannot("sudo's logging could not be set up (syntax error)"));
  const snapshot = failing(({ bench }) => bench.events.push({ type: "snapshot", items: null }));
  assert.equal(snapshot.said, cannot("this Mac's state before the session could not be recorded"));
  const slow = failing(({ bench }) => pass(bench, 61));
  assert.equal(slow.said, cannot("the checks before the start took too long"));
  const { bench } = slow;
  assert.deepEqual(told(bench).reports, [
    "the session could not start: the checks before the start took too long",
  ]);
  assert.equal(bench.memory.preparation, undefined);
  assert.ok(bench.done.some((step) => step.do === "remove_drop_in"));
  const count = alerts(bench).length;
  pass(bench, 29);
  look(bench);
  assert.equal(bench.memory.preparation, undefined, "not before 30 s");
  pass(bench, 1);
  look(bench);
  assert.equal(bench.memory.preparation, undefined, "not while the first try's snapshot is being made");
  bench.events.push({ type: "snapshot", items: {} });
  look(bench);
  const again = slow.bench.memory.preparation;
  assert.equal(again?.hasSnapshot, false, "tried again, by a snapshot of its own");
  pass(bench, 61);
  look(bench);
  assert.equal(alerts(bench).length, count, "said once");
});

test("L5 nothing starts while sudo says what is not known: it would count as what was there before", () => {
  const unknown = (known: Record<string, string> | undefined) =>
    failing(({ bench, told }) => {
      look(bench);
      answerAll(bench, told);
      bench.record.knownSudo = known;
      Object.assign(bench.seen, { sudoFiles: undefined });
    });
  const said = cannot("the settings of sudo are not those that are known");
  const { bench } = unknown({ "/private/etc/sudoers.d/evil": "1" });
  assert.equal(alerts(bench).at(-1), said);
  assert.ok(!bench.done.some((step) => step.do === "call" && step.call.name === "arm"));
  assert.equal(unknown(undefined).said, said);
});

test("failures in a row are tried again later and later, at most every two minutes", () => {
  const { bench } = preparing();
  const waits: number[] = [];
  for (let round = 0; round < 9; round += 1) {
    const { preparation } = bench.memory;
    assert.ok(preparation !== undefined);
    preparation.problem = "x";
    bench.events.push({ type: "snapshot", items: {} });
    look(bench);
    const [memory] = Object.values(bench.memory.requests);
    const wait = (memory?.prepare.dueSeconds ?? 0) - bench.now.continuousSeconds;
    waits.push(wait);
    pass(bench, wait);
    look(bench);
  }
  assert.deepEqual(waits, [30, 30, 30, 30, 32, 64, 120, 120, 120]);
});

test("a probe that fails is no obstacle where the service answered within a minute", () => {
  const probed = (silentSeconds: number) => {
    const scene = preparing();
    const { bench } = scene;
    takeOpen(bench, (step) => step.do === "probe");
    bench.memory.network.lastAnswerAt = bench.now.awakeSeconds - silentSeconds;
    bench.events.push({ type: "probed", status: 204 });
    look(bench);
    return { problem: alerts(bench).at(-1), preparation: bench.memory.preparation };
  };
  assert.ok(probed(60).preparation?.probed === true);
  assert.equal(probed(60.1).problem, cannot("the network cannot be reached"));
  assert.equal(probed(60.1).preparation, undefined);
  const scene = preparing();
  scene.bench.memory.network.lastAnswerAt = -1_000;
  takeOpen(scene.bench, (step) => step.do === "probe");
  scene.bench.events.push({ type: "probed", status: 200 });
  look(scene.bench);
  assert.ok(
    scene.bench.memory.preparation?.probed === true,
    "a probe that works needs no answer of the service",
  );
});

test("a snapshot or probe that nobody waits for changes nothing", () => {
  const { bench } = arming();
  const before = structuredClone(bench.memory.preparation);
  bench.events.push({ type: "snapshot", items: { "hosts: /x": "1" } }, { type: "probed", status: null });
  look(bench);
  assert.deepEqual(bench.memory.preparation, before);
});

test("the service is asked for its last word for 30 s, then the person hears that it will be tried again", () => {
  const { bench } = arming();
  const asked = bench.memory.preparation?.armFirstSentSeconds ?? 0;
  answer(bench, "arm", { came: "silent", why: "x" });
  look(bench);
  const arms = () => look(bench).filter((step) => step.do === "call" && step.call.name === "arm").length;
  assert.equal(arms(), 0, "not before two seconds");
  pass(bench, 2);
  assert.equal(arms(), 1);
  takeOpen(bench, (step) => step.do === "call" && step.call.name === "arm");
  delete bench.memory.busy["arm"];
  pass(bench, 30 - (bench.now.continuousSeconds - asked));
  assert.equal(arms(), 1, "at 30 s still");
  takeOpen(bench, (step) => step.do === "call" && step.call.name === "arm");
  delete bench.memory.busy["arm"];
  pass(bench, 0.1);
  assert.equal(arms(), 0);
  assert.equal(alerts(bench).at(-1), cannot("the service could not be asked for its last word"));
  const { others } = told(bench);
  assert.deepEqual(
    others.map((call) => call.name === "removed" && [call.granted, call.verified, call.reason]),
    [[false, true, "device_error"]],
    "the service may have said yes without being heard",
  );
});

test("L1 a yes that comes 40 s after the question is none", () => {
  const yes = { came: "answer", answer: { approvedMinutes: 10, confirmBy: "" } } as const;
  for (const [seconds, isTaken] of [
    [40, true],
    [40.1, false],
  ] as const) {
    const { bench } = arming();
    pass(
      bench,
      seconds - (bench.now.continuousSeconds - (bench.memory.preparation?.armFirstSentSeconds ?? 0)),
    );
    const ctx = contextOf(bench);
    const call = takeOpen(bench, (step) => step.do === "call" && step.call.name === "arm");
    assert.ok(call?.do === "call" && call.call.name === "arm");
    onArmed(ctx, call.call, yes);
    assert.equal(ctx.record.session !== undefined, isTaken);
    if (!isTaken) {
      const said = ctx.steps.flatMap((step) => (step.do === "alert" ? [step.text] : []));
      assert.deepEqual(said, [cannot("the service's answer came too late")]);
    }
  }
});

test("L5 L16 a yes that finds other administrators or other rules of sudo than were read is handed back", () => {
  const changed = (change: (bench: Bench) => void) => {
    const { bench } = arming();
    change(bench);
    answer(bench, "arm", { came: "answer", answer: { approvedMinutes: 10, confirmBy: "" } });
    look(bench);
    assert.equal(bench.record.session, undefined);
    assert.ok(told(bench).others.some((call) => call.name === "removed" && !call.granted));
    return alerts(bench).at(-1);
  };
  const others = cannot("the administrators are not those of a moment ago");
  assert.equal(
    changed((bench) => void bench.names.delete("bob")),
    others,
    "whom IT demoted meanwhile would be given the rights back",
  );
  assert.equal(
    changed((bench) => void bench.names.add("mallory")),
    others,
  );
  const unreadable = (what: string) => (bench: Bench) =>
    void Object.assign(bench.seen, { [what]: undefined });
  assert.equal(changed(unreadable("admins")), cannot("the list of administrators cannot be read"));
  const sudo = cannot("the settings of sudo are not those that are known");
  assert.equal(
    changed((bench) => void (bench.sudo.files["/private/etc/sudoers"] = "2")),
    sudo,
  );
  assert.equal(changed(unreadable("sudoFiles")), sudo);
});

test("L5 L16 the service is not asked when the administrators changed during the checks", () => {
  const { bench, said } = failing(({ bench: checked, told: answers }) => {
    look(checked);
    checked.names.delete("bob");
    answerAll(checked, answers);
  });
  assert.equal(said, cannot("the administrators are not those of a moment ago"));
  assert.ok(!bench.done.some((step) => step.do === "call" && step.call.name === "arm"));
});

test("L1 a yes to an arming that is not this one is handed back, and nothing else is", () => {
  const stray = (armId: string, outcome: object) => {
    const { bench } = arming();
    const ctx = contextOf(bench);
    const call = {
      name: "arm",
      requestId: REQUEST,
      armId,
      uid: 501,
      generatedUid: "",
      baseline: {},
    } as const;
    onArmed(ctx, call, outcome as Outcome<never>);
    assert.equal(ctx.record.session, undefined);
    return told(bench).others;
  };
  const yes = { came: "answer", answer: { approvedMinutes: 10, confirmBy: "" } };
  assert.deepEqual(
    stray("another", yes).map((call) => call.name === "removed" && [call.armId, call.granted]),
    [["another", false]],
  );
  assert.deepEqual(stray("another", { came: "refused", status: 409, detail: "no" }), []);
  const scene = arming();
  answerAll(scene.bench, scene.told);
  look(scene.bench);
  const { session } = scene.bench.record;
  assert.ok(session !== undefined);
  const call = {
    name: "arm",
    requestId: REQUEST,
    armId: session.armId,
    uid: 501,
    generatedUid: "",
    baseline: {},
  } as const;
  onArmed(contextOf(scene.bench), call, yes as Outcome<never>);
  assert.deepEqual(told(scene.bench).others, [], "the running session's own");
});

test("a no of the service is the end of this attempt, and asked about at once", () => {
  const { bench } = arming();
  answer(bench, "arm", { came: "refused", status: 409, detail: "not approved any more" });
  look(bench);
  assert.equal(alerts(bench).at(-1), cannot("not approved any more"));
  assert.deepEqual(told(bench).others, [], "a no is known: there is nothing to hand back");
  assert.ok(bench.open.some((step) => step.do === "call" && step.call.name === "status"));
});

test("what was asked by one person is prepared for no other", () => {
  const { bench } = preparing();
  act(bench, { act: "start_now", person: ALICE });
  bench.seen = { ...bench.seen, ...UNLOCKED };
  const { armId } = bench.memory.preparation ?? {};
  const carol = { uid: 503, generatedUid: "33333333-3333-4333-8333-333333333333", username: "carol" };
  bench.record.requests.push({
    person: carol,
    idempotencyKey: "carols",
    askedAtWall: 0,
    requestId: "carols-request",
    status: "approved",
    approvedMinutes: 5,
    signal: "set",
    start: "auto",
  });
  look(bench);
  assert.equal(bench.memory.preparation?.armId, armId);
});
