import { elevationTag } from "../../core/tags.ts";
import type { Serial } from "../../core/ids.ts";
import { type Instant, SESSION_MINUTES, type SessionMinutes } from "../../core/time.ts";
import type { DeliveredItems } from "./delivery.ts";
import { type FakeDevice, type IruState, tagsAt, tagsOf } from "./state.ts";

/** A library item of the tenant and the tags, any one of which brings it to a device; undefined: every Mac. */
export interface LibraryItem {
  readonly name: string;
  readonly type: "custom-script" | "custom-profile";
  readonly tags: readonly string[] | undefined;
}

const ELEVATION_SCRIPT = "Hallpass: elevation start";
const LOG_SCRIPT = "Hallpass: log collection";
const LOCKED_PROFILE = "SAP Privileges: locked";

/** The library as Hallpass's set-up makes it: two scripts, the locking base profile, a profile for each length. */
export function libraryOf(state: IruState): readonly LibraryItem[] {
  const names = state.tagNames;
  const elevationTags = SESSION_MINUTES.map((minutes) => elevationTag(minutes, names));
  return [
    { name: ELEVATION_SCRIPT, type: "custom-script", tags: elevationTags },
    { name: LOG_SCRIPT, type: "custom-script", tags: [names.logCollection] },
    { name: LOCKED_PROFILE, type: "custom-profile", tags: undefined },
    ...SESSION_MINUTES.map((minutes) => ({
      name: unlockProfile(minutes),
      type: "custom-profile" as const,
      tags: [elevationTag(minutes, names)],
    })),
  ];
}

/**
 * What the Mac with this serial has at `now`. Tags, scripts and profile each lag behind the server by their own
 * delay. With several elevation tags the shortest length counts. A serial the tenant does not know has nothing.
 */
export function deliveredTo(state: IruState, serial: Serial, now: Instant): DeliveredItems {
  const device = state.devices.find((candidate) => candidate.serial === serial);
  if (device === undefined) return { tags: [], collectLog: false, privilegesUnlocked: false };
  const { tagMs, scriptMs, profileMs } = state.delays;
  const scriptTags = tagsAt(device, now - scriptMs);
  const elevationMinutes = shortestElevation(state, scriptTags);
  const expirationIntervalMinutes = shortestElevation(state, tagsAt(device, now - profileMs));
  return {
    tags: tagsAt(device, now - tagMs),
    ...(elevationMinutes === undefined ? {} : { elevationMinutes }),
    collectLog: scriptTags.includes(state.tagNames.logCollection),
    privilegesUnlocked: expirationIntervalMinutes !== undefined,
    ...(expirationIntervalMinutes === undefined ? {} : { expirationIntervalMinutes }),
  };
}

/** One `iru run`: takes its time, checks in and leaves a record of each item the Mac has got. */
export async function runOn(state: IruState, serial: Serial): Promise<DeliveredItems> {
  await state.clock.sleep(state.delays.runMs);
  const now = state.clock.now();
  const items = deliveredTo(state, serial, now);
  const device = state.devices.find((candidate) => candidate.serial === serial);
  if (device === undefined) return items;
  device.lastCheckInAt = now;
  for (const itemName of itemsIn(items)) state.deliveries.push({ serial, itemName, at: now });
  return items;
}

/** The items in scope of the device's tags on the server, each with the time the Mac last got it. */
export function libraryItemsFor(
  state: IruState,
  device: FakeDevice,
): readonly { readonly item: LibraryItem; readonly deliveredAt: Instant | undefined }[] {
  const tags = tagsOf(device);
  return libraryOf(state)
    .filter((item) => item.tags === undefined || item.tags.some((tag) => tags.includes(tag)))
    .map((item) => ({
      item,
      deliveredAt: state.deliveries.findLast(
        (delivery) => delivery.serial === device.serial && delivery.itemName === item.name,
      )?.at,
    }));
}

function itemsIn(items: DeliveredItems): readonly string[] {
  return [
    ...(items.elevationMinutes === undefined ? [] : [ELEVATION_SCRIPT]),
    ...(items.collectLog ? [LOG_SCRIPT] : []),
    items.expirationIntervalMinutes === undefined
      ? LOCKED_PROFILE
      : unlockProfile(items.expirationIntervalMinutes),
  ];
}

function unlockProfile(minutes: SessionMinutes): string {
  return `SAP Privileges: ${minutes} minutes`;
}

function shortestElevation(state: IruState, tags: readonly string[]): SessionMinutes | undefined {
  return SESSION_MINUTES.find((minutes) => tags.includes(elevationTag(minutes, state.tagNames)));
}
