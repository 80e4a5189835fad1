import { type HttpWorld } from "./http-world.ts";
import {
  armBody,
  ASK,
  beatBody,
  logBody,
  networkLossBody,
  removedBody,
  reportBody,
  startBody,
} from "./mac.ts";

/** One call of the wire contract, with what a good one looks like. */
export interface DeviceCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** A good body, or query, without the serial. */
  readonly good: (world: HttpWorld, requestId: string) => Readonly<Record<string, unknown>>;
  /** Fields that may be left out. */
  readonly optional: readonly string[];
  readonly namesRequest: boolean;
  /** Values that each field must not have, beside those of every field of its kind. */
  readonly wrong: Readonly<Record<string, readonly unknown[]>>;
}

const REQUEST_ID = ["", "1", "not-a-uuid", "0a000000-0000-4000-8000-00000000000", 7, null, {}, []] as const;
const SERIAL = ["", "short", "C02HALLPASS1234", "c02hallpass1", "C02-ALLPASS1", 7, null, [], {}] as const;
const UUID = ["", "x", "0a000000-0000-4000-8000-00000000000g", 1, null] as const;
const INSTANT = [
  "",
  "now",
  1_700_000_000_000,
  "2026-11-23T10:00:00Z",
  "2026-11-23T10:00:00.000+00:00",
  "2026-13-23T10:00:00.000Z",
  "2026-11-23T25:00:00.000Z",
  null,
] as const;
const UID = [500, 0, -1, 501.5, 2 ** 31, "501", null] as const;
const GENERATED_UID = [
  "",
  "A11A0000-0000-4000-8000-00000000000",
  "a11a0000-0000-4000-8000-000000000001",
  7,
  null,
] as const;
const BOOLEAN = ["true", 1, 0, null, "yes"] as const;
const LINE = ["", " ", "two\nlines", "nul\0", "\u001b[0m", "x".repeat(256), "\ud800", 7, null] as const;

function post(
  path: string,
  good: DeviceCall["good"],
  wrong: DeviceCall["wrong"],
  optional: readonly string[] = [],
): DeviceCall {
  return {
    method: "POST",
    path,
    good,
    wrong: { serial: SERIAL, ...wrong },
    optional,
    namesRequest: path !== "/request",
  };
}

const session = { requestId: REQUEST_ID, armId: UUID };

/** Every call that a Mac makes with its key. */
export const DEVICE_CALLS: readonly DeviceCall[] = [
  {
    method: "GET",
    path: "/mac",
    good: () => ({}),
    wrong: { serial: SERIAL },
    optional: [],
    namesRequest: false,
  },
  {
    method: "GET",
    path: "/status",
    good: (_world, requestId) => ({ requestId, since: 0, wait: 0 }),
    wrong: {
      serial: SERIAL,
      requestId: REQUEST_ID,
      since: ["", "-1", "x", "1.5", "1e3", " 1", "9999999999"],
      wait: ["", "-1", "21", "x", "20.5", "١"],
    },
    optional: ["since", "wait"],
    namesRequest: true,
  },
  post(
    "/request",
    () => ASK,
    {
      hostname: LINE,
      username: LINE,
      uid: UID,
      generatedUid: GENERATED_UID,
      reason: ["", "  ", "\n", "x".repeat(501), "nul\0", "\udc00", 7, null],
      category: ["", "Install", "everything", 7, null],
      durationMinutes: [0, 1, 7, 20, 31, 60, -5, 5.5, "15", null],
      email: ["", "anna", "anna@", "@example.com", "a b@example.com", `${"x".repeat(250)}@x.de`, 7, null],
    },
    ["email"],
  ),
  post("/cancel", (_world, requestId) => ({ requestId }), { requestId: REQUEST_ID }),
  post("/arm", (_world, requestId) => armBody(requestId), {
    ...session,
    uid: UID,
    generatedUid: GENERATED_UID,
    baseline: ["", 7, null, [], { big: "x".repeat(64 * 1024) }, { big: "é".repeat(32 * 1024) }],
  }),
  post("/start", (world, requestId) => startBody(world, requestId), { ...session, elevatedAt: INSTANT }),
  post("/beat", (_world, requestId) => beatBody(requestId), {
    requestId: REQUEST_ID,
    bootSession: UUID,
    continuousSeconds: [-1, 1e11, "12", null],
    admin: BOOLEAN,
    logSeq: [-1, 1.5, 1e10, "0", null],
    agentSha256: ["", "AB".repeat(32), "ab".repeat(31), 7, null],
  }),
  post("/end", (_world, requestId) => ({ requestId }), { requestId: REQUEST_ID }),
  post("/revoke-network-loss", (world, requestId) => networkLossBody(world, requestId), {
    requestId: REQUEST_ID,
    lostAt: INSTANT,
    removedAt: INSTANT,
  }),
  post("/removed", (world, requestId) => removedBody(world, requestId), {
    ...session,
    granted: BOOLEAN,
    verified: BOOLEAN,
    reason: ["", "because", "Expired", 7, null],
    removedAt: INSTANT,
  }),
  post("/log", (_world, requestId) => logBody(requestId), {
    requestId: REQUEST_ID,
    seq: [-1, 0.5, 1e7, "0", null],
    previousHash: ["", "0".repeat(63), "G".repeat(64), "A".repeat(64), 7, null],
    lines: ["", {}, null, [7], [null], ["a\rb"], ["a\nb"], ["a\0b"], ["\ud800"], ["x".repeat(16_385)]],
    final: BOOLEAN,
  }),
  {
    ...post("/report", (world, requestId) => ({ ...reportBody(world.clock.now()), requestId }), {
      requestId: REQUEST_ID,
      reportId: UUID,
      kind: ["", "Drift", "fire", 7, null],
      at: INSTANT,
      items: ["", {}, null, [7], ["x".repeat(1001)], ["nul\0"], Array.from({ length: 201 }, () => "x")],
    }),
    optional: ["requestId"],
  },
];
