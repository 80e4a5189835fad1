import assert from "node:assert/strict";
import { FIRST_HASH } from "../../src/wire/device.ts";
import { type Answer, CAST, type CallOptions, type HttpWorld } from "./http-world.ts";

/** The body of a good `POST /request`, without its serial. */
export const ASK = {
  hostname: "Anna’s MacBook Pro",
  username: "anna",
  uid: 501,
  generatedUid: CAST.annaUid,
  reason: "install a compiler",
  category: "install",
  durationMinutes: 15,
  email: "anna@example.com",
} as const;

export const ARM_ID = "0a000000-0000-4000-8000-000000000001";
export const OTHER_ARM_ID = "0a000000-0000-4000-8000-000000000002";

/** A Mac that speaks to the service with its own key. */
export interface TestMac {
  readonly serial: string;
  key: string;
  /** Posts `body` with this Mac's serial in it. */
  post(path: string, body: Readonly<Record<string, unknown>>, options?: CallOptions): Promise<Answer>;
  get(
    path: string,
    query?: Readonly<Record<string, string | number>>,
    options?: CallOptions,
  ): Promise<Answer>;
  /** Asks with a good body, changed by `change`. */
  ask(change?: Readonly<Record<string, unknown>>, idempotencyKey?: string): Promise<Answer>;
  /** Asks, and lets the world find out who is asking; answers the request's id. */
  asked(change?: Readonly<Record<string, unknown>>): Promise<string>;
  /** A request that Ben has approved. */
  approved(change?: Readonly<Record<string, unknown>>): Promise<string>;
  arm(requestId: string, change?: Readonly<Record<string, unknown>>): Promise<Answer>;
  start(requestId: string, change?: Readonly<Record<string, unknown>>): Promise<Answer>;
  /** A session that has begun. */
  active(change?: Readonly<Record<string, unknown>>): Promise<string>;
  removed(requestId: string, change?: Readonly<Record<string, unknown>>): Promise<Answer>;
  log(requestId: string, change?: Readonly<Record<string, unknown>>): Promise<Answer>;
  beat(requestId: string, change?: Readonly<Record<string, unknown>>): Promise<Answer>;
}

/** Enrols a Mac and gives it its key. */
export async function enrolledMac(world: HttpWorld, serial: string = CAST.serial): Promise<TestMac> {
  const headers = { "x-enrollment-token": CAST.token };
  const { status, body } = await world.call("POST", "/enroll", { body: { serial }, headers });
  assert.equal(status, 201);
  return macWithKey(world, serial, String(body["deviceKey"]));
}

const time = (at: number) => new Date(at).toISOString();

/** A Mac whose key is known already. */
export function macWithKey(world: HttpWorld, serial: string, key: string): TestMac {
  let asks = 0;

  const mac: TestMac = {
    serial,
    key,
    post: (path, body, options) =>
      world.call("POST", path, { key: mac.key, body: { serial, ...body }, ...options }),
    get(path, query = {}, options = {}) {
      const search = new URLSearchParams({ serial, ...mapText(query) }).toString();
      return world.call("GET", `${path}?${search}`, { key: mac.key, ...options });
    },
    ask(change = {}, idempotencyKey = `ask-${serial}-${(asks += 1)}`) {
      return mac.post("/request", { ...ASK, ...change }, { headers: { "idempotency-key": idempotencyKey } });
    },
    async asked(change) {
      const { status, body } = await mac.ask(change);
      assert.equal(status, 201);
      await world.settle();
      return String(body["requestId"]);
    },
    async approved(change) {
      const requestId = await mac.asked(change);
      await world.click(CAST.ben, "hallpass_approve_15", requestId);
      await world.settle();
      return requestId;
    },
    arm: (requestId, change) => mac.post("/arm", { ...armBody(requestId), ...change }),
    start: (requestId, change) => mac.post("/start", { ...startBody(world, requestId), ...change }),
    async active(change) {
      const requestId = await mac.approved(change);
      assert.equal((await mac.arm(requestId)).status, 200);
      assert.equal((await mac.start(requestId)).status, 200);
      await world.settle();
      return requestId;
    },
    removed: (requestId, change) => mac.post("/removed", { ...removedBody(world, requestId), ...change }),
    log: (requestId, change) => mac.post("/log", { ...logBody(requestId), ...change }),
    beat: (requestId, change) => mac.post("/beat", { ...beatBody(requestId), ...change }),
  };
  return mac;
}

function mapText(query: Readonly<Record<string, string | number>>): Record<string, string> {
  return Object.fromEntries(Object.entries(query).map(([name, value]) => [name, String(value)]));
}

export const armBody = (requestId: string) => ({
  requestId,
  armId: ARM_ID,
  uid: ASK.uid,
  generatedUid: ASK.generatedUid,
  baseline: { admins: ["root"], sudoers: "0".repeat(64) },
});

export const startBody = (world: HttpWorld, requestId: string) => ({
  requestId,
  armId: ARM_ID,
  elevatedAt: time(world.clock.now()),
});

export const removedBody = (world: HttpWorld, requestId: string) => ({
  requestId,
  armId: ARM_ID,
  granted: true,
  verified: true,
  reason: "ended_by_user",
  removedAt: time(world.clock.now()),
});

export const logBody = (requestId: string) => ({
  requestId,
  seq: 0,
  previousHash: FIRST_HASH,
  lines: ["anna : TTY=ttys001 ; PWD=/ ; USER=root ; COMMAND=/usr/bin/id"],
  final: false,
});

export const beatBody = (requestId: string) => ({
  requestId,
  bootSession: "0b000000-0000-4000-8000-000000000001",
  continuousSeconds: 12.5,
  admin: true,
  logSeq: 0,
  agentSha256: "ab".repeat(32),
});

export const reportBody = (at: number) => ({
  reportId: "0c000000-0000-4000-8000-000000000001",
  kind: "drift",
  at: time(at),
  items: ["/etc/hosts changed"],
});

export const networkLossBody = (world: HttpWorld, requestId: string) => ({
  requestId,
  lostAt: time(world.clock.now()),
  removedAt: time(world.clock.now()),
});
