import { createMemoryChat, type MemoryChat } from "../adapters/memory/chat.ts";
import { createMemoryMdm, type MemoryMdm } from "../adapters/memory/mdm.ts";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { createTimerScheduler } from "../adapters/system/scheduler.ts";
import { compose, type RunningService } from "../app/compose.ts";
import { handleCommand } from "../app/handle-command.ts";
import type { Service } from "../app/service.ts";
import { DEFAULT_POLICY, type Policy } from "../core/policy-config.ts";
import type { AccessRequest, Ask } from "../core/request.ts";
import { DEFAULT_TAG_NAMES } from "../core/tags.ts";
import type { SessionMinutes } from "../core/time.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFields } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import { createVirtualClock, type VirtualClock } from "./clock.ts";
import { createRandom, createWorldIds } from "./random.ts";

/** People and Mac of the small world. */
export const SMALL = {
  start: Date.UTC(2026, 10, 23, 10, 0, 0),
  serial: "C02HALLPASS1",
  deviceId: "device-1",
  anna: "U0ANNA",
  annaEmail: "anna@example.com",
  ben: "U0BEN",
  carla: "U0CARLA",
  generatedUid: "A11A0000-0000-4000-8000-000000000001",
} as const;

/** The service on memory adapters and a virtual clock: for tests of the use cases without HTTP, Slack or Iru. */
export interface SmallWorld {
  readonly clock: VirtualClock;
  readonly chat: MemoryChat;
  readonly mdm: MemoryMdm;
  readonly store: Store;
  readonly service: Service;
  readonly running: RunningService;
  readonly logLines: { level: string; message: string; fields: LogFields | undefined }[];
  /** Submits a request of Anna's and lets the world become quiet. */
  ask(change?: Partial<Ask>): Promise<string>;
  /** The request as stored. */
  read(requestId: string): Promise<AccessRequest>;
  /** Approves, arms and starts a request; it is active afterwards. */
  start(requestId: string, minutes?: SessionMinutes): Promise<void>;
  /** The Mac's proof that the rights of this session are gone, with why they were taken away. */
  remove(requestId: string, reason: "ended_by_user" | "expired"): Promise<void>;
  /** Composes the service anew over the same store, as after a crash of the process. */
  restart(): Promise<SmallWorld>;
}

/** What a small world is made of. */
export interface SmallWorldOptions {
  readonly policy?: Partial<Policy>;
  readonly store?: Store;
  readonly seed?: string;
  /** The clock that the service reads, made of the world's own; that one if absent. */
  readonly clockOf?: (real: VirtualClock) => Clock;
}

/** Makes a small world and starts its service. */
export async function createSmallWorld(options: SmallWorldOptions = {}): Promise<SmallWorld> {
  const clock = createVirtualClock(SMALL.start);
  const chat = createMemoryChat();
  const mdm = createMemoryMdm(clock.now);
  chat.people.set(SMALL.annaEmail, SMALL.anna);
  const { serial, deviceId, annaEmail: ownerEmail } = SMALL;
  mdm.macs.set(serial, { deviceId, serial, name: "Anna’s MacBook Pro", ownerEmail, tags: ["finance"] });
  return assemble(options, { clock, chat, mdm, store: options.store ?? createMemoryStore() }, 0);
}

type Outside = Pick<SmallWorld, "clock" | "chat" | "mdm" | "store">;

async function assemble(options: SmallWorldOptions, outside: Outside, life: number): Promise<SmallWorld> {
  const { clock, chat, mdm, store } = outside;
  const ids = createWorldIds(createRandom(`${options.seed ?? "small"}/${life}`));
  const logLines: SmallWorld["logLines"] = [];
  const write = (level: string) => (message: string, fields?: LogFields) =>
    void logLines.push({ level, message, fields });
  const log: Log = { info: write("info"), warn: write("warn"), error: write("error") };
  const running = compose({
    store,
    clock: options.clockOf?.(clock) ?? clock,
    ids,
    log,
    chat,
    mdm,
    scheduler: (fire) => createTimerScheduler({ clock: options.clockOf?.(clock) ?? clock, fire }),
    policy: {
      ...DEFAULT_POLICY,
      approverIds: [SMALL.ben, SMALL.carla],
      adminStatusIds: [SMALL.ben],
      ...options.policy,
    },
    tagNames: DEFAULT_TAG_NAMES,
    macConfig: {
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      longPoll: true,
      probeUrl: "http://captive.apple.com/",
    },
    instanceId: "small",
    work: (run) => clock.activity.track(run),
  });
  await running.start();
  const acts = actsOf({ ...outside, service: running.service });
  const restart = () => assemble(options, outside, life + 1);
  return { ...outside, ...acts, service: running.service, running, logLines, restart };
}

function actsOf(
  world: Pick<SmallWorld, "clock" | "store" | "service">,
): Pick<SmallWorld, "read" | "ask" | "start" | "remove"> {
  const { clock, store, service } = world;
  const { ids } = service;
  const commandId = () => ({ commandId: ids.uuid() });

  async function read(requestId: string): Promise<AccessRequest> {
    const stored = await store.loadRequest(requestId);
    if (stored === undefined) throw new Error("no such request");
    return stored.request;
  }

  async function ask(change: Partial<Ask> = {}): Promise<string> {
    const requestId = change.requestId ?? ids.uuid();
    const whole: Ask = {
      requestId,
      serial: SMALL.serial,
      hostname: "Anna’s MacBook Pro",
      username: "anna",
      uid: 501,
      generatedUid: SMALL.generatedUid,
      reason: "install a compiler",
      category: "install",
      durationMinutes: 15,
      email: SMALL.annaEmail,
      requestedAt: clock.now(),
      ...change,
    };
    await handleCommand(service, requestId, { ...commandId(), type: "submit", ask: whole });
    await clock.advance(0);
    return requestId;
  }

  async function start(requestId: string, minutes: SessionMinutes = 15): Promise<void> {
    const { serial, uid, generatedUid } = (await read(requestId)).ask;
    const armId = ids.uuid();
    await handleCommand(service, requestId, { ...commandId(), type: "approve", by: SMALL.ben, minutes });
    await clock.advance(0);
    const who = { serial, armId, uid, generatedUid };
    const baselineSha256 = "0".repeat(64);
    await handleCommand(service, requestId, { ...commandId(), type: "arm", ...who, baselineSha256 });
    const elevatedAt = clock.now();
    await handleCommand(service, requestId, { ...commandId(), type: "start", serial, armId, elevatedAt });
    await clock.advance(0);
  }

  async function remove(requestId: string, reason: "ended_by_user" | "expired"): Promise<void> {
    const request = await read(requestId);
    if (!("arming" in request)) throw new Error("the request has no session");
    const { armId } = request.arming;
    const removedAt = clock.now();
    const proof = { serial: SMALL.serial, armId, granted: true, verified: true, reason, removedAt };
    await handleCommand(service, requestId, { ...commandId(), type: "removed", ...proof });
  }

  return { read, ask, start, remove };
}
