import type { RequestId, Serial } from "../core/ids.ts";
import type { AccessRequest } from "../core/request.ts";
import { isSignalSet, wantedTags } from "../core/wanted-tags.ts";
import { SECOND_MS } from "../core/time.ts";
import { RetryableError } from "../ports/errors.ts";
import { handleCommand } from "./handle-command.ts";
import { onDevice } from "./on-device.ts";
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
    const { all, tags } = await onDevice(service, serial, async (deviceId) => {
      const requests = await requestsOf(service, requestId, serial);
      return { all: requests, tags: await mdm.changeTags(deviceId, wantedTags(requests, service.tagNames)) };
    });
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

/** Whatever wants tags on this Mac; the listings may lag behind, hence its own request is read by its key. */
async function requestsOf(
  service: Service,
  requestId: RequestId,
  serial: Serial,
): Promise<readonly AccessRequest[]> {
  const { store } = service;
  const requests = [
    ...(await openRequestsOf(service, serial)),
    ...(await store.listLogOwedBySerial(serial)),
  ].map((one) => one.request);
  const own = (await store.loadRequest(requestId))?.request;
  const others = requests.filter((one) => one.ask.requestId !== requestId);
  return own === undefined ? others : [own, ...others];
}
