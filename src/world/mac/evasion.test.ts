import assert from "node:assert/strict";
import test from "node:test";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { createDesk } from "./testing/desk.ts";

/** Ways to stay administrator, or unseen, that worked elsewhere. The numbers are those of docs/rivals.md. */

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

test("W4 giving the rights back and taking them again in the app is no way around the watch", async () => {
  const { mac, seconds, minutes, elevate, reported } = createDesk();
  const { request } = await elevate(30);
  mac.attack.demoteThroughPrivileges();
  await seconds(1);
  for (let round = 0; round < 5; round += 1) {
    mac.attack.elevateThroughPrivileges();
    await seconds(1);
    assert.equal(mac.isAdmin("alice"), false, `round ${round}`);
  }
  await minutes(3);
  assert.equal(request.status, "ended");
  assert.ok(reported("drift").some((item) => item.includes("alice")));
  assert.equal(mac.condition().isPrivilegesUnlocked, false, "and the app is locked again");

  // Faster than anybody can look: the session simply goes on, watched, to its own end.
  const other = createDesk();
  const { request: own } = await other.elevate(10);
  other.mac.attack.demoteThroughPrivileges();
  other.mac.attack.elevateThroughPrivileges();
  await other.clock.advanceTo((own.endsAt ?? 0) + SECOND_MS);
  assert.equal(other.mac.isAdmin("alice"), false);
});

test("W1 an idle agent has SAP Privileges locked again when a late profile opened it", async () => {
  const { mac, seconds, minutes, delivery } = createDesk();
  await seconds(30);
  delivery.leftOn = 10;
  mac.checkIn();
  await seconds(9);
  assert.equal(mac.condition().isPrivilegesUnlocked, true, "brought by the Iru agent's own check-in");
  delivery.leftOn = undefined;
  await minutes(2);
  assert.equal(mac.condition().isPrivilegesUnlocked, false, "long before the next check-in");
});

test("W5 no logging out, locking out or switching of users ends the watch before the rights", async () => {
  for (const leave of [
    (mac: ReturnType<typeof createDesk>["mac"]) => mac.logOut("alice"),
    (mac: ReturnType<typeof createDesk>["mac"]) => {
      mac.switchTo("bob");
      mac.logOut("bob");
    },
    (mac: ReturnType<typeof createDesk>["mac"]) => {
      mac.switchTo("bob");
      mac.logOut("alice");
    },
  ]) {
    const { mac, service, seconds, elevate, clock } = createDesk();
    const { request } = await elevate(10);
    leave(mac);
    await seconds(60);
    const beats = service.seen("/beat").length;
    await seconds(120);
    assert.ok(service.seen("/beat").length > beats, "it is still being watched");
    await clock.advanceTo((request.endsAt ?? 0) + SECOND_MS);
    assert.equal(mac.isAdmin("alice"), false);
    await seconds(30);
    assert.equal(request.status, "ended");
  }
});

test("W7 the Mac ends on time by itself: neither a service that forgets the end nor one that moves it counts", async () => {
  for (const laterMs of [HOUR_MS, 1_000 * HOUR_MS]) {
    const { mac, service, clock, elevate, told } = createDesk();
    const { request } = await elevate(10);
    const endsAt = request.endsAt ?? 0;
    service.change(request, { endsAt: endsAt + laterMs });
    await clock.advanceTo(endsAt - 2 * SECOND_MS);
    assert.equal(mac.isAdmin("alice"), true);
    await clock.advanceTo(endsAt + SECOND_MS);
    assert.equal(mac.isAdmin("alice"), false);
    assert.match(told(501).at(-1) ?? "", /^Your time is over/);
  }
});

test("W9 offline, nobody who waits long enough becomes administrator again", async () => {
  const { mac, minutes, seconds, elevate } = createDesk();
  await elevate(5);
  mac.setNetwork("off");
  await minutes(130);
  assert.equal(mac.condition().isPrivilegesUnlocked, true, "offline the profile cannot be taken off");
  for (let round = 0; round < 3; round += 1) {
    mac.attack.elevateThroughPrivileges();
    await seconds(1);
    assert.equal(mac.isAdmin("alice"), false);
  }
});

test("W11 the rights go and are proven gone although their user has logged out and Privileges is broken", async () => {
  const { mac, service, seconds, elevate, clock } = createDesk();
  const { request } = await elevate(10);
  mac.attack.breakPrivileges({ code: 1, text: "could not connect" });
  mac.logOut("alice");
  await clock.advanceTo((request.endsAt ?? 0) + SECOND_MS);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  const [proof] = service.seen("/removed").map(({ body }) => body as { verified: boolean });
  assert.equal(proof?.verified, true);
});

