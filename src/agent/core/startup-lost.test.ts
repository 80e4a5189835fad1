import assert from "node:assert/strict";
import test from "node:test";
import { startupTick } from "./startup.ts";
import { type Bench, contextOf } from "./testing/bench.ts";
import { learning, reports } from "./testing/mac-answers.ts";
import { started } from "./testing/scenes.ts";

/** The next process, which finds the record that the one before it began. */
function restart(bench: Bench): void {
  const dying = contextOf(bench);
  startupTick(dying);
  assert.equal(dying.record.known, undefined, "the service has not answered it");
  bench.record = dying.record;
  bench.memory.recordAtStart = "read";
}

test("L5 a list of administrators that was lost is told of by whichever process learns it anew", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "unreadable";
  restart(bench);
  const next = learning(bench);
  const [told] = reports(next);
  assert.match(told ?? "", /^drift the agent's record could not be read; administrators now: bob/);
  assert.equal(next.record.knownLost, undefined, "once");
});

test("L5 so it is where the first of them could not read the keychain either", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "absent";
  Object.assign(bench.seen, { enrolled: undefined });
  restart(bench);
  bench.seen = {};
  assert.match(
    reports(learning(bench))[0] ?? "",
    /^drift the agent's record was missing; administrators now/,
  );
});

test("a Mac that was never enrolled has lost nothing", () => {
  const { bench } = started();
  bench.memory.recordAtStart = "absent";
  bench.seen = { enrolled: false };
  restart(bench);
  bench.seen = {};
  assert.deepEqual(reports(learning(bench)), []);
});
