import { type Serial, SERIAL_PATTERN } from "../../core/ids.ts";
import type { Instant } from "../../core/time.ts";
import { NotFoundError, TerminalError } from "../../ports/errors.ts";
import type { ManagedMac, Mdm } from "../../ports/mdm.ts";
import { type IruClient, PAGE_SIZE } from "./client.ts";
import { IruUnavailable, withRetries } from "./retry.ts";
import { deviceSchema, type IruDevice, ownerEmailOf } from "./schemas.ts";
import { applyTagChange, isTagChangeDone, type TagChange } from "./tag-change.ts";

/** Apple's name of the lock command, which Iru keeps (Apple, "Device Lock Command"). */
const LOCK_COMMAND = "DeviceLock";

/** Beyond this many pages a listing is refused rather than followed for ever. */
const MAX_PAGES = 50;

/** The `Mdm` port on Iru. */
export function createIruMdm(client: IruClient): Mdm {
  const tools = client.retryTools;
  return {
    findMac: (serial) => findMac(client, serial),
    changeTags: (deviceId, change) => changeTags(client, deviceId, change),
    async lock(deviceId, message) {
      // A lock that may have happened is never repeated here: the caller asks `wasLockedSince` first.
      const pin = await withRetries(
        tools,
        "lock",
        () => client.lock(deviceId, message),
        (failure) => failure.outcome === "refused",
      );
      return pin === undefined ? {} : { pin };
    },
    wasLockedSince: (deviceId, since) => wasLockedSince(client, deviceId, since),
    readUnlockPin: (deviceId) => readUnlockPin(client, deviceId),
  };
}

/** Iru answers 404 for a Mac that was never locked. */
async function readUnlockPin(client: IruClient, deviceId: string): Promise<string | undefined> {
  try {
    return await withRetries(client.retryTools, "get unlock PIN", () => client.readUnlockPin(deviceId));
  } catch (error) {
    if (error instanceof NotFoundError) return undefined;
    throw error;
  }
}

/**
 * The vendor's serial filter matches any part of a serial, so every page is read and compared. A device that two
 * pages show, because the list moved between them, is one device.
 */
async function findMac(client: IruClient, serial: Serial): Promise<ManagedMac | undefined> {
  if (!SERIAL_PATTERN.test(serial)) return undefined;
  const equal = new Map<string, IruDevice>();
  for (let page = 0; ; page += 1) {
    if (page === MAX_PAGES) throw new TerminalError(`Iru lists too many devices for serial ${serial}`);
    const rows = await withRetries(client.retryTools, "list devices", () =>
      client.listDevices(serial, page * PAGE_SIZE),
    );
    for (const row of rows) {
      if (!hasSerial(row, serial)) continue;
      const device = checkedDevice(row);
      equal.set(device.device_id, device);
    }
    if (rows.length < PAGE_SIZE) break;
  }
  if (equal.size > 1) throw new TerminalError(`Iru knows ${equal.size} devices with serial ${serial}`);
  const [device] = equal.values();
  if (device === undefined || (device.platform ?? "Mac") !== "Mac") return undefined;
  return toManagedMac(device);
}

function hasSerial(row: unknown, serial: Serial): boolean {
  return typeof row === "object" && row !== null && Reflect.get(row, "serial_number") === serial;
}

function checkedDevice(row: unknown): IruDevice {
  const parsed = deviceSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  const where = parsed.error.issues.map((issue) => issue.path.join(".")).join(", ");
  throw new TerminalError(`Iru's answer to "list devices" is not as documented at ${where}`);
}

function toManagedMac(device: IruDevice): ManagedMac {
  const ownerEmail = ownerEmailOf(device.user);
  return {
    deviceId: device.device_id,
    serial: device.serial_number,
    name: device.device_name ?? "",
    ...(ownerEmail === undefined ? {} : { ownerEmail }),
    tags: device.tags,
  };
}

/**
 * Law L13. Iru replaces the whole list and offers no precondition, so each round reads immediately before it
 * writes, and a retry is a whole new round, never the old list again. The read-back finds a change of ours that
 * somebody else overwrote, and the next round makes it anew on top of theirs. What stays open is an edit that
 * lands between our read and our write, one round trip: nothing in the API would show it.
 */
async function changeTags(
  client: IruClient,
  deviceId: string,
  change: TagChange,
): Promise<readonly string[]> {
  const both = change.add.find((tag) => change.remove.includes(tag));
  if (both !== undefined) throw new TerminalError(`asked both to add and to remove the tag ${both}`);
  return withRetries(client.retryTools, "change tags", async () => {
    const before = (await client.readDevice(deviceId)).tags;
    if (isTagChangeDone(before, change)) return before;
    await client.writeTags(deviceId, applyTagChange(before, change));
    const after = (await client.readDevice(deviceId)).tags;
    if (isTagChangeDone(after, change)) return after;
    throw new IruUnavailable("somebody else changed the tags at the same time", "unknown");
  });
}

/** Commands come in no documented order, so pages are read until a lock is found or all have been seen. */
async function wasLockedSince(client: IruClient, deviceId: string, since: Instant): Promise<boolean> {
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { results, count } = await withRetries(client.retryTools, "list commands", () =>
      client.listCommands(deviceId, page * PAGE_SIZE),
    );
    for (const command of results) {
      const isLock = [command.command_type, command.request_type].includes(LOCK_COMMAND);
      if (isLock && instantOf(command.date_requested) >= since) return true;
    }
    const seen = page * PAGE_SIZE + results.length;
    if (results.length === 0 || seen >= count) return false;
  }
  throw new TerminalError("Iru lists too many commands for this device");
}

/** Iru's times are ISO 8601 with microseconds and a zone. One without a zone would be read as this machine's. */
function instantOf(text: string): Instant {
  const at = /(?:Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) throw new TerminalError("Iru's time of a lock command is unreadable");
  return at;
}
