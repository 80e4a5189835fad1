import type { RequestId, Serial } from "../core/ids.ts";
import { isSignalSet, wantedTags } from "../core/wanted-tags.ts";
import { SECOND_MS } from "../core/time.ts";
import { RetryableError, TerminalError } from "../ports/errors.ts";
import { handleCommand } from "./handle-command.ts";
import { openRequestsOf } from "./open-requests.ts";
import type { Service } from "./service.ts";

/** Longer than one change of tags with all of the client's own tries. */
const MAC_LEASE_MS = 180 * SECOND_MS;

/** Another request's change of the same Mac's tags is under way: nothing failed, the turn comes by itself. */
export class TagsBusy extends RetryableError {
  constructor() {
    super("the tags of this Mac are being changed", { retryAfterMs: SECOND_MS });
  }
}

/**
 * Makes the Mac's tags what its stored requests want at this moment, whichever request asked for it: a repeat or
 * a late run is harmless. One writer per Mac (law L13). An approval whose tag was read back gets its signal.
 */
export async function syncTags(service: Service, requestId: RequestId): Promise<void> {
  const { store, mdm, clock } = service;
  const stored = await store.loadRequest(requestId);
  if (stored === undefined) return;
  const { serial } = stored.request.ask;
  const leaseKey = `mac:${serial}`;
  // Named by request: two requests of one Mac in the same process must not share the lease.
  const owner = `${service.instanceId}:${requestId}`;
  const now = clock.now();
  if (!(await store.acquireLease(leaseKey, owner, now, now + MAC_LEASE_MS))) {
    throw new TagsBusy();
  }
  try {
    const deviceId = await findDeviceId(service, serial);
    const requests = [
      ...(await openRequestsOf(service, serial)),
      ...(await store.listLogOwedBySerial(serial)),
    ].map((one) => one.request);
    const own = (await store.loadRequest(requestId))?.request;
    const fresh = requests.filter((one) => one.ask.requestId !== requestId);
    const all = own === undefined ? fresh : [own, ...fresh];
    const tags = await mdm.changeTags(deviceId, wantedTags(all, service.tagNames));
    for (const request of all) {
      if (!isSignalSet(request, tags, service.tagNames)) continue;
      await handleCommand(service, request.ask.requestId, {
        commandId: `signal:${request.ask.requestId}`,
        type: "signal_set",
      });
    }
  } finally {
    await store.releaseLease(leaseKey, owner);
  }
}

async function findDeviceId(service: Service, serial: Serial): Promise<string> {
  const known = (await service.store.loadMac(serial))?.deviceId;
  if (known !== undefined) return known;
  const mac = await service.mdm.findMac(serial);
  if (mac === undefined) throw new TerminalError(`Iru knows no Mac with the serial ${serial}.`);
  return mac.deviceId;
}
