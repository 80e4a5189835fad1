import assert from "node:assert/strict";
import test from "node:test";
import { SUDO_LOG } from "./disk.ts";
import { createDesk } from "./testing/desk.ts";

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

type Options = Parameters<typeof createDesk>[0];

/** Alice has asked; the Mac waits for IT. */
async function asked(options?: Options) {
  const desk = createDesk(options);
  await desk.seconds(2);
  await desk.mac.requestAdmin(alice);
  await desk.seconds(1);
  return desk;
}

test("PrivilegesCLI saying 0 and doing nothing is not trusted: the group is read, and dseditgroup follows", async () => {
  const { mac, service, seconds } = await asked();
  mac.attack.breakPrivileges({ code: 0, text: "You cannot use this application to change your privileges" });
  const request = service.approve(10);
  await seconds(20);
  assert.equal(request.status, "active");
  assert.equal(mac.isAdmin("alice"), true);
});

test("tools that all say 0 and do nothing end in a failed session, never in a claimed one", async () => {
  const { mac, service, seconds, reported } = await asked();
  mac.attack.breakPrivileges({ code: 0, text: "" });
  mac.attack.fault({ additionFails: true });
  const request = service.approve(10);
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(service.seen("/start").length, 0);
  assert.equal(request.status, "ended");
  assert.match(reported("device_error").join("\n"), /could not be verified/);
});

test("W6 the grant goes to the requester, not to who is at the console", async () => {
  const { mac, service, seconds } = await asked();
  mac.switchTo("bob");
  const request = service.approve(10);
  await seconds(20);
  assert.equal(request.status, "approved", "nobody at the console to be asked");
  assert.equal(mac.isAdmin("bob"), false);
  mac.switchTo("alice");
  await seconds(10);
  assert.deepEqual(mac.menuBar().question, { username: "alice", minutes: 10 });
  mac.answerStart("start");
  await seconds(20);
  assert.equal(mac.isAdmin("alice"), true, "with bob logged in beside her: by dseditgroup, for her uid");
  assert.equal(mac.isAdmin("bob"), false);
});

test("a switch of users in a session changes nothing: rights go by uid", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(10);
  mac.switchTo("bob");
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), true);
  assert.equal((await mac.done("bob")).ok, false);
  await seconds(600);
  assert.equal(mac.isAdmin("alice"), false);
});

test("approved more than 10 minutes after asking: the Mac asks first, and later means later", async () => {
  const { mac, service, seconds, minutes } = await asked();
  await minutes(11);
  service.approve(10);
  await seconds(20);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(mac.menuBar().question?.username, "alice");
  assert.equal(mac.answerStart("later"), true);
  await minutes(5);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal((await mac.startNow("alice")).ok, true);
  await seconds(30);
  assert.equal(mac.isAdmin("alice"), true);
});

test("delivery=direct elevates without the MDM", async () => {
  const { mac, service, seconds, delivery } = await asked({
    config: { delivery: "direct", grant: "directory" },
  });
  const runs = delivery.runs;
  service.approve(10, "pending");
  await seconds(3);
  assert.equal(mac.isAdmin("alice"), true);
  assert.equal(delivery.runs, runs);
});

test("the Iru agent runs only when the signal is set; again 30 s and 120 s after a miss; then IT is told", async () => {
  const { mac, service, seconds, delivery, reported } = await asked();
  delivery.delivers = false;
  const request = service.approve(10, "pending");
  await seconds(60);
  assert.equal(delivery.runs, 0);
  service.change(request, { signal: "set" });
  await seconds(25);
  assert.equal(delivery.runs, 1);
  await seconds(60);
  assert.equal(delivery.runs, 2);
  await seconds(120);
  assert.equal(delivery.runs, 3);
  await seconds(150);
  assert.equal(delivery.runs, 3);
  assert.match(reported("device_error").join("\n"), /profile did not arrive/);
  assert.equal(mac.isAdmin("alice"), false);
  delivery.delivers = true;
  await seconds(15 * 60);
  assert.equal(mac.isAdmin("alice"), true, "it comes with the Iru agent's own check-in");
});

test("W15 L8 no grant without a proven sudo log", async () => {
  const { mac, service, seconds, reported } = await asked();
  mac.attack.writeFile("/private/etc/sudoers.d/zzz", "Defaults !log_allowed\n");
  await seconds(2);
  assert.match(reported("drift").join("\n"), /sudo outside a session: added: .*zzz/, "taken for IT's own");
  mac.attack.fault({ dropInFails: true });
  service.approve(10);
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(service.seen("/arm").length, 0);
  assert.match(reported("device_error").join("\n"), /logging could not be set up/);
  mac.attack.fault({ dropInFails: false });
  mac.attack.writeFile(SUDO_LOG, "an old line\n");
  await seconds(120);
  assert.equal(service.seen("/arm").length, 0, "the canary does not sing");
  mac.attack.removeFile("/private/etc/sudoers.d/zzz");
  await seconds(180);
  assert.equal(mac.isAdmin("alice"), true);
});

test("SAP's own timer going off at the end is an expiry, not the person's doing", async () => {
  const { service, seconds, minutes, elevate, told } = createDesk({ sapTimer: true });
  const { request } = await elevate(10);
  await minutes(10);
  await seconds(20);
  assert.equal(request.endReason, "expired");
  assert.match(told(501).at(-1) ?? "", /^Your time is over/);
  assert.equal(service.reports.filter(({ kind }) => kind === "tampered").length, 0);
});

test("without a service the request is kept and sent later, once", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  mac.setNetwork("off");
  const answering = mac.requestAdmin(alice);
  await seconds(3);
  assert.match((await answering).text, /cannot be reached/);
  mac.setNetwork("on");
  await seconds(40);
  assert.equal(service.requests.size, 1);
  assert.equal(mac.menuBar().view.state, "waiting");
});

test("the sudo drop-in is there during the session only", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(10);
  const log = () => mac.sudo("bob", "/bin/ls");
  log();
  assert.equal(mac.isDropInThere(), true);
  await mac.done("alice");
  await seconds(20);
  assert.equal(mac.isDropInThere(), false);
});
