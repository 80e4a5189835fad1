import assert from "node:assert/strict";
import test from "node:test";
import { SECOND_MS } from "../../core/time.ts";
import { createDesk } from "./testing/desk.ts";

/** A service that says to every call, or to some, that it wants to be called again later. */

const alice = { user: "alice", reason: "install Docker", category: "install", minutes: 10 } as const;

/** From now on calls to paths that `fits` holds for are refused with this wish; answers when they came, by path. */
function refuse(desk: ReturnType<typeof createDesk>, wishSeconds: number, fits = (_path: string) => true) {
  const came = new Map<string, number[]>();
  desk.service.setFault((path) => {
    if (!fits(path)) return undefined;
    came.set(path, [...(came.get(path) ?? []), desk.clock.now() / SECOND_MS]);
    const body = { type: "about:blank", title: "Too many calls", status: 429, detail: "Later, please." };
    const headers = { "content-type": "application/problem+json", "retry-after": String(wishSeconds) };
    return Response.json(body, { status: 429, headers });
  });
  return came;
}

/** Each call keeps to the wish by itself: it came again, and never sooner. */
function assertKept(
  came: ReadonlyMap<string, readonly number[]>,
  wishSeconds: number,
  paths: readonly string[],
) {
  assert.deepEqual([...came.keys()].toSorted(), paths);
  for (const [path, times] of came) {
    assert.ok(times.length >= 2, `${path} came ${times.length} times`);
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    assert.ok(Math.min(...pauses) >= wishSeconds, `${path} came again after ${pauses.join(", ")} s`);
  }
}

test("W53 L9 in a session every call keeps to the service's wish, and after three minutes of it the rights are gone", async () => {
  const desk = createDesk();
  const { mac, seconds, elevate } = desk;
  const { request } = await elevate(10);
  mac.sudo("alice", "/bin/echo one");
  const came = refuse(desk, 40);
  await seconds(150);
  assert.equal(mac.isAdmin("alice"), true, "to be told to wait is no loss of the service");
  assertKept(came, 40, ["/beat", "/log", "/status"]);
  await seconds(90);
  assert.equal(mac.isAdmin("alice"), false, "nobody says that the session goes on");
  desk.service.setFault(undefined);
  await seconds(120);
  assert.equal(request.status, "ended");
});

test("W53 enrolling, asking and taking up keep to the service's wish, and come to their end after it", async () => {
  const desk = createDesk();
  const { mac, service, seconds } = desk;
  const atFirst = refuse(desk, 20);
  await seconds(50);
  assertKept(atFirst, 20, ["/enroll"]);
  const unknown = refuse(desk, 20, (path) => path === "/mac");
  await seconds(80);
  assertKept(unknown, 20, ["/mac"]);
  const asking = refuse(desk, 20, (path) => path === "/request");
  await seconds(30);
  void mac.requestAdmin(alice);
  await seconds(50);
  assertKept(asking, 20, ["/request"]);
  const takingUp = refuse(desk, 12, (path) => path === "/arm");
  await seconds(25);
  const request = service.approve(10);
  await seconds(30);
  assertKept(takingUp, 12, ["/arm"]);
  const starting = refuse(desk, 12, (path) => path === "/start");
  for (let waited = 0; waited < 180 && (starting.get("/start")?.length ?? 0) < 2; waited += 1)
    await seconds(1);
  assertKept(starting, 12, ["/start"]);
  service.setFault(undefined);
  await seconds(20);
  assert.equal(request.status, "active");
});
