import type { Serial } from "../../core/ids.ts";
import type { TagNames } from "../../core/tags.ts";
import type { DurationMs, Instant } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Ids } from "../../ports/ids.ts";

/** The person a device is assigned to. */
export interface FakeOwner {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

/** One MDM command sent to a device. */
export interface FakeCommand {
  readonly uuid: string;
  readonly type: string;
  readonly requestedAt: Instant;
}

/** One library item that an `iru run` brought to a Mac. */
export interface Delivery {
  readonly serial: Serial;
  readonly itemName: string;
  readonly at: Instant;
}

/** A device as the server keeps it. `tagHistory` is in order of time; its last entry holds now. */
export interface FakeDevice {
  readonly deviceId: string;
  readonly serial: Serial;
  readonly name: string;
  readonly platform: string;
  readonly owner: FakeOwner | undefined;
  readonly enrolledAt: Instant;
  readonly tagHistory: { readonly at: Instant; readonly tags: readonly string[] }[];
  readonly commands: FakeCommand[];
  unlockPin: string | undefined;
  lastCheckInAt: Instant;
}

/** How long the parts of a change take to reach a Mac, each on its own, counted from the change on the server. */
export interface IruDelays {
  /** Until the Mac's Iru agent knows a changed tag. */
  readonly tagMs: DurationMs;
  /** Until a run brings the scripts that the tags scope. */
  readonly scriptMs: DurationMs;
  /** Until the profile that the tags scope is the one on the Mac. */
  readonly profileMs: DurationMs;
  /** How long one `iru run` takes. */
  readonly runMs: DurationMs;
  /** Until a Mac has carried out an MDM command. */
  readonly commandMs: DurationMs;
}

/** All that the simulated tenant knows. */
export interface IruState {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly tagNames: TagNames;
  readonly devices: FakeDevice[];
  /** The tenant's tags: name to id, in order of their making. */
  readonly tags: Map<string, string>;
  readonly deliveries: Delivery[];
  delays: IruDelays;
}

/** The device's tags on the server now. */
export function tagsOf(device: FakeDevice): readonly string[] {
  return device.tagHistory.at(-1)?.tags ?? [];
}

/** The device's tags as they were on the server at `at`. */
export function tagsAt(device: FakeDevice, at: Instant): readonly string[] {
  return device.tagHistory.findLast((entry) => entry.at <= at)?.tags ?? [];
}

/** Replaces the device's tags, from `at` on, and makes every name a tag of the tenant. */
export function setTags(
  state: IruState,
  device: FakeDevice,
  tags: readonly string[],
  at: Instant = state.clock.now(),
): void {
  for (const name of tags) if (!state.tags.has(name)) state.tags.set(name, state.ids.uuid());
  device.tagHistory.push({ at, tags: [...tags] });
}

export function findDevice(state: IruState, deviceId: string): FakeDevice | undefined {
  return state.devices.find((device) => device.deviceId === deviceId);
}

/** When the Mac has carried out a command sent at `requestedAt`. */
export function completionOf(state: IruState, command: FakeCommand): Instant {
  return command.requestedAt + state.delays.commandMs;
}
