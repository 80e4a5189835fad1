import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TAG_NAMES, elevationTag } from "../../core/tags.ts";
import { createIruWorkbench } from "../../world/iru/mdm-harness.ts";

test("Iru is asked for devices, tags, a lock and its PIN, and for nothing else: no blank push, no command but the lock", async () => {
  const bench = await createIruWorkbench();
  const deviceId = bench.addMac({ serial: "C02FALCON001" });
  const { mdm, iru } = bench;
  await mdm.findMac("C02FALCON001");
  await mdm.changeTags(deviceId, { add: [elevationTag(5)], remove: [DEFAULT_TAG_NAMES.logCollection] });
  await mdm.lock(deviceId, "Locked");
  await mdm.wasLockedSince(deviceId, 0);
  await mdm.readUnlockPin(deviceId);
  const kinds = iru.received.map(({ method, path }) => {
    const [plain = ""] = path.replace(deviceId, "ID").split("?");
    return `${method} ${plain}`;
  });
  assert.deepEqual([...new Set(kinds)].toSorted(), [
    "GET /api/v1/devices",
    "GET /api/v1/devices/ID",
    "GET /api/v1/devices/ID/commands",
    "GET /api/v1/devices/ID/secrets/unlockpin",
    "PATCH /api/v1/devices/ID",
    "POST /api/v1/devices/ID/action/lock",
  ]);
});
