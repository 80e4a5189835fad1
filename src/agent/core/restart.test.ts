import assert from "node:assert/strict";
import test from "node:test";
import { look, pass, restart } from "./testing/bench.ts";
import { answerAll } from "./testing/honest-world.ts";
import { active } from "./testing/scenes.ts";

test("a restart of the agent in a session is reported once, also when the clock has not moved at its first look", () => {
  const { bench, told } = active();
  restart(bench);
  for (let second = 0; second < 5; second += 1) {
    look(bench);
    answerAll(bench, told);
    look(bench);
    pass(bench, 1);
  }
  const reports = bench.done.flatMap((step) =>
    step.do === "call" && step.call.name === "report" ? step.call.items : [],
  );
  assert.deepEqual(reports, ["the agent was started again during the session"]);
});
