import assert from "node:assert/strict";
import test from "node:test";
import { ALICE, BOB, createDesk } from "./testing/desk.ts";

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

test("W56 L1 L4 L8 a session: asked, approved, granted, watched, ended by the Mac on time, proven", async () => {
  const { mac, service, told, seconds, minutes, elevate, clock } = createDesk();
  assert.equal(mac.sudo("alice", "whoami").allowed, false);
  const { answer, request } = await elevate(10);
  assert.equal(answer.ok, true);
  assert.equal(request.status, "active");
  assert.equal(mac.isAdmin("alice"), true);
  assert.equal(mac.sudo("alice", "whoami").output, "root");
  const { view } = mac.menuBar();
  assert.equal(view.state, "admin");
  await minutes(9);
  const endsAt = request.endsAt as number;
  await clock.advanceTo(endsAt - 1);
  assert.equal(mac.isAdmin("alice"), true, "the whole time that was promised");
  await seconds(1.001);
  assert.equal(mac.isAdmin("alice"), false);
  await seconds(30);
  assert.equal(request.status, "ended");
  assert.equal(request.endReason, "expired");
  assert.equal(mac.menuBar().view.state, "idle");
  assert.deepEqual(told(501), [
    "IT approved 10 minutes. Your Mac is getting ready.",
    "You are an administrator until 09:43 (10 minutes).",
    "Your administrator rights end in 5 minutes. Save your work.",
    "Your time is over. You are a standard user again.",
  ]);
  const removed = service.seen("/removed");
  assert.equal(removed.length, 1);
  const { granted, verified, reason } = (removed[0]?.body ?? {}) as Record<string, unknown>;
  assert.deepEqual({ granted, verified, reason }, { granted: true, verified: true, reason: "expired" });
});

test("L3 the record with its deadline is on disk before the rights are given", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  let recordAtGrant: string | undefined;
  let wasAdminBefore = false;
  mac.onChange(() => {
    if (!wasAdminBefore && mac.isAdmin("alice")) recordAtGrant = mac.record();
    wasAdminBefore ||= mac.isAdmin("alice");
  });
  service.approve(10);
  await seconds(20);
  const { session } = JSON.parse(recordAtGrant ?? "{}") as {
    session?: { deadline?: object; armId?: string };
  };
  assert.ok(session?.deadline !== undefined);
  assert.equal(session.armId, ((service.seen("/arm")[0]?.body ?? {}) as { armId?: string }).armId);
});

test("W19 L8 L15 commands leave the Mac while the session runs; the chain ends with the session", async () => {
  const { mac, service, seconds, minutes, elevate } = createDesk();
  await elevate(10);
  mac.sudo("alice", "/bin/ls /private");
  mac.sudo("bob", "/bin/cat diary");
  mac.sudo("alice", "/usr/bin/env DB_PASSWORD=hunter2 /bin/true");
  await seconds(10);
  assert.match(
    service.logLines()[0] ?? "",
    /^\[session of alice \(uid 501\) on C02ABCDEFG from .*UTC\+00:00\]$/,
  );
  assert.match(
    service.logLines()[1] ?? "",
    /^Nov 22 \d\d:\d\d:\d\d 2026 : alice : .*COMMAND=\/bin\/ls \/private$/,
  );
  assert.ok(service.logLines().every((line) => !line.includes("diary") && !line.includes("hunter2")));
  assert.ok(service.logLines().some((line) => line.endsWith("DB_PASSWORD=[redacted] /bin/true")));
  assert.equal(
    service.chunks.some(({ final }) => final),
    false,
  );
  await minutes(11);
  assert.deepEqual(
    service.chunks.map(({ final }) => final),
    [...service.chunks.slice(1).map(() => false), true],
  );
  assert.equal(service.logLines().at(-1), "[1 lines of other accounts not shipped]");
});

test("the person's own end: rights first, then the report", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  service.setFault((path) => (path === "/end" ? new Response("down", { status: 502 }) : undefined));
  assert.deepEqual(await mac.done(), { ok: true, text: "Done." });
  await seconds(2);
  assert.equal(mac.isAdmin("alice"), false, "although the service could not be told");
  service.setFault(undefined);
  await seconds(60);
  assert.equal(request.status, "ended");
  assert.equal(request.endReason, "ended_by_user");
  assert.equal((await mac.done("alice")).ok, false);
});

test("a colleague can neither end nor cancel what is not theirs", async () => {
  const { mac, seconds, elevate } = createDesk();
  await elevate(10);
  assert.equal((await mac.done("bob")).ok, false);
  assert.equal((await mac.cancel("bob")).ok, false);
  await seconds(5);
  assert.equal(mac.isAdmin("alice"), true);
});

test("IT's revoke takes the rights within seconds where polls are held, by the heartbeat where not", async () => {
  for (const [longPoll, withinSeconds] of [
    [true, 2],
    [false, 62],
  ] as const) {
    const { mac, service, seconds, elevate, told } = createDesk({ config: { longPoll } });
    const { request } = await elevate(30);
    await seconds(5);
    service.change(request, { status: "ending", endReason: "revoked" });
    await seconds(withinSeconds);
    assert.equal(mac.isAdmin("alice"), false);
    await seconds(30);
    assert.equal(request.status, "ended");
    assert.equal(told(501).at(-1), "IT ended your session. You are a standard user again.");
  }
});

