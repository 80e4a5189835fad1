import type { Command } from "../core/commands.ts";
import type { AccessRequest } from "../core/request.ts";
import type { StoredMac } from "../ports/store.ts";
import { hashKey, retireKey } from "./device-keys.ts";
import { type CommandResult, handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

const RACES_MAX = 5;

/** The removal as decided, with the Mac's next key when it gets one. */
export interface RemovedOutcome {
  readonly result: CommandResult;
  readonly nextKey?: string;
}

/**
 * Takes the Mac's proof of removal and renews its key with it, since a temporary admin may have read the old one.
 * A repeat before the next key was used gets a fresh one in its place: only hashes are stored.
 */
export async function takeRemoved(
  service: Service,
  requestId: string,
  command: Extract<Command, { type: "removed" }>,
): Promise<RemovedOutcome> {
  for (let race = 0; race < RACES_MAX; race += 1) {
    const mac = await service.store.loadMac(command.serial);
    if (mac === undefined || !command.verified) {
      return { result: await handleCommand(service, requestId, command) };
    }
    const before = await service.store.loadRequest(requestId);
    const isNews = before !== undefined && isUnproven(before.request);
    if (!isNews && mac.nextKeyHash === undefined) {
      return { result: await handleCommand(service, requestId, command) };
    }
    const nextKey = service.ids.secret();
    const { serial, nextKeyHash: unused } = mac;
    const guards = unused === undefined ? [] : [retireKey(serial, unused, service.clock.now())];
    const result = await handleCommand(service, requestId, command, {
      mac: withNextKey(mac, nextKey),
      guards,
    });
    if (result.conflict !== "mac") return { result, ...(result.refusal === undefined ? { nextKey } : {}) };
  }
  return { result: await handleCommand(service, requestId, command) };
}

/** Also where people gave up waiting for it: the key was in the session's hands all the same. */
function isUnproven(request: AccessRequest): boolean {
  return request.status !== "ended" || request.proof.state !== "removed";
}

function withNextKey(mac: StoredMac, nextKey: string) {
  const { version, ...value } = mac;
  return { expectedVersion: version, value: { ...value, nextKeyHash: hashKey(nextKey) } };
}
