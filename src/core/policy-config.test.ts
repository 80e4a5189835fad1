import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_POLICY } from "./policy-config.ts";

test("L9 until somebody is configured nobody may decide or look, and nothing is approved by itself", () => {
  const { approverIds, adminStatusIds, offHours } = DEFAULT_POLICY;
  assert.deepEqual(
    { approverIds, adminStatusIds, offHours },
    {
      approverIds: [],
      adminStatusIds: [],
      offHours: { mode: "disabled" },
    },
  );
});

test("a Mac is called silent after three minutes, unless configured otherwise", () => {
  assert.equal(DEFAULT_POLICY.heartbeatSilentAfterMs, 180_000);
});
