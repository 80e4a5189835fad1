import assert from "node:assert/strict";
import { test } from "node:test";
import { unmatchedPremises } from "./premises.ts";

test("every rule of the core has its premise, and every premise its rule", () => {
  assert.deepEqual(unmatchedPremises(), []);
});
