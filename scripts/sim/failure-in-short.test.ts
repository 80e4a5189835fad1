import assert from "node:assert/strict";
import { test } from "node:test";
import { failureInShort } from "./failure-in-short.ts";

test("a failed seed in one line: its number and the first law that it broke, or why it never ended", () => {
  const broken =
    "FAIL seed 7 (memory store): 2 violation(s)\n  L4 at +  1.000 s: late\n  L5 at +  2.000 s: left";
  assert.equal(failureInShort({ seed: 7, failure: broken }), "FAIL seed 7: L4 at +  1.000 s: late");
  const hung = "FAIL seed 8: Error: it never ends\nreplay: npm run sim -- --seed 8 --store memory";
  assert.equal(failureInShort({ seed: 8, failure: hung }), "FAIL seed 8: Error: it never ends");
  const long = `FAIL seed 9 (memory store): 1 violation(s)\n  L7 ${"x".repeat(1_000)}`;
  assert.ok(failureInShort({ seed: 9, failure: long }).length < 200);
});
