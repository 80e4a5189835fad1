import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";
import { problemResponse } from "./testing/scripted-service.ts";

const END_GONE = "You are a standard user again.";

test("W57 no network at all: the rights go after 3 looks over 10 s, and the service hears of it later", async () => {
  const { mac, service, seconds, elevate, told } = createDesk();
  const { request } = await elevate(30);
  mac.setNetwork("off");
  await seconds(9);
  assert.equal(mac.isAdmin("alice"), true, "one lost probe ends nothing (a roam, a VPN, a proxy)");
  await seconds(10);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(told(501).at(-1), `The network or the service could not be reached. ${END_GONE}`);
  assert.equal(service.seen("/revoke-network-loss").length, 0);
  mac.setNetwork("on");
  await seconds(90);
  assert.equal(service.seen("/revoke-network-loss").length, 1);
  assert.equal(request.status, "ended");
  assert.equal(request.endReason, "network_loss");
  assert.equal(service.chunks.at(-1)?.final, true, "the log came late, but whole");
});

test("W57 a network that is gone for some seconds ends nothing, however often: a roam, a VPN, a closed lid", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  for (let round = 0; round < 10; round += 1) {
    mac.setNetwork("off");
    await seconds(8);
    mac.setNetwork("on");
    await seconds(15);
    assert.equal(mac.isAdmin("alice"), true, `round ${round}`);
  }
  mac.closeLid();
  await seconds(60);
  mac.openLid();
  await seconds(15);
  assert.equal(mac.isAdmin("alice"), true);
  assert.deepEqual([request.status, service.seen("/revoke-network-loss").length], ["active", 0]);
});

test("a black hole is no network either", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(30);
  mac.setNetwork("black_hole");
  await seconds(45);
  assert.equal(mac.isAdmin("alice"), false);
});

test("W1 offline, a re-elevation through Privileges is stripped within a second, for hours if need be", async () => {
  const { mac, service, seconds, minutes, elevate, reported } = createDesk();
  await elevate(30);
  mac.setNetwork("off");
  await seconds(30);
  assert.equal(mac.condition().isPrivilegesUnlocked, true, "the profile cannot be removed while offline");
  for (let hour = 0; hour < 3; hour += 1) {
    for (let round = 0; round < 3; round += 1) {
      assert.match(mac.attack.elevateThroughPrivileges(), /now has administrator privileges/);
      await seconds(1);
      assert.equal(mac.isAdmin("alice"), false);
    }
    await minutes(2);
  }
  mac.setNetwork("on");
  await minutes(3);
  assert.ok(reported("drift").some((item) => item.includes("alice")));
  assert.ok(service.reports.filter(({ kind }) => kind === "drift").length <= 4, "but not a report a second");
  assert.equal(mac.condition().isPrivilegesUnlocked, false, "the locking profile is fetched at once");
  assert.match(mac.attack.elevateThroughPrivileges(), /restricted/);
});

test("the service alone silent, the probe fine: an outage, and the rights go after 3 minutes", async () => {
  for (const make of ["service_blocked", "captive_page"] as const) {
    const { mac, seconds, elevate, reported } = createDesk();
    await elevate(30);
    mac.setNetwork(make);
    await seconds(150);
    assert.equal(mac.isAdmin("alice"), true, make);
    await seconds(110);
    assert.equal(mac.isAdmin("alice"), false, make);
    mac.setNetwork("on");
    await seconds(90);
    assert.ok(reported("exit").some((item) => item.includes("did not say for 3 minutes")));
  }
});

test("what is not surely the service's own word is no answer: redirects, HTML, a stranger's 403", async () => {
  for (const answer of [
    () => new Response(null, { status: 302, headers: { location: "https://login.example" } }),
    () => new Response("<html>Forbidden</html>", { status: 403, headers: { "content-type": "text/html" } }),
    () => new Response("<html>hello</html>", { status: 200, headers: { "content-type": "text/html" } }),
    () =>
      new Response('{"error":"blocked"}', { status: 403, headers: { "content-type": "application/json" } }),
  ]) {
    const { mac, service, seconds, elevate } = createDesk();
    await elevate(30);
    service.setFault(answer);
    await seconds(120);
    assert.equal(mac.isAdmin("alice"), true, "not revoked at once");
    await seconds(140);
    assert.equal(mac.isAdmin("alice"), false, "an outage after 3 minutes");
  }
});

test("the service's own 401 or 403 revokes at once", async () => {
  for (const status of [401, 403]) {
    const { mac, service, seconds, elevate } = createDesk();
    await elevate(30);
    service.setFault((path) => (path === "/report" ? undefined : problemResponse(status, "no")));
    await seconds(25);
    assert.equal(mac.isAdmin("alice"), false);
  }
});

