import assert from "node:assert/strict";
import test from "node:test";
import type { Outcome } from "./calls.ts";
import type { Bench } from "./testing/bench.ts";
import { answer, look, pass, REQUEST } from "./testing/bench.ts";
import { arming } from "./testing/scenes.ts";

/** A Mac whose question whether it may give the rights was not answered. */
function unheard(): Bench {
  const { bench } = arming();
  answerArm(bench, { came: "silent", why: "no answer" });
  return bench;
}

function answerArm(bench: Bench, outcome: Outcome<never>): void {
  answer(bench, "arm", outcome);
  look(bench);
}

function disowned(bench: Bench): readonly string[] {
  return bench.record.outbox.flatMap(({ call }) =>
    call.name === "removed" && !call.granted && call.verified ? [call.requestId] : [],
  );
}

const GONE = { came: "refused", status: 409, detail: "This session is over." } as const;

test("L7 an arming that was perhaps heard of is disowned where the next try is refused", () => {
  const bench = unheard();
  pass(bench, 3);
  look(bench);
  answerArm(bench, GONE);
  assert.deepEqual(disowned(bench), [REQUEST]);
});

test("L7 an arming that was perhaps heard of is disowned where the request turns out to be over", () => {
  const bench = unheard();
  const over = { version: 99, status: "ending", nextPollSeconds: 20, message: "It is over." } as const;
  const call = { name: "status", requestId: REQUEST } as const;
  const event = { type: "called", name: "status", call, outcome: { came: "answer", answer: over } };
  bench.events.push(event as Bench["events"][number]);
  look(bench);
  assert.equal(bench.record.requests.length, 0);
  assert.deepEqual(disowned(bench), [REQUEST]);
});

test("an arming that was refused at once is not disowned", () => {
  const { bench } = arming();
  answerArm(bench, GONE);
  assert.deepEqual(disowned(bench), []);
});

test("L7 nothing is started anew while the service has not heard that the last try is over", () => {
  const bench = unheard();
  pass(bench, 31);
  look(bench);
  assert.deepEqual([disowned(bench), bench.memory.preparation], [[REQUEST], undefined]);
  bench.open.length = 0;
  bench.memory.busy = {};
  for (let minutes = 0; minutes < 10; minutes += 1) {
    pass(bench, 60);
    look(bench);
  }
  assert.deepEqual(
    [disowned(bench), bench.memory.preparation],
    [[REQUEST], undefined],
    "one, not one for each try",
  );
  bench.record.outbox = [];
  look(bench);
  assert.equal(bench.memory.preparation?.requestId, REQUEST);
});
