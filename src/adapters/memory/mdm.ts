import type { Instant } from "../../core/time.ts";
import { NotFoundError } from "../../ports/errors.ts";
import type { ManagedMac, Mdm } from "../../ports/mdm.ts";
import { createFailures, type Failures } from "./failures.ts";

/** An MDM that keeps its Macs in memory, with knobs for its failures. */
export interface MemoryMdm extends Mdm {
  readonly macs: Map<string, ManagedMac>;
  readonly locks: { readonly deviceId: string; readonly at: Instant; readonly pin: string }[];
  readonly failNext: Failures<keyof Mdm>["failNext"];
}

/** Makes an MDM without Macs; `now` stamps its lock commands. */
export function createMemoryMdm(now: () => Instant): MemoryMdm {
  const { call, failNext } = createFailures<keyof Mdm>();

  function macOf(deviceId: string): ManagedMac {
    const mac = [...mdm.macs.values()].find((one) => one.deviceId === deviceId);
    if (mac === undefined) throw new NotFoundError("there is no such Mac");
    return mac;
  }

  const mdm: MemoryMdm = {
    macs: new Map(),
    locks: [],
    failNext,
    findMac: (serial) => call("findMac", () => mdm.macs.get(serial)),
    changeTags: (deviceId, { add, remove }) =>
      call("changeTags", () => {
        const mac = macOf(deviceId);
        const tags = [...new Set([...mac.tags.filter((tag) => !remove.includes(tag)), ...add])];
        mdm.macs.set(mac.serial, { ...mac, tags });
        return tags;
      }),
    lock: (deviceId) =>
      call("lock", () => {
        const pin = String(100_000 + mdm.locks.length);
        mdm.locks.push({ deviceId: macOf(deviceId).deviceId, at: now(), pin });
        return { pin };
      }),
    wasLockedSince: (deviceId, since) =>
      call("wasLockedSince", () => {
        macOf(deviceId);
        return mdm.locks.some((one) => one.deviceId === deviceId && one.at >= since);
      }),
    readUnlockPin: (deviceId) =>
      call("readUnlockPin", () => mdm.locks.findLast((one) => one.deviceId === deviceId)?.pin),
  };
  return mdm;
}