test("W13 a run of the Iru agent in a session starts nothing anew: same end, same log, one grant", async () => {
  const { mac, service, clock, delivery, minutes, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  const endsAt = request.endsAt ?? 0;
  mac.sudo("alice", "/bin/echo before");
  const runs = delivery.runs;
  await minutes(16);
  assert.ok(delivery.runs > runs, "the Iru agent has checked in with the tag still on");
  mac.sudo("alice", "/bin/echo after");
  await seconds(10);
  assert.deepEqual([service.seen("/arm").length, service.seen("/start").length], [1, 1]);
  const echoes = service.logLines().filter((line) => line.includes("/bin/echo"));
  assert.match(echoes.join("\n"), /echo before\n.*echo after$/);
  assert.equal(echoes.length, 2);
  assert.equal(service.logLines().filter((line) => line.startsWith("[session of alice")).length, 1);
  await clock.advanceTo(endsAt + SECOND_MS);
  assert.equal(mac.isAdmin("alice"), false);
});

test("W16 a command of any length is one line of the log, whole, with its time", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(10);
  const long = `/bin/echo ${"COMMAND=/bin/x ; ".repeat(400)}end`;
  mac.sudo("alice", long);
  await seconds(10);
  const lines = service.logLines().filter((line) => line.includes("/bin/echo"));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /^[A-Z][a-z]{2} \d\d \d\d:\d\d:\d\d 2026 : alice : .* ; COMMAND=\/bin\/echo /);
  assert.ok(lines[0]?.endsWith(" ; end"));
});

test("W16 where somebody's setting has sudo break its lines no session begins: the canary comes in pieces", async () => {
  const { mac, service, seconds, elevate, reported } = createDesk();
  mac.attack.writeFile("/private/etc/sudoers.d/zzz", "Defaults loglinelen=80\n");
  await seconds(5);
  const { request } = await elevate(10);
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  assert.deepEqual([service.seen("/arm").length, request.status], [0, "approved"]);
  assert.match(reported("device_error").join("\n"), /log does not record what it should/);
  mac.attack.removeFile("/private/etc/sudoers.d/zzz");
  await seconds(180);
  assert.equal(mac.isAdmin("alice"), true);
});

test("W23 a secret typed behind sudo leaves the Mac in no call, and the chain is over what was sent", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(10);
  mac.sudo("alice", "/usr/bin/curl --user admin:hunter2hunter2 https://example.com");
  mac.sudo("alice", "/usr/bin/env API_TOKEN=hunter2hunter2 /bin/ls");
  await seconds(10);
  await mac.done("alice");
  await seconds(30);
  const typed = service.logLines().filter((line) => /usr\/bin\/(curl|env)/.test(line));
  assert.equal(typed.length, 2, "the commands themselves are told");
  assert.ok(!JSON.stringify(service.calls).includes("hunter2"));
  // The scripted service works the hashes out from the lines it got and refuses what does not fit.
  assert.ok(service.seen("/log").every(({ status }) => status === 200));
});

test("W43 what a person was told once is not told again when the Mac or its agent starts anew", async () => {
  const { mac, service, seconds, told } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  const [request] = service.requests.values();
  assert.ok(request !== undefined);
  service.change(request, { status: "denied" });
  await seconds(5);
  const before = told(501);
  assert.equal(before.length, 1);
  mac.attack.killAgent();
  await seconds(30);
  mac.reboot();
  await seconds(120);
  assert.deepEqual(told(501), before);
  assert.equal(mac.menuBar().view.state, "idle");
});

test("W50 the Mac keeps asking as long as the service says that the request waits: 80 hours here", async () => {
  const { mac, service, minutes, seconds } = createDesk({ config: { longPoll: false } });
  await seconds(2);
  await mac.requestAdmin(alice);
  const { handle } = service;
  // A service that lets Macs poll hourly, as it does from the second hour on.
  service.handle = async (request) => {
    const response = await handle(request);
    if (!new URL(request.url).pathname.startsWith("/status")) return response;
    return Response.json({ ...((await response.json()) as object), nextPollSeconds: 3600 });
  };
  await minutes(80 * 60);
  assert.equal(mac.menuBar().view.state, "waiting");
  service.approve(10);
  for (let minute = 0; minute < 75 && mac.menuBar().question === undefined; minute += 1) await minutes(1);
  assert.equal(mac.menuBar().question?.username, "alice");
});

test("W55 from approval to sudo it takes one run of the Iru agent and a few seconds, with the service's answer at once", async () => {
  for (const waitMs of [MINUTE_MS, 9 * MINUTE_MS]) {
    const { mac, service, clock, delivery, seconds } = createDesk({ iruRunMs: 8_000 });
    await seconds(2);
    await mac.requestAdmin(alice);
    await clock.advance(waitMs);
    const runs = delivery.runs;
    const approvedAt = clock.now();
    service.approve(10);
    while (!mac.isAdmin("alice") && clock.now() < approvedAt + MINUTE_MS) await clock.advance(250);
    const took = (clock.now() - approvedAt) / SECOND_MS;
    assert.ok(took <= 12, `${took} s`);
    assert.equal(mac.sudo("alice", "whoami").allowed, true);
    assert.equal(delivery.runs, runs + 1);
  }
});
