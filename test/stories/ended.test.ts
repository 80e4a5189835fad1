import assert from "node:assert/strict";
import { PEOPLE } from "../../src/world/cast.ts";
import { type Story, story } from "./story.ts";

/** Brings Anna's request to a running session. */
async function elevate(told: Story, minutes: 5 | 10 | 15 | 30 = 15): Promise<string> {
  const id = await told.ask({ minutes });
  await told.press("ben", `Approve ${minutes}`);
  await told.until("the session runs", async () => (await told.read(id)).status === "active");
  assert.equal(told.mac.isAdmin("anna"), true);
  return id;
}

/** Waits until the session is proven over and its log is in. */
async function overAndLogged(told: Story, id: string, seconds = 600): Promise<void> {
  await told.until(
    "the end is proven and the log is in",
    async () => {
      const request = await told.read(id);
      return request.status === "ended" && request.log.state === "collected";
    },
    seconds,
  );
  assert.equal(told.mac.isAdmin("anna"), false);
  await told.seconds(10);
}

async function reasonOf(told: Story, id: string): Promise<string> {
  const request = await told.read(id);
  return "ending" in request ? request.ending.reason : request.status;
}

story("revoked", async (told) => {
  const id = await elevate(told);
  told.mac.sudo("anna", "/usr/bin/true");
  await told.minutes(2);
  await told.press("carla", "Revoke");
  await overAndLogged(told, id);
  assert.equal(await reasonOf(told, id), "revoked");
});

story("locked", async (told) => {
  const id = await elevate(told);
  await told.minutes(1);
  await told.press("carla", "Lock device");
  await overAndLogged(told, id);
  assert.equal(await reasonOf(told, id), "locked");
  const { deviceId } = (await told.world.store.loadMac(told.mac.serial)) ?? { deviceId: "" };
  assert.equal(told.world.iru.commandsOf(deviceId).length, 1, "one lock command");
  assert.ok(
    told.world.slack.privates(PEOPLE.carla.id).some(({ content }) => /PIN/.test(content.text)),
    "the PIN is shown to the one who locked",
  );
});

story("ended by the user", async (told) => {
  const id = await elevate(told);
  await told.minutes(3);
  await told.mac.done("anna");
  await overAndLogged(told, id);
  assert.equal(await reasonOf(told, id), "ended_by_user");
});

story("ended by the user in Slack", async (told) => {
  const id = await elevate(told, 5);
  await told.minutes(1);
  await told.pressDirect("anna", "I'm done");
  await overAndLogged(told, id);
  assert.equal(await reasonOf(told, id), "ended_by_user");
});

story("network loss", async (told) => {
  const id = await elevate(told);
  told.mac.sudo("anna", "/usr/bin/true");
  await told.minutes(1);
  told.mac.setNetwork("off");
  await told.until("the rights are taken away", () => !told.mac.isAdmin("anna"), 120);
  told.mac.attack.elevateThroughPrivileges();
  await told.seconds(2);
  assert.equal(told.mac.isAdmin("anna"), false, "a re-elevation while offline is stripped");
  // Long enough for the service to miss the Mac, whenever the Mac then tries again.
  await told.minutes(4);
  told.mac.setNetwork("on");
  await overAndLogged(told, id, 900);
  assert.equal(await reasonOf(told, id), "network_loss");
});

story("armed and never confirmed", async (told) => {
  const id = await told.ask({ minutes: 10 });
  told.cutAtStart();
  await told.press("ben", "Approve 10");
  await told.until("the Mac has given up", async () => told.mac.condition().network === "off", 60);
  await told.until("the rights are gone again", () => !told.mac.isAdmin("anna"), 60);
  await told.minutes(3);
  assert.equal(await reasonOf(told, id), "device_error", "the service's own backstop");
  assert.equal((await told.read(id)).status, "ending", "L5 silence is no proof");
  await told.minutes(5);
  told.mac.setNetwork("on");
  await overAndLogged(told, id);
});

story(
  "given, but never verified",
  async (told) => {
    const id = await told.ask({ minutes: 10 });
    told.mac.attack.fault({ additionFails: true });
    await told.press("ben", "Approve 10");
    await told.until("it is over", async () => (await told.read(id)).status === "ended", 900);
    assert.equal(await reasonOf(told, id), "device_error");
    assert.equal(told.mac.isAdmin("anna"), false);
    await told.minutes(16);
    assert.deepEqual(await told.tags(), ["finance"]);
  },
  { macConfig: { grant: "directory" } },
);

story("late and missing log", async (told) => {
  const id = await elevate(told, 5);
  told.mac.sudo("anna", "/usr/bin/true");
  await told.seconds(30);
  told.mac.setNetwork("off");
  await told.until("the rights are taken away", () => !told.mac.isAdmin("anna"), 120);
  await told.minutes(25);
  const request = await told.read(id);
  assert.ok(request.status === "ending" && request.log.state === "missing", "L8 a missing log is told");
  told.mac.setNetwork("on");
  await overAndLogged(told, id, 900);
  const after = await told.read(id);
  assert.ok("log" in after && after.log.state === "collected" && after.log.late, "a late log is still taken");
});

story("re-enrolment", async (told) => {
  const id = await elevate(told, 30);
  const { serial } = told.mac;
  told.mac.dispose();
  const wiped = told.addMac(serial);
  await told.until("IT is asked", () => told.world.slack.cards().length > 1, 900);
  await told.press("carla", "Allow");
  await told.until("the Mac is enrolled again", () => wiped.condition().isEnrolled, 7200);
  await told.until("the session is closed", async () => (await told.read(id)).status === "ended");
  await told.minutes(16);
  wiped.dispose();
});
