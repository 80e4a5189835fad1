import assert from "node:assert/strict";
import { test } from "node:test";
import { type EffectType, type Lane, LANE_OF, LANES } from "./effects.ts";

test("L5 what waits for Iru, for one person or for a file holds up neither the thread nor the lock", () => {
  const lanes: Partial<Record<Lane, EffectType[]>> = {};
  for (const [type, lane] of Object.entries(LANE_OF)) (lanes[lane] ??= []).push(type as EffectType);
  assert.deepEqual(lanes, {
    identity: ["resolve_identity"],
    mdm: ["sync_tags"],
    chat: ["thread"],
    log: ["upload_log"],
    direct: ["direct"],
    lock: ["lock_device"],
    private: ["private_answer"],
    channel: ["ask_re_enrollment", "warn_channel"],
  });
  assert.deepEqual(LANES.toSorted(), Object.keys(lanes).toSorted(), "each is emptied");
});
