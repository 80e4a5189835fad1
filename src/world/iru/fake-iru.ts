import type { Serial } from "../../core/ids.ts";
import { DEFAULT_TAG_NAMES, ownTags, type TagNames } from "../../core/tags.ts";
import { type Instant, MINUTE_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";
import { answerHeaders, problem } from "./answers.ts";
import type { DeliveredItems, IruDelivery } from "./delivery.ts";
import { createFaultQueue, fail, type Fault } from "./faults.ts";
import { deliveredTo, runOn } from "./library.ts";
import { route, type WriteHooks } from "./routes.ts";
import {
  completionOf,
  type Delivery,
  type FakeCommand,
  type FakeDevice,
  findDevice,
  type IruDelays,
  type IruState,
  setTags,
  tagsOf,
} from "./state.ts";

export interface FakeIruOptions {
  readonly clock: Clock;
  readonly ids: Ids;
  /** The bearer token that is let in. */
  readonly token: string;
  /** The names of Hallpass's tags; they exist from the start. */
  readonly tagNames?: TagNames;
  /** Those absent are 0, but for `commandMs`, a minute. */
  readonly delays?: Partial<IruDelays>;
}

/** A device to be enrolled. */
export interface DeviceDraft {
  readonly serial: Serial;
  readonly name?: string;
  readonly platform?: string;
  readonly owner?: { readonly email: string; readonly name: string };
  readonly tags?: readonly string[];
}

/** One call as it arrived. */
export interface ReceivedCall {
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly bodyText: string;
  readonly at: Instant;
}

/** What somebody else makes of a device's tag list. */
export type TagEdit = (tags: readonly string[]) => readonly string[];

/** The simulated tenant: a stateful server, what the Macs see of it, and knobs to make it go wrong. */
export interface FakeIru {
  /** The server. Rejects with `ConnectionReset` where a connection would break. */
  readonly handle: (request: Request) => Promise<Response>;
  /** `handle` in the shape of a client's `fetch`, for use in process. */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
  readonly delivery: IruDelivery;
  /** What the Mac has at `now`, without an `iru run`; profiles come by push, scripts only with a run. */
  readonly deliveredTo: (serial: Serial, now: Instant) => DeliveredItems;
  /** What runs have brought, oldest first. */
  readonly deliveries: readonly Delivery[];

  /** Enrols a device and returns its id. Its tags count as delivered from the start. */
  readonly addDevice: (draft: DeviceDraft) => string;
  /** Removes a device from the tenant. */
  readonly removeDevice: (deviceId: string) => void;
  readonly tagsOf: (deviceId: string) => readonly string[];
  /** Somebody else changes the device's tags, now. */
  readonly editTags: (deviceId: string, edit: TagEdit) => void;
  /** Somebody else changes them when our next write has arrived, before it is applied. */
  readonly beforeNextPatch: (edit: TagEdit) => void;
  /** Somebody else changes them right after our next write was applied, before its answer. */
  readonly afterNextPatch: (edit: TagEdit) => void;
  /** Somebody else sends the device an MDM command of this type, now. */
  readonly addCommand: (deviceId: string, type: string) => void;
  /** The MDM commands the device was sent, oldest first. */
  readonly commandsOf: (deviceId: string) => readonly FakeCommand[];
  /** When the Mac was locked by a command that has reached it; undefined when it was not. */
  readonly lockedAt: (serial: Serial, now: Instant) => Instant | undefined;

  readonly setDelays: (delays: Partial<IruDelays>) => void;
  /** Makes calls to come fail; several wait in order. */
  readonly failNext: (fault: Fault) => void;
  /** The last calls, oldest first; at most 1,000. */
  readonly received: readonly ReceivedCall[];
}

const RECEIVED_KEPT = 1_000;

/** Makes an empty tenant. */
export function createFakeIru(options: FakeIruOptions): FakeIru {
  const { clock, ids, tagNames = DEFAULT_TAG_NAMES } = options;
  const state: IruState = {
    clock,
    ids,
    tagNames,
    devices: [],
    tags: new Map(ownTags(tagNames).map((name) => [name, ids.uuid()])),
    deliveries: [],
    delays: { tagMs: 0, scriptMs: 0, profileMs: 0, runMs: 0, commandMs: MINUTE_MS, ...options.delays },
  };
  const hooks: WriteHooks = { before: undefined, after: undefined };
  const faults = createFaultQueue();
  const received: ReceivedCall[] = [];

  async function handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const call = { method: request.method, url, bodyText: await request.text() };
    received.push({
      method: call.method,
      path: url.pathname + url.search,
      bodyText: call.bodyText,
      at: clock.now(),
    });
    if (received.length > RECEIVED_KEPT) received.shift();
    const fault = faults.take(call.method, url.pathname);
    if (fault === undefined) return answer(request, call);
    if (fault.work === "after") answer(request, call);
    return fail(fault, answerHeaders(state), clock, request.signal);
  }

  function answer(request: Request, call: { method: string; url: URL; bodyText: string }): Response {
    const isKnown = request.headers.get("authorization") === `Bearer ${options.token}`;
    return isKnown ? route(state, hooks, call) : problem(state, 401, "Unauthorized");
  }

  function editTags(device: FakeDevice, edit: TagEdit): void {
    setTags(state, device, edit(tagsOf(device)));
  }

  return {
    handle,
    fetch: (url, init) => handle(new Request(url, init)),
    delivery: { runOn: (serial) => runOn(state, serial) },
    deliveredTo: (serial, now) => deliveredTo(state, serial, now),
    deliveries: state.deliveries,
    addDevice: (draft) => enrol(state, draft),
    removeDevice(deviceId) {
      state.devices.splice(state.devices.indexOf(needDevice(state, deviceId)), 1);
    },
    tagsOf: (deviceId) => tagsOf(needDevice(state, deviceId)),
    editTags: (deviceId, edit) => editTags(needDevice(state, deviceId), edit),
    beforeNextPatch: (edit) => {
      hooks.before = (device) => editTags(device, edit);
    },
    afterNextPatch: (edit) => {
      hooks.after = (device) => editTags(device, edit);
    },
    addCommand(deviceId, type) {
      const command = { uuid: ids.uuid(), type, requestedAt: clock.now() };
      needDevice(state, deviceId).commands.push(command);
    },
    commandsOf: (deviceId) => needDevice(state, deviceId).commands,
    lockedAt: (serial, now) => lockedAt(state, serial, now),
    setDelays: (delays) => {
      state.delays = { ...state.delays, ...delays };
    },
    failNext: (fault) => faults.add(fault),
    received,
  };
}

function enrol(state: IruState, draft: DeviceDraft): string {
  const now = state.clock.now();
  const device: FakeDevice = {
    deviceId: state.ids.uuid(),
    serial: draft.serial,
    name: draft.name ?? `Mac ${draft.serial}`,
    platform: draft.platform ?? "Mac",
    owner: draft.owner === undefined ? undefined : { id: state.ids.uuid(), ...draft.owner },
    enrolledAt: now,
    tagHistory: [],
    commands: [],
    unlockPin: undefined,
    lastCheckInAt: now,
  };
  setTags(state, device, draft.tags ?? [], Number.NEGATIVE_INFINITY);
  state.devices.push(device);
  return device.deviceId;
}

function lockedAt(state: IruState, serial: Serial, now: Instant): Instant | undefined {
  const commands = state.devices.find((device) => device.serial === serial)?.commands ?? [];
  const lock = commands.find(
    (command) => command.type === "DeviceLock" && completionOf(state, command) <= now,
  );
  return lock === undefined ? undefined : completionOf(state, lock);
}

function needDevice(state: IruState, deviceId: string): FakeDevice {
  const device = findDevice(state, deviceId);
  if (device === undefined) throw new Error(`the simulated tenant has no device ${deviceId}`);
  return device;
}
