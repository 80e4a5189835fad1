import { createHash } from "node:crypto";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { hashKey } from "../../src/app/device-keys.ts";
import { handleCommand } from "../../src/app/handle-command.ts";
import { submitRequest } from "../../src/app/submit-request.ts";
import { takeLog } from "../../src/app/take-log.ts";
import type { Service } from "../../src/app/service.ts";
import { MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { createVirtualClock } from "../../src/world/clock.ts";
import { APPROVER, askOf, keyOf, logCall, serialOf } from "./cast.ts";
import { composeQuietly } from "./quiet-service.ts";
import { SILENT } from "./silent-log.ts";

/** How far a life has gone. `enrolled`: the Mac has its key and never asked. */
export const LIFE_STAGES = ["enrolled", "waiting", "denied", "active", "ended"] as const;
export type LifeStage = (typeof LIFE_STAGES)[number];

/** The number of the Mac that lived each life; clones have lower ones. */
export const PROTOTYPES: Readonly<Record<LifeStage, number>> = {
  enrolled: 999_999_001,
  waiting: 999_999_002,
  active: 999_999_003,
  ended: 999_999_004,
  denied: 999_999_005,
};

/** The id that the service gave each prototype's request. */
export type PrototypeIds = Readonly<Record<Exclude<LifeStage, "enrolled">, string>>;

/** The card of a request is redrawn every 2 s at most. */
const UNTIL_QUIET_MS = 3 * SECOND_MS;

/** Lets one Mac live each life through the real service within the last minute, into a new data file. */
export async function liveOnce(file: string): Promise<PrototypeIds> {
  const store = openSqliteStore({ file, log: SILENT });
  const clock = createVirtualClock(Date.now() - MINUTE_MS);
  const quiet = () => clock.advance(UNTIL_QUIET_MS);
  const running = composeQuietly(store, { clock, work: (run) => clock.activity.track(run) });
  const { service } = running;
  try {
    await enrol(service, PROTOTYPES.enrolled);
    const waiting = await ask(service, PROTOTYPES.waiting);
    const active = await ask(service, PROTOTYPES.active);
    const ended = await ask(service, PROTOTYPES.ended);
    const denied = await ask(service, PROTOTYPES.denied);
    await quiet();
    for (const [requestId, number] of [
      [active, PROTOTYPES.active],
      [ended, PROTOTYPES.ended],
    ] as const) {
      await approve(service, requestId);
      await quiet();
      await start(service, requestId, number);
      await quiet();
    }
    await end(service, ended, PROTOTYPES.ended);
    const deny = { commandId: `deny:${denied}`, type: "deny", by: APPROVER, reason: "not today" } as const;
    await handleCommand(service, denied, deny);
    await quiet();
    return { waiting, denied, active, ended };
  } finally {
    await running.stop();
    await store.close();
  }
}

async function enrol(service: Service, number: number): Promise<void> {
  const serial = serialOf(number);
  const now = service.clock.now();
  await service.store.commit({
    stream: `mac:${serial}`,
    mac: {
      expectedVersion: 0,
      value: { serial, deviceId: `device-${serial}`, enrolledAt: now, keyHash: hashKey(keyOf(number)) },
    },
    audit: [
      {
        at: now,
        actor: { kind: "mac", serial },
        type: "enrolled",
        commandId: service.ids.uuid(),
        data: { deviceId: `device-${serial}` },
      },
    ],
    effects: [],
    at: now,
  });
}

async function ask(service: Service, number: number): Promise<string> {
  await enrol(service, number);
  const { requestId: _own, requestedAt: _at, ...body } = askOf(number, 0);
  const outcome = await submitRequest(service, body, `submission-${number}`);
  if (outcome.outcome !== "created") throw new Error(`a prototype could not ask: ${outcome.outcome}`);
  return outcome.stored.request.ask.requestId;
}

const armIdOf = (number: number): string => {
  const hex = createHash("sha256").update(`arm ${number}`).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
};

async function approve(service: Service, requestId: string): Promise<void> {
  const id = { commandId: `approve:${requestId}` };
  await handleCommand(service, requestId, { ...id, type: "approve", by: APPROVER, minutes: 15 });
}

async function start(service: Service, requestId: string, number: number): Promise<void> {
  const { serial, uid, generatedUid } = askOf(number, 0);
  const armId = armIdOf(number);
  const command = (text: string) => ({ commandId: `${text}:${requestId}` });
  const baselineSha256 = "ab".repeat(32);
  const who = { serial, armId, uid, generatedUid };
  await handleCommand(service, requestId, { ...command("arm"), type: "arm", ...who, baselineSha256 });
  const elevatedAt = service.clock.now();
  await handleCommand(service, requestId, { ...command("start"), type: "start", serial, armId, elevatedAt });
  await service.store.putBeat({
    requestId,
    at: service.clock.now(),
    bootSession: armId,
    continuousSeconds: 1_000,
    admin: true,
    logSeq: 0,
    agentSha256: "ab".repeat(32),
  });
}

async function end(service: Service, requestId: string, number: number): Promise<void> {
  const serial = serialOf(number);
  const now = service.clock.now();
  const chunk = JSON.parse(logCall(number).body ?? "{}") as Parameters<typeof takeLog>[1];
  const stored = await service.store.loadRequest(requestId);
  if (stored === undefined) throw new Error("a prototype was not stored");
  await takeLog(service, { ...chunk, requestId, final: true }, stored);
  const id = { commandId: `end:${requestId}` };
  await handleCommand(service, requestId, { ...id, type: "end", serial, cause: "ended_by_user" });
  await handleCommand(service, requestId, {
    commandId: `removed:${requestId}`,
    type: "removed",
    serial,
    armId: armIdOf(number),
    granted: true,
    verified: true,
    reason: "ended_by_user",
    removedAt: now,
  });
}
