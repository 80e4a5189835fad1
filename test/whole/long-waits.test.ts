import assert from "node:assert/strict";
import { test } from "node:test";
import { createWhole } from "./whole.ts";

/** None of them ends as the Iru agent's own check-in comes, which would spare the Mac its run. */
const WAITS = [
  ["1 minute", 60],
  ["20 minutes", 20 * 60 + 77],
  ["2 hours", 2 * 3600 + 77],
  ["23 hours", 23 * 3600 + 77],
] as const;

for (const [wait, waitSeconds] of WAITS) {
  test(`W55 from the approver's click to sudo one run of the Iru agent and a few seconds pass, after a wait of ${wait}`, async () => {
    const whole = await createWhole();
    const { delivery } = whole.world.iru;
    let runs = 0;
    const iru = {
      runOn(serial: string) {
        runs += 1;
        return delivery.runOn(serial);
      },
    };
    const mac = whole.addMac({ iru });
    await whole.until("the Mac is enrolled", () => mac.condition().isEnrolled);
    void mac.requestAdmin({ user: "anna", reason: "install", category: "install", minutes: 10 });
    await whole.seconds(waitSeconds);
    const clickedAt = whole.clock.now();
    const runsBefore = runs;
    await whole.press("Approve 10");
    // Whoever waited for long is asked first, and says yes at once.
    let asked = 0;
    const isAdmin = () => {
      if (mac.answerStart("start")) asked += 1;
      return mac.isAdmin("anna");
    };
    await whole.until("Anna is an administrator", isAdmin);
    assert.equal(mac.sudo("anna", "/usr/bin/id").allowed, true);
    const seconds = (whole.clock.now() - clickedAt) / 1000;
    assert.ok(seconds <= 12, `${seconds} s, of which a run takes 8`);
    assert.deepEqual([runs - runsBefore, asked], [1, waitSeconds > 600 ? 1 : 0]);
    await whole.stop();
  });
}
