import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";
import { problemResponse } from "./testing/scripted-service.ts";

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

test("L4 a restart of the Mac ends the session: the rights go before anything else", async () => {
  const { mac, service, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(30);
  service.setFault(() => new Response("<html>", { status: 502 }));
  mac.reboot();
  await seconds(41);
  assert.equal(mac.isAdmin("alice"), false, "without the service's word");
  service.setFault(undefined);
  await seconds(90);
  assert.equal(request.status, "ended");
  assert.ok(reported("exit").includes("this Mac was restarted during the session"));
});

test("a waiting request survives a restart of the Mac", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(2);
  mac.reboot();
  await seconds(60);
  service.approve(10);
  await seconds(30);
  assert.equal(mac.isAdmin("alice"), true);
});

test("the agent killed in a session starts again, reports it, keeps the deadline and ends on time", async () => {
  const { mac, clock, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(10);
  await seconds(60);
  mac.attack.killAgent();
  await seconds(15);
  assert.equal(mac.isAdmin("alice"), true);
  assert.match(reported("tampered").join("\n"), /started again during the session/);
  await clock.advanceTo((request.endsAt as number) + 1_000);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  assert.equal(request.status, "ended");
});

test("L4 L5 the agent killed again and again around the end: the rights go all the same", async () => {
  const { mac, clock, seconds, elevate } = createDesk();
  const { request } = await elevate(10);
  await clock.advanceTo((request.endsAt as number) - 30_000);
  for (let round = 0; round < 40; round += 1) {
    mac.attack.killAgent();
    await clock.advance(1_700);
  }
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(request.status, "ended");
});

test("L1 L3 the agent killed at any moment of the grant leaves no rights behind without a session", async () => {
  let wasKilled = true;
  for (let moment = 1; wasKilled; moment += 1) {
    wasKilled = false;
    const { mac, service, seconds } = createDesk({ iruRunMs: 1_000 });
    await seconds(2);
    await mac.requestAdmin(alice);
    await seconds(1);
    const request = service.approve(10);
    let changes = 0;
    mac.onChange(() => {
      if (request.status === "active" || (changes += 1) !== moment) return;
      wasKilled = true;
      mac.attack.killAgent();
    });
    await seconds(45);
    const where = `killed at change ${moment}: ${request.status}`;
    assert.equal(mac.isAdmin("alice"), request.status === "active", where);
    assert.ok(["active", "ended"].includes(request.status), where);
  }
});

test("L15 a stopped agent shows as a gap that sleep does not explain", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  await elevate(30);
  mac.attack.stopAgent();
  await seconds(60);
  mac.attack.resumeAgent();
  await seconds(10);
  assert.match(reported("tampered").join("\n"), /did not run for 6\d s while the Mac was awake/);
});

test("L4 stopped over the deadline, the agent takes the rights in its first second back", async () => {
  const { mac, seconds, minutes, elevate } = createDesk();
  await elevate(10);
  mac.attack.stopAgent();
  await minutes(20);
  assert.equal(mac.isAdmin("alice"), true);
  mac.attack.resumeAgent();
  await seconds(1);
  assert.equal(mac.isAdmin("alice"), false);
});

test("the record deleted in a session: rights away, reported, told to the service", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(30);
  mac.attack.deleteRecord();
  await seconds(2);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  assert.equal(request.endReason, "tampered");
  assert.match(reported("tampered").join("\n"), /record was deleted/);
});

test("the record edited in a session, such as for a later deadline, ends it", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  await elevate(10);
  mac.attack.editRecord((record) =>
    record.replace(/"continuousSeconds":\d+/, '"continuousSeconds":99999999'),
  );
  await seconds(2);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  assert.match(reported("tampered").join("\n"), /record was changed/);
});

test("L4 the record edited while no agent runs cannot make a session longer than it was", async () => {
  const { mac, seconds, clock, elevate } = createDesk();
  const { request } = await elevate(10);
  await seconds(400);
  mac.attack.killAgent();
  mac.attack.editRecord((record) =>
    record.replace(/"continuousSeconds":\d+/g, '"continuousSeconds":99999999'),
  );
  await clock.advanceTo((request.endsAt as number) + 2_000);
  assert.equal(mac.isAdmin("alice"), false, "the service's remaining time shortens it");
});

test("record and agent gone together: the service's word brings the rights away and closes the log", async () => {
  for (const damage of ["deleted", "scribbled"] as const) {
    const { mac, service, seconds, elevate, reported } = createDesk();
    const { request } = await elevate(30);
    mac.sudo("alice", "/bin/ls");
    await seconds(10);
    mac.attack.killAgent();
    if (damage === "deleted") mac.attack.deleteRecord();
    else mac.attack.editRecord(() => "{");
    await seconds(60);
    assert.equal(mac.isAdmin("alice"), false);
    assert.equal(request.status, "ended");
    assert.equal(request.endReason, "tampered");
    assert.match(reported("tampered").join("\n"), /record of the session was lost/);
    assert.equal(service.chunks.at(-1)?.final, true);
    assert.match(service.logLines().at(-1) ?? "", /record of this session was lost/);
    assert.deepEqual(mac.condition().admins, ["root", "itadmin"]);
  }
});

test("a disk that takes no record gives no rights, and in a session takes them", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  service.approve(10);
  await seconds(4);
  mac.attack.fault({ recordUnwritable: true });
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);

  const other = createDesk();
  const { request } = await other.elevate(30);
  other.mac.attack.fault({ recordUnwritable: true });
  await other.seconds(30);
  assert.equal(other.mac.isAdmin("alice"), false, "as soon as a save fails");
  other.mac.attack.fault({ recordUnwritable: false });
  await other.seconds(60);
  assert.equal(request.status, "ended");
});

