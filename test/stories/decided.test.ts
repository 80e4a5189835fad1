import assert from "node:assert/strict";
import { PEOPLE } from "../../src/world/cast.ts";
import { story } from "./story.ts";

story("denied with a reason", async ({ ask, press, until, mac, read, world, minutes }) => {
  const id = await ask({ reason: "play <b>games</b> & such" });
  await press("dan", "Deny");
  await press("anna", "Approve 5");
  await press("carla", "Deny");
  await until("the dialog is open", () => world.slack.dialogOf(PEOPLE.carla.id) !== undefined);
  await world.slack.submitView(PEOPLE.carla.id, "Use Self Service for that: it is there.");
  await until("the Mac has told Anna", () =>
    mac.menuBar().alerts.some(({ text }) => /Self Service/.test(text)),
  );
  assert.equal((await read(id)).status, "denied");
  await minutes(1);
  assert.equal(mac.isAdmin("anna"), false);
});

story("cancelled", async ({ ask, press, until, mac, read, tags }) => {
  const first = await ask({ minutes: 5 });
  await mac.cancel("anna");
  await until("it is cancelled on the Mac", async () => (await read(first)).status === "cancelled");
  await until("the Mac is idle", () => mac.menuBar().view.state === "idle");
  const second = await ask({ minutes: 10 });
  mac.setNetwork("service_blocked");
  await press("ben", "Approve 10");
  await press("carla", "Cancel");
  await until("it is cancelled by IT", async () => (await read(second)).status === "cancelled");
  await until("the tag is gone", async () => (await tags()).length === 1);
  mac.setNetwork("on");
  await until("the Mac is idle again", () => mac.menuBar().view.state === "idle", 900);
  assert.equal(mac.isAdmin("anna"), false);
});

story(
  "unanswered with all nudges",
  async ({ ask, minutes, until, mac, read }) => {
    const id = await ask();
    await minutes(23 * 60);
    assert.equal((await read(id)).status, "pending");
    await minutes(59);
    await until("it is closed", async () => (await read(id)).status === "expired_unanswered");
    await minutes(75);
    assert.equal(mac.menuBar().view.state, "idle");
  },
  { macConfig: { longPoll: false } },
);

story("lapsed", async ({ ask, press, minutes, mac, read, tags }) => {
  const id = await ask({ minutes: 15 });
  mac.closeLid();
  await press("ben", "Approve 15");
  await minutes(59);
  assert.equal((await read(id)).status, "approved");
  await minutes(2);
  assert.equal((await read(id)).status, "lapsed");
  mac.openLid();
  await minutes(70);
  assert.equal(mac.isAdmin("anna"), false);
  assert.deepEqual(await tags(), ["finance"]);
});
