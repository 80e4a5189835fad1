import type { Fetch } from "../../adapters/iru/http.ts";
import { createIruClient } from "../../adapters/iru/client.ts";
import { createIruMdm } from "../../adapters/iru/mdm.ts";
import type { Ids } from "../../ports/ids.ts";
import type { Log, LogFields } from "../../ports/log.ts";
import type { MdmHarness } from "../../ports/contract/mdm.contract.ts";
import { createVirtualClock, type VirtualClock } from "../clock.ts";
import { createFakeIru, type FakeIru } from "./fake-iru.ts";

/** 2026-03-24T09:00:00Z. */
const START = 1_774_342_800_000;
const TOKEN = "iru-token-of-the-world";
const MOST_MOVES = 10_000;

/** One line of the operating log, kept for a look. */
export interface LoggedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields;
}

/** The real client in front of the simulated tenant, on one virtual clock. */
export interface IruWorkbench extends MdmHarness {
  readonly clock: VirtualClock;
  readonly iru: FakeIru;
  readonly logged: readonly LoggedLine[];
  /** Lets time pass until `work` settles, and hands it on. */
  drive<T>(work: Promise<T>): Promise<T>;
}

/** Where the client finds the tenant. */
export interface Reached {
  readonly baseUrl: string;
  readonly fetch: Fetch;
  readonly close: () => Promise<void>;
}

export interface WorkbenchOptions {
  /** How the client reaches the tenant; in process if absent. */
  readonly reach?: (iru: FakeIru) => Promise<Reached>;
  /** The token the client uses; the right one if absent. */
  readonly token?: string;
}

/** Makes a workbench with an empty tenant. */
export async function createIruWorkbench(options: WorkbenchOptions = {}): Promise<IruWorkbench> {
  const clock = createVirtualClock(START);
  const ids = createCountingIds();
  const iru = createFakeIru({ clock, ids, token: TOKEN });
  const reached = await (options.reach ?? inProcess)(iru);
  const trackedFetch = clock.activity.fetch((input, init) =>
    reached.fetch(input instanceof Request ? input.url : input.toString(), init ?? {}),
  );
  const logged: LoggedLine[] = [];
  const client = createIruClient({
    baseUrl: reached.baseUrl,
    token: options.token ?? TOKEN,
    fetch: trackedFetch,
    clock,
    ids,
    log: createKeptLog(logged),
  });
  const mdm = createIruMdm(client);
  const drive = <T>(work: Promise<T>): Promise<T> => driveTo(clock, work);
  const deviceIds: string[] = [];
  return {
    clock,
    iru,
    logged,
    drive,
    mdm: {
      findMac: (serial) => drive(mdm.findMac(serial)),
      changeTags: (deviceId, change) => drive(mdm.changeTags(deviceId, change)),
      lock: (deviceId, message) => drive(mdm.lock(deviceId, message)),
      wasLockedSince: (deviceId, since) => drive(mdm.wasLockedSince(deviceId, since)),
      readUnlockPin: (deviceId) => drive(mdm.readUnlockPin(deviceId)),
    },
    now: () => clock.now(),
    advance: (ms) => clock.advance(ms),
    addMac(mac) {
      const { ownerEmail, ...rest } = mac;
      const owner = ownerEmail === undefined ? {} : { owner: { email: ownerEmail, name: "Owner" } };
      const deviceId = iru.addDevice({ ...rest, ...owner });
      deviceIds.push(deviceId);
      return deviceId;
    },
    tagsOf: iru.tagsOf,
    editTags: iru.editTags,
    afterNextWrite: iru.afterNextPatch,
    addOtherCommand: (deviceId) => iru.addCommand(deviceId, "DeviceInformation"),
    writes: () => iru.received.filter((call) => call.method === "PATCH").length,
    locks: () =>
      deviceIds
        .flatMap((deviceId) => iru.commandsOf(deviceId))
        .filter((command) => command.type === "DeviceLock").length,
    failOnce: () => iru.failNext({ kind: "status", status: 503 }),
    failAll: () => iru.failNext({ kind: "reset", times: Number.POSITIVE_INFINITY }),
    loseNextAnswer() {
      for (const method of ["PATCH", "POST"]) iru.failNext({ kind: "reset", work: "after", method });
    },
    close: reached.close,
  };
}

async function inProcess(iru: FakeIru): Promise<Reached> {
  return { baseUrl: "https://world.api.kandji.io", fetch: iru.fetch, close: async () => undefined };
}

async function driveTo<T>(clock: VirtualClock, work: Promise<T>): Promise<T> {
  let settled = false;
  const mark = (): void => {
    settled = true;
  };
  work.then(mark, mark);
  for (let moves = 0; moves < MOST_MOVES; moves += 1) {
    await clock.advance(0);
    if (settled) return work;
    const next = clock.nextAt();
    if (next !== undefined) await clock.advanceTo(next);
  }
  throw new Error("the work never settles");
}

/** Ids in a fixed order; fractions that look random and repeat in each world. */
function createCountingIds(): Ids {
  let count = 0;
  let noise = 20_260_324;
  return {
    uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, "0")}`,
    secret: () => String((count += 1)).padStart(43, "s"),
    fraction: () => {
      noise = (noise * 48_271) % 2_147_483_647;
      return noise / 2_147_483_647;
    },
  };
}

function createKeptLog(lines: LoggedLine[]): Log {
  const keep =
    (level: LoggedLine["level"]) =>
    (message: string, fields: LogFields = {}) =>
      void lines.push({ level, message, fields });
  return { info: keep("info"), warn: keep("warn"), error: keep("error") };
}