test("L3 L4 a record that cannot be read for a moment when the agent starts is not taken for a missing one", async () => {
  const { mac, service, clock, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(10);
  service.setFault(() => new Response("<html>", { status: 502 }));
  mac.attack.fault({ recordUnreadable: true });
  mac.attack.killAgent();
  await seconds(8);
  assert.equal(mac.isAdmin("alice"), true);
  mac.attack.fault({ recordUnreadable: false });
  service.setFault(undefined);
  await clock.advanceTo((request.endsAt as number) + 1_000);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  assert.equal(request.endReason, "expired");
  assert.doesNotMatch(reported("tampered").join("\n"), /lost|deleted/);
});

test("L5 one that stays unreadable does not keep the agent from starting: the service has its session ended", async () => {
  const { mac, seconds, elevate } = createDesk();
  const { request } = await elevate(10);
  mac.attack.fault({ recordUnreadable: true });
  mac.attack.killAgent();
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  mac.attack.fault({ recordUnreadable: false });
  await seconds(60);
  assert.equal(request.status, "ended");
});

test("L4 L5 nor does one that can neither be read nor written: the rights go by the service's word", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(10);
  mac.attack.fault({ recordUnreadable: true, recordUnwritable: true });
  mac.attack.killAgent();
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
});

test("the key is renewed after each session, the old one gone with the new one's first use", async () => {
  const { service, mac, minutes, elevate, seconds } = createDesk();
  await elevate(5);
  const first = service.seen("/start")[0]?.key;
  await minutes(6);
  await seconds(20);
  assert.equal((await mac.requestAdmin(alice)).ok, true);
  const second = service.seen("/request").at(-1)?.key;
  assert.notEqual(second, first);
  assert.equal(second, service.keys.current);
  assert.ok(service.calls.every(({ status }) => status !== 401));
});

test("a renewed key that was never taken is no loss: the old one still is", async () => {
  const { service, mac, minutes, elevate } = createDesk();
  await elevate(5);
  const old = service.keys.current;
  const handle = service.handle;
  service.handle = async (request) => {
    const response = await handle(request);
    delete service.keys.next;
    return response;
  };
  await minutes(7);
  assert.equal((await mac.requestAdmin(alice)).ok, true);
  assert.equal(service.seen("/request").at(-1)?.key, old);
});

test("a Mac that may not enrol says so and asks again later", async () => {
  const { service, mac, seconds, minutes } = createDesk();
  service.refuseEnrollment();
  await seconds(5);
  const answer = await mac.requestAdmin(alice);
  assert.equal(answer.ok, false);
  assert.match(answer.text, /not connected/);
  await minutes(10);
  const tries = service.seen("/enroll").length;
  assert.ok(tries >= 4 && tries <= 12, `${tries} tries in 10 minutes`);
});

test("after a session the agent starts afresh", async () => {
  const { mac, minutes, elevate } = createDesk();
  await elevate(5);
  assert.equal(mac.agentStarts(), 1);
  await minutes(6);
  assert.equal(mac.agentStarts(), 2);
});

test("L5 rights that cannot be taken away are tried every second, reported, and never called gone", async () => {
  const { mac, service, seconds, elevate, reported, told } = createDesk();
  const { request } = await elevate(30);
  mac.attack.fault({ removalFails: true });
  service.change(request, { status: "ending", endReason: "revoked" });
  await seconds(90);
  assert.equal(service.seen("/removed").length, 0);
  assert.match(reported("still_admin").join("\n"), /alice is still an administrator \d+ s after the end/);
  assert.ok(told(501).every((text) => !text.includes("standard user again")));
  mac.attack.fault({ removalFails: false });
  await seconds(20);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(request.status, "ended");
});

test("a directory that cannot be read is no proof", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  mac.attack.fault({ directoryUnreadable: true });
  await mac.done("alice");
  await seconds(60);
  assert.equal(service.seen("/removed").length, 0);
  assert.equal(mac.isAdmin("alice"), false, "taken away blindly all the same");
  mac.attack.fault({ directoryUnreadable: false });
  await seconds(30);
  assert.equal(request.status, "ended");
});

test("L16 a request that is refused leaves somebody else's session alone", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(30);
  service.setFault((path) => (path === "/request" ? problemResponse(400, "No.") : undefined));
  const answer = await mac.requestAdmin({ ...alice, user: "bob" });
  assert.equal(answer.ok, false);
  await seconds(20);
  assert.equal(mac.isDropInThere(), true);
  assert.equal(mac.isAdmin("alice"), true);
});

test("L4 L5 an agent that cannot read its keychain takes the rights away on time, and says so when it can", async () => {
  const { mac, seconds, minutes, elevate, reported } = createDesk();
  const { request } = await elevate(5);
  mac.attack.fault({ keychainUnreadable: true });
  mac.attack.killAgent();
  await minutes(6);
  assert.equal(mac.condition().isAgentRunning, true);
  assert.equal(mac.isAdmin("alice"), false);
  mac.attack.fault({ keychainUnreadable: false });
  await seconds(90);
  assert.equal(request.status, "ended");
  assert.deepEqual(reported("device_error"), ["the keychain could not be read"]);
});

test("a keychain that cannot be written keeps the old key, and the next session is as any other", async () => {
  const { mac, seconds, elevate, reported, service } = createDesk();
  await elevate(5);
  mac.attack.fault({ keychainUnwritable: true });
  await mac.done("alice");
  await seconds(60);
  assert.deepEqual(reported("device_error"), ["the keychain could not be written"]);
  const { request } = await elevate(5);
  assert.deepEqual([request.status, mac.isAdmin("alice")], ["active", true]);
  assert.equal(service.seen("/enroll").length, 1);
});
