import type { Serial } from "../core/ids.ts";
import { EFFECTS } from "../core/decision.ts";
import { NotFoundError, TerminalError } from "../ports/errors.ts";
import type { StoredMac } from "../ports/store.ts";
import type { Service } from "./service.ts";

/**
 * Makes a call about a Mac with its id at the MDM. One whose record was deleted and made anew there has another id: it
 * is looked up once more by its serial, and stored. Throws `TerminalError` when the MDM knows no such Mac.
 */
export async function onDevice<T>(
  service: Service,
  serial: Serial,
  call: (deviceId: string) => Promise<T>,
): Promise<T> {
  const known = await service.store.loadMac(serial);
  if (known !== undefined) {
    try {
      return await call(known.deviceId);
    } catch (error) {
      if (!(error instanceof NotFoundError)) throw error;
    }
  }
  const deviceId = (await service.mdm.findMac(serial))?.deviceId;
  if (deviceId === undefined) throw new TerminalError(`Iru knows no Mac with the serial ${serial}.`);
  if (known !== undefined && known.deviceId !== deviceId) await keepDeviceId(service, known, deviceId);
  return call(deviceId);
}

/** Where somebody else changed the record meanwhile the next call finds the id anew. */
async function keepDeviceId(service: Service, known: StoredMac, deviceId: string): Promise<void> {
  const { store, clock, ids } = service;
  const { version, ...value } = known;
  const now = clock.now();
  await store.commit({
    stream: `mac:${known.serial}`,
    mac: { expectedVersion: version, value: { ...value, deviceId } },
    audit: [
      {
        at: now,
        actor: EFFECTS,
        type: "device_id_changed",
        commandId: ids.uuid(),
        data: { deviceId, before: known.deviceId },
      },
    ],
    effects: [],
    at: now,
  });
}