test("a service that is restarted, or answers 503, for less than 3 minutes ends no session", async () => {
  for (const answer of [() => problemResponse(503, "later"), () => new Response("", { status: 502 })]) {
    const { mac, service, seconds, minutes, elevate } = createDesk();
    await elevate(30);
    for (let restarts = 0; restarts < 3; restarts += 1) {
      service.setFault(answer);
      await seconds(170);
      service.setFault(() => undefined);
      await minutes(2);
    }
    assert.equal(mac.isAdmin("alice"), true);
  }
});

test("L9 a revoke that the service cannot tell, since it says nothing but 429 or 503, is carried out in minutes", async () => {
  for (const status of [429, 503]) {
    // What else is answered says nothing of the session.
    for (const answered of ["", "/report", "/log"]) {
      const { mac, service, seconds, minutes, elevate, reported } = createDesk();
      const { request } = await elevate(30);
      service.setFault((path) => (path === answered ? undefined : problemResponse(status, "no")));
      // The poll that is held comes to its end.
      await seconds(30);
      service.change(request, { status: "ending", endReason: "revoked" });
      assert.equal(mac.isAdmin("alice"), true);
      for (let second = 30; second < 260; second += 10) {
        await seconds(10);
        mac.sudo("alice", "/bin/ls");
      }
      assert.equal(mac.isAdmin("alice"), false);
      service.setFault(() => undefined);
      await minutes(2);
      assert.ok(reported("exit").some((item) => item.includes("did not say for 3 minutes")));
    }
  }
});

test("L4 the Mac ends it on its own clock, while the service answers nothing but 503", async () => {
  const { mac, service, clock, seconds, elevate, told } = createDesk();
  const { request } = await elevate(10);
  await clock.advanceTo((request.endsAt as number) - 170_000);
  service.setFault(() => problemResponse(503, "later"));
  await clock.advanceTo((request.endsAt as number) - 1_500);
  assert.equal(mac.isAdmin("alice"), true);
  await seconds(2);
  assert.equal(mac.isAdmin("alice"), false);
  assert.match(told(501).at(-1) ?? "", /^Your time is over/);
});

test("W57 the probe failing alone means nothing while the service answers", async () => {
  const { mac, minutes, elevate } = createDesk({
    config: { probeUrl: "https://hallpass.example/no-such-page" },
  });
  await elevate(30);
  await minutes(10);
  assert.equal(mac.isAdmin("alice"), true);
});

test("L4 sleep is no silence: a wake drops old samples and allows 30 s, but the deadline comes first", async () => {
  const { mac, seconds, minutes, elevate } = createDesk();
  await elevate(30);
  mac.setNetwork("off");
  await seconds(7);
  mac.closeLid();
  await minutes(5);
  mac.openLid();
  await seconds(25);
  assert.equal(mac.isAdmin("alice"), true, "Wi-Fi may take its time");
  await seconds(20);
  assert.equal(mac.isAdmin("alice"), false);

  const other = createDesk();
  await other.elevate(10);
  other.mac.closeLid();
  await other.minutes(15);
  assert.equal(other.mac.isAdmin("alice"), true, "nothing runs in sleep");
  other.mac.openLid();
  await other.seconds(1);
  assert.equal(other.mac.isAdmin("alice"), false, "the clock of the session ran on");
});

test("a short sleep within the session is survived", async () => {
  const { mac, minutes, seconds, elevate, service } = createDesk();
  const { request } = await elevate(30);
  mac.closeLid();
  await minutes(4);
  mac.openLid();
  await minutes(5);
  assert.equal(mac.isAdmin("alice"), true);
  assert.equal(request.status, "active");
  assert.equal(service.reports.length, 0, "sleep explains the gap");
  await seconds(1);
});

test("L9 killing the agent of a Mac that is cut off buys no time: the silence counts over its restarts", async () => {
  for (const state of ["off", "service_blocked", "service_busy"] as const) {
    const { mac, seconds, elevate } = createDesk();
    await elevate(30);
    await seconds(30);
    mac.setNetwork(state);
    for (let kills = 0; kills < 18; kills += 1) {
      mac.attack.killAgent();
      await seconds(14);
    }
    assert.equal(mac.isAdmin("alice"), false, state);
  }
});

test("L9 an agent that was killed where the service answers goes on with the session", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(30);
  for (let kills = 0; kills < 18; kills += 1) {
    mac.attack.killAgent();
    await seconds(14);
  }
  assert.equal(mac.isAdmin("alice"), true);
});