test("W59 denied, cancelled and unanswered requests end with the service's own words", async () => {
  const { mac, service, seconds, told } = createDesk();
  await seconds(2);
  for (const status of ["denied", "expired_unanswered", "lapsed"] as const) {
    await mac.requestAdmin(alice);
    await seconds(1);
    const request = [...service.requests.values()].at(-1);
    assert.ok(request !== undefined);
    service.change(request, { status });
    await seconds(2);
    assert.equal(told(501).at(-1), `It is ${status}.`);
    assert.equal(mac.menuBar().view.state, "idle");
  }
  await mac.requestAdmin(alice);
  await seconds(1);
  assert.equal((await mac.cancel("alice")).ok, true);
  await seconds(2);
  assert.equal([...service.requests.values()].at(-1)?.status, "cancelled");
  assert.equal(mac.menuBar().view.state, "idle");
  assert.equal(service.seen("/arm").length, 0);
});

test("one open request a person; a second person may ask beside it", async () => {
  const { mac, seconds, service } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  assert.deepEqual(await mac.requestAdmin(alice), { ok: false, text: "You already have an open request." });
  assert.equal((await mac.requestAdmin({ ...alice, user: "bob" })).ok, true);
  assert.deepEqual(
    [...service.requests.values()].map(({ username }) => username),
    ["alice", "bob"],
  );
});

test("L16 who is admin already, by whatever path, is refused before the service is asked", async () => {
  for (const [make, words] of [
    ["addSecondAdmin", "by name"],
    ["addAdminByGuidOnly", "by GeneratedUID"],
    ["nestGroup", "through nested group"],
    ["setPrimaryGroupAdmin", "by primary group"],
  ] as const) {
    const { mac, seconds, service } = createDesk();
    if (make === "nestGroup") mac.attack.nestGroup(["bob"]);
    else mac.attack[make]("bob");
    await seconds(2);
    const answer = await mac.requestAdmin({ ...alice, user: "bob" });
    assert.equal(answer.ok, false);
    assert.match(answer.text, new RegExp(`already: .*${words}`));
    assert.equal(service.seen("/request").length, 0);
    assert.equal(mac.isAdmin("bob"), true, "and stays what they were");
  }
});

test("L16 who became admin in another way after asking is refused before /arm, and stays admin", async () => {
  const { mac, service, seconds, told } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  mac.attack.addSecondAdmin("alice");
  await seconds(2);
  const request = service.approve(10);
  await seconds(30);
  assert.equal(service.seen("/arm").length, 0);
  assert.equal(request.status, "cancelled");
  assert.equal(mac.isAdmin("alice"), true);
  assert.match(told(501).at(-1) ?? "", /already an administrator/);
});

test("L1 the service's no at /arm gives nothing", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  const request = service.approve(10);
  service.setFault((path) => {
    if (path === "/arm") request.status = "cancelled";
    return undefined;
  });
  await seconds(60);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(mac.menuBar().view.state, "idle");
  assert.equal(mac.condition().isPrivilegesUnlocked, false, "the app is locked again");
});

test("L1 an answer to /arm that was lost is asked for again with the same armId", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  const request = service.approve(10);
  let lost = 0;
  const handle = service.handle;
  service.handle = async (httpRequest) => {
    const response = await handle(httpRequest);
    if (!httpRequest.url.endsWith("/arm") || (lost += 1) > 2) return response;
    return new Response("<html>gateway</html>", { status: 502 });
  };
  await seconds(40);
  assert.equal(request.status, "active");
  const armIds = service.seen("/arm").map(({ body }) => (body as { armId: string }).armId);
  assert.equal(armIds.length, 3);
  assert.equal(new Set(armIds).size, 1);
});

test("W3 L1 a refused or silent /start takes the rights away", async () => {
  for (const fault of [409, 0] as const) {
    const { mac, service, seconds } = createDesk();
    await seconds(2);
    await mac.requestAdmin(alice);
    await seconds(1);
    const request = service.approve(10);
    service.setFault((path) => {
      if (path !== "/start") return undefined;
      if (fault === 0) return new Response("<html>", { status: 200 });
      request.status = "ending";
      return undefined;
    });
    await seconds(15);
    if (fault === 409) assert.equal(mac.isAdmin("alice"), false, "a no is obeyed at once");
    await seconds(50);
    assert.equal(mac.isAdmin("alice"), false);
    assert.equal(request.status, "ended");
  }
});

test("the identity is uid and GeneratedUID: a uid that changed hands gets nothing", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin(alice);
  await seconds(1);
  const request = service.approve(10);
  mac.attack.renameAccount("alice", "alice.smith");
  await seconds(30);
  assert.equal(request.status, "active", "a rename changes nothing");
  assert.equal(mac.isAdmin("alice.smith"), true);

  const other = createDesk({ users: [ALICE, BOB] });
  await other.seconds(2);
  await other.mac.requestAdmin(alice);
  await other.seconds(1);
  const taken = other.service.approve(10);
  other.mac.attack.giveUidTo("alice", "mallory");
  await other.seconds(30);
  assert.equal(other.service.seen("/arm").length, 0);
  assert.equal(other.mac.isAdmin("mallory"), false);
  assert.equal(taken.status, "cancelled");
});

test("a Mac without a request is quiet: no polls, no work", async () => {
  const { service, minutes, delivery } = createDesk();
  await minutes(5);
  const { length } = service.calls;
  await minutes(24 * 60);
  assert.equal(service.calls.length, length);
  assert.equal(delivery.runs, 96, "the Iru agent's own check-ins and no more");
});

test("a session of five minutes warns one minute before its end", async () => {
  const { told, seconds, elevate, clock } = createDesk();
  const { request } = await elevate(5);
  await clock.advanceTo((request.endsAt as number) - 61_000);
  assert.equal(told(501).length, 2);
  await seconds(2);
  assert.equal(told(501).at(-1), "Your administrator rights end in 1 minute. Save your work.");
});
