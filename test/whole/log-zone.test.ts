import assert from "node:assert/strict";
import { test } from "node:test";
import { createWhole } from "./whole.ts";

const ZONES = [
  [330, "UTC+05:30", "15:30:"],
  [-480, "UTC-08:00", "02:00:"],
  [0, "UTC+00:00", "10:00:"],
] as const;

for (const [utcOffsetMinutes, zone, clock] of ZONES) {
  test(`W22 the log in Slack's thread begins with the zone of its times, from the Mac itself: ${zone}`, async () => {
    const whole = await createWhole();
    const mac = whole.addMac({ utcOffsetMinutes });
    await whole.until("the Mac is enrolled", () => mac.condition().isEnrolled);
    void mac.requestAdmin({ user: "anna", reason: "install", category: "install", minutes: 10 });
    await whole.until("the card is there", () => whole.world.slack.cards().length > 0);
    await whole.press("Approve 10");
    await whole.until("Anna is an administrator", () => mac.isAdmin("anna"));
    await whole.until("the service knows", () => mac.menuBar().view.state === "admin");
    mac.sudo("anna", "/usr/bin/id");
    // Not waited for: an agent that just looked ten times in a row takes a breath, and time stands still meanwhile.
    void mac.done("anna");
    const files = () =>
      whole.world.slack
        .cards()
        .flatMap(({ ts }) => whole.world.slack.thread(ts))
        .flatMap((post) => post.files);
    await whole.until("the log is in the thread", () => files().length > 0);
    const lines = files()[0]?.text.split("\n") ?? [];
    assert.match(
      lines[0] ?? "",
      /^\[session of anna \(uid 501\) on C02XK1ABJG5H from 2026-11-23T10:0\d:\d\d/,
    );
    assert.ok(lines[0]?.endsWith(`; times of sudo are local, ${zone}]`), lines[0]);
    const typed = lines.filter((line) => line.includes("COMMAND=/usr/bin/id"));
    assert.equal(typed.length, 1);
    assert.ok(typed[0]?.includes(` ${clock}`), `${typed[0]} is in the zone of the header`);
    await whole.stop();
  });
}
