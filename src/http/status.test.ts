import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import { statusAnswer } from "../wire/device.ts";

let world: HttpWorld;
let mac: TestMac;
let requestId: string;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
  requestId = await mac.asked();
});
afterEach(() => world.running.stop());

interface Poll {
  readonly answer: Promise<Answer>;
  /** The answer if there is one by now. */
  readonly now: () => Promise<Answer | "held">;
}

function poll(query: Readonly<Record<string, number>> = {}, signal?: AbortSignal): Poll {
  const answer = mac.get("/status", { requestId, ...query }, signal === undefined ? {} : { signal });
  return {
    answer,
    async now() {
      await world.settle();
      return Promise.race([answer, Promise.resolve("held" as const)]);
    },
  };
}

const approve = () => world.click(CAST.ben, "hallpass_approve_15", requestId);
const versionOf = async () => (await world.store.loadRequest(requestId))?.version ?? 0;
const statusIn = (answer: Answer | "held") =>
  answer === "held" ? answer : statusAnswer.parse(answer.body).status;

describe("GET /status", () => {
  test("without wait it answers at once", async () => {
    assert.equal(statusIn(await poll().now()), "pending");
    assert.equal(world.service.wake.waiting(), 0);
  });

  test("without since, a held poll answers as soon as the request is no longer pending", async () => {
    const held = poll({ wait: 20 });
    assert.equal(await held.now(), "held");
    assert.equal(world.service.wake.waiting(), 1);
    await approve();
    assert.equal(statusIn(await held.now()), "approved");
    assert.equal(world.clock.now(), CAST.start);
    assert.equal(world.service.wake.waiting(), 0);
  });

  test("with since, it answers as soon as the version differs, and not before", async () => {
    const since = await versionOf();
    const held = poll({ wait: 20, since });
    assert.equal(await held.now(), "held");
    await approve();
    const answer = await held.now();
    assert.notEqual(answer, "held");
    const { version, status } = statusAnswer.parse((answer as Answer).body);
    assert.ok(version > since);
    assert.equal(status, "approved");
  });

  test("with a since of another time, earlier or later, it answers at once", async () => {
    const version = await versionOf();
    for (const since of [0, version - 1, version + 1, 999_999_999]) {
      assert.equal(statusIn(await poll({ wait: 20, since }).now()), "pending", String(since));
    }
  });

  test("it answers after the wait when nothing has changed", async () => {
    const held = poll({ wait: 7 });
    await world.clock.advance(7 * SECOND_MS - 1);
    assert.equal(await held.now(), "held");
    await world.clock.advance(1);
    assert.equal(statusIn(await held.now()), "pending");
    assert.equal(world.service.wake.waiting(), 0);
  });

  test("a heartbeat wakes nobody: it changes no version", async () => {
    await approve();
    await world.settle();
    await mac.arm(requestId);
    await mac.start(requestId);
    await world.settle();
    const held = poll({ wait: 20, since: await versionOf() });
    await mac.beat(requestId);
    assert.equal(await held.now(), "held");
    await world.clock.advance(20 * SECOND_MS);
    assert.equal(statusIn(await held.now()), "active");
  });

  test("L6 what falls due during the wait wakes it", async () => {
    await world.clock.advance(24 * HOUR_MS - 5 * SECOND_MS);
    const held = poll({ wait: 20 });
    assert.equal(await held.now(), "held");
    await world.clock.advance(5 * SECOND_MS);
    assert.equal(statusIn(await held.now()), "expired_unanswered");
  });

  test("many polls of one request all wake", async () => {
    const polls = Array.from({ length: 50 }, () => poll({ wait: 20 }));
    await world.settle();
    assert.equal(world.service.wake.waiting(), 50);
    await approve();
    for (const held of polls) assert.equal(statusIn(await held.now()), "approved");
    assert.equal(world.service.wake.waiting(), 0);
  });

  test("who hangs up leaves nothing behind", async () => {
    const before = world.clock.nextAt();
    const caller = new AbortController();
    const held = poll({ wait: 20 }, caller.signal);
    assert.equal(await held.now(), "held");
    assert.equal(world.service.wake.waiting(), 1);
    caller.abort();
    assert.notEqual(await held.now(), "held");
    assert.equal(world.service.wake.waiting(), 0);
    assert.equal(world.clock.nextAt(), before, "a timer was left behind");
  });

  test("a caller who had hung up before the poll began is not waited for", async () => {
    assert.notEqual(await poll({ wait: 20 }, AbortSignal.abort()).now(), "held");
    assert.equal(world.service.wake.waiting(), 0);
  });

  test("a service that is about to stop answers held polls, and holds no more", async () => {
    const stopping = new AbortController();
    const own = await createHttpWorld({ stopping: stopping.signal, store: world.store });
    const call = () =>
      own.call("GET", `/status?serial=${mac.serial}&requestId=${requestId}&wait=20`, { key: mac.key });
    const held = call();
    await own.settle();
    assert.equal(own.service.wake.waiting(), 1);
    stopping.abort();
    assert.equal(statusIn(await held), "pending");
    assert.equal(statusIn(await call()), "pending");
    assert.equal(own.service.wake.waiting(), 0);
    await own.running.stop();
  });

  test("where held polls are not offered, wait is not obeyed", async () => {
    const own = await createHttpWorld({ macConfig: { longPoll: false }, store: world.store });
    const answer = await own.call("GET", `/status?serial=${mac.serial}&requestId=${requestId}&wait=20`, {
      key: mac.key,
    });
    assert.equal(statusIn(answer), "pending");
    await own.running.stop();
  });

  test("it tells when to ask again: fast for 15 min, every 5 min to 1 h, then hourly", async () => {
    const seconds = async () => statusAnswer.parse((await poll().answer).body).nextPollSeconds;
    assert.equal(await seconds(), 20);
    await world.clock.advance(15 * MINUTE_MS - 1);
    assert.equal(await seconds(), 20);
    await world.clock.advance(1);
    assert.equal(await seconds(), 300);
    await world.clock.advance(45 * MINUTE_MS);
    assert.equal(await seconds(), 3600);
  });

  test("it follows the whole life, with what each state has to tell", async () => {
    const read = async () => {
      const {
        version: _version,
        message: _message,
        ...rest
      } = statusAnswer.parse((await poll().answer).body);
      return rest;
    };
    const elevationEnd = new Date(CAST.start + 15 * MINUTE_MS).toISOString();
    world.mdm.failNext({ call: "changeTags", kind: "retryable", times: 1 });
    await approve();
    await world.settle();
    assert.deepEqual(await read(), {
      status: "approved",
      approvedMinutes: 15,
      signal: "pending",
      nextPollSeconds: 5,
    });
    await world.clock.advance(10 * SECOND_MS);
    assert.deepEqual(await read(), {
      status: "approved",
      approvedMinutes: 15,
      signal: "set",
      nextPollSeconds: 20,
    });
    await mac.arm(requestId);
    assert.deepEqual(await read(), { status: "arming", approvedMinutes: 15, nextPollSeconds: 5 });
    await mac.start(requestId);
    const end = new Date(world.clock.now() + 15 * MINUTE_MS).toISOString();
    assert.notEqual(end, elevationEnd, "the minutes count from the start");
    await world.clock.advance(MINUTE_MS);
    assert.deepEqual(await read(), {
      status: "active",
      approvedMinutes: 15,
      elevationEnd: end,
      remainingSeconds: 840,
      nextPollSeconds: 60,
    });
    await world.click(CAST.carla, "hallpass_revoke", requestId);
    assert.deepEqual(await read(), {
      status: "ending",
      endReason: "revoked",
      approvedMinutes: 15,
      elevationEnd: end,
      nextPollSeconds: 10,
    });
    const { body } = await mac.removed(requestId);
    mac.key = String(body["nextKey"]);
    assert.deepEqual(await read(), {
      status: "ended",
      endReason: "revoked",
      approvedMinutes: 15,
      elevationEnd: end,
      nextPollSeconds: 3600,
    });
  });
});
