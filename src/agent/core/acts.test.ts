import assert from "node:assert/strict";
import test from "node:test";
import type { Act } from "./steps.ts";
import { act, ALICE, BOB, look, REQUEST } from "./testing/bench.ts";
import {
  active,
  approved,
  arming,
  asked,
  FORM,
  idle,
  pending,
  preparing,
  type Scene,
  stuck,
} from "./testing/scenes.ts";

const CAROL = { uid: 503, generatedUid: "33333333-3333-4333-8333-333333333333", username: "carol" };

/** What the Mac answers to this wish at once; undefined when it answers later. */
function answerTo(
  { bench }: Scene,
  what: Act["act"],
  person = ALICE,
): { ok: boolean; text: string } | undefined {
  act(bench, what === "request" ? { act: what, person, form: FORM } : { act: what, person });
  const [answer] = look(bench).flatMap((step) => (step.do === "answer" ? [step.answer] : []));
  return answer;
}

const no = (text: string) => ({ ok: false, text });
const DONE = { ok: true, text: "Done." };

test("who cannot ask is told why", () => {
  const seen = (over: Scene["bench"]["seen"]) => {
    const scene = idle();
    scene.bench.seen = Object.assign({}, scene.bench.seen, over);
    return scene;
  };
  assert.deepEqual(
    answerTo(seen({ enrolled: false }), "request"),
    no("This Mac is not connected to Hallpass yet. Please contact IT."),
  );
  assert.deepEqual(
    answerTo(seen({ admins: undefined } as object), "request"),
    no("The list of administrators cannot be read. Please contact IT."),
  );
  const system = no("System accounts cannot ask for administrator rights.");
  assert.deepEqual(answerTo(idle(), "request", { ...CAROL, uid: 500 }), system);
  assert.equal(answerTo(idle(), "request", { ...CAROL, uid: 501 }), undefined, "the first person's uid");
  assert.deepEqual(answerTo(active(), "request"), no("You already have a session on this Mac."));
  assert.deepEqual(answerTo(pending(), "request"), no("You already have an open request."));
  assert.deepEqual(
    answerTo(idle(), "request", BOB),
    no("You are an administrator already: bob (by GeneratedUID), bob (by name)."),
  );
});

test("one person's session or request does not keep another from asking", () => {
  for (const scene of [active(), pending()]) {
    assert.equal(answerTo(scene, "request", CAROL), undefined);
    assert.ok(scene.bench.record.requests.some(({ person }) => person.uid === CAROL.uid));
  }
});

test("only the person of the session ends it, and once", () => {
  assert.deepEqual(answerTo(idle(), "done"), no("You have no session on this Mac."));
  assert.deepEqual(answerTo(active(), "done", CAROL), no("You have no session on this Mac."));
  const scene = active();
  assert.deepEqual(answerTo(scene, "done"), DONE);
  assert.equal(scene.bench.record.session?.phase, "ending");
  assert.deepEqual(answerTo(stuck(), "done"), no("Your session is ending already."));
});

test("a request is cancelled by its person alone, and only until the service is asked for its last word", () => {
  assert.deepEqual(answerTo(pending(), "cancel", CAROL), no("You have no open request."));
  assert.deepEqual(
    answerTo(asked(), "cancel"),
    no("Your request is still being sent. Try again in a moment."),
  );
  for (const scene of [pending(), approved(), preparing()]) {
    assert.deepEqual(answerTo(scene, "cancel"), DONE);
    assert.deepEqual(scene.bench.record.requests, []);
    assert.deepEqual(
      scene.bench.record.outbox.map(({ call }) => call),
      [{ name: "cancel", requestId: REQUEST }],
    );
  }
  const late = arming();
  assert.deepEqual(
    answerTo(late, "cancel"),
    no("Your session is just starting. End it when it has started."),
  );
  assert.equal(late.bench.record.requests.length, 1);
});

test("a cancelled request takes what was prepared for it along, and nobody else's request", () => {
  const scene = preparing();
  scene.bench.record.requests.push({
    person: CAROL,
    idempotencyKey: "carols",
    askedAtWall: 0,
    requestId: "carols-request",
    status: "pending",
    start: "auto",
  });
  const before = scene.bench.done.length;
  assert.deepEqual(answerTo(scene, "cancel"), DONE);
  assert.equal(scene.bench.memory.preparation, undefined);
  assert.ok(scene.bench.done.slice(before).some((step) => step.do === "remove_drop_in"));
  assert.deepEqual(
    scene.bench.record.requests.map(({ idempotencyKey }) => idempotencyKey),
    ["carols"],
  );
  const waiting = pending();
  const steps = waiting.bench.done.length;
  answerTo(waiting, "cancel");
  assert.ok(
    !waiting.bench.done.slice(steps).some((step) => step.do === "remove_drop_in"),
    "nothing was prepared",
  );
});

test("what was put off starts at the person's word, once it is approved", () => {
  assert.deepEqual(answerTo(pending(), "start_now"), no("Your request is not approved yet."));
  assert.deepEqual(answerTo(idle(), "start_now"), no("You have no open request."));
  const scene = approved();
  const [waiting] = scene.bench.record.requests;
  assert.ok(waiting !== undefined);
  waiting.start = "later";
  assert.deepEqual(answerTo(scene, "start_now"), DONE);
  assert.equal(scene.bench.record.requests[0]?.start, "auto");
});
