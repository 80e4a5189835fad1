import assert from "node:assert/strict";
import { PEOPLE } from "../../src/world/cast.ts";
import { story } from "./story.ts";

/** 22:30 in Berlin on a Monday. */
const NIGHT = Date.UTC(2026, 10, 23, 21, 30);
const OFF_HOURS = {
  mode: "enabled",
  zone: "Europe/Berlin",
  weekdays: [1, 2, 3, 4, 5],
  startMinute: 9 * 60,
  endMinute: 18 * 60,
  onCallUserId: PEOPLE.ben.id,
  capPerNight: 1,
} as const;

story(
  "off-hours granted, then the cap is used up",
  async ({ ask, until, read, mac, minutes }) => {
    const first = await ask({ minutes: 5 });
    await until("the session runs", async () => (await read(first)).status === "active");
    await until("it is over", async () => (await read(first)).status === "ended", 900);
    await minutes(1);
    await until("the Mac is idle", () => mac.menuBar().view.state === "idle");
    const second = await ask({ minutes: 5 });
    await minutes(1);
    assert.equal((await read(second)).status, "pending", "L9 the cap holds it for a human");
    assert.equal(mac.isAdmin("anna"), false);
  },
  { startAt: NIGHT, policy: { offHours: OFF_HOURS } },
);

story(
  "off-hours refused in doubt",
  async ({ ask, read, minutes }) => {
    const id = await ask({ user: "paul" });
    await minutes(1);
    assert.equal((await read(id)).status, "pending", "the Mac's owner is somebody else");
  },
  { startAt: NIGHT, policy: { offHours: OFF_HOURS } },
);

story(
  "off-hours misconfigured",
  async ({ ask, read, minutes }) => {
    const id = await ask();
    await minutes(1);
    assert.equal((await read(id)).status, "pending", "L9 an unknown zone approves nothing");
  },
  { startAt: NIGHT, policy: { offHours: { ...OFF_HOURS, zone: "Europe/Atlantis" } } },
);
