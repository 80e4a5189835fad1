import { hash } from "node:crypto";
import type { Serial } from "../core/ids.ts";
import { HOUR_MS, type Instant, MINUTE_MS } from "../core/time.ts";
import type { Guard, StoredMac } from "../ports/store.ts";
import type { Service } from "./service.ts";

/** A Mac that proved who it is with its own key. */
export interface Caller {
  readonly serial: Serial;
  readonly mac: StoredMac;
}

/** The stored form of a key: lower-case hex SHA-256. Keys have 256 random bits, so no salt or stretching is needed. */
export function hashKey(key: string): string {
  return hash("sha256", key, "hex");
}

const NEXT_KEY_TRIES_MAX = 5;

/**
 * The Mac whose key this is, or undefined. The first use of a renewed key makes it the only one (design section 5:
 * the old key is valid until then).
 */
export async function authenticate(service: Service, key: string): Promise<Caller | undefined> {
  const { store, clock } = service;
  const keyHash = hashKey(key);
  for (let tries = 0; tries < NEXT_KEY_TRIES_MAX; tries += 1) {
    const mac = await store.findMacByKeyHash(keyHash);
    if (mac === undefined) {
      await noteRetiredKey(service, keyHash);
      return undefined;
    }
    if (mac.keyHash === keyHash) return { serial: mac.serial, mac };
    const { nextKeyHash: _used, version, ...kept } = mac;
    const now = clock.now();
    const outcome = await store.commit({
      stream: `mac:${mac.serial}`,
      mac: { expectedVersion: version, value: { ...kept, keyHash } },
      audit: [
        {
          at: now,
          actor: { kind: "mac", serial: mac.serial },
          type: "key_renewed",
          commandId: `key:${keyHash.slice(0, 16)}`,
          data: {},
        },
      ],
      effects: [],
      guards: [retireKey(mac.serial, mac.keyHash, now)],
      at: now,
    });
    if (outcome.ok) return { serial: mac.serial, mac: { ...kept, keyHash, version: version + 1 } };
  }
  return undefined;
}

/** Calls that were under way while the key was renewed are no sign of anything. */
const RETIRED_GRACE_MS = MINUTE_MS;

/** Remembers a key that is no longer good, and whose it was. */
export function retireKey(serial: Serial, keyHash: string, now: Instant): Guard {
  return { op: "claim", key: `retired-key:${keyHash}`, owner: `${serial}:${now}` };
}

/**
 * Tells IT, once an hour for a Mac, that a key is still used that another call has replaced. A temporary admin can
 * read the Mac's key, send a false proof and a false log with it, and use the next key first: then the Mac's own
 * agent, with the true proof, log and reports, is the one that is refused (laws L8, L15).
 */
async function noteRetiredKey(service: Service, keyHash: string): Promise<void> {
  const { store, clock, ids } = service;
  const owner = await store.guardOwner(`retired-key:${keyHash}`);
  const [serial, retiredAt] = owner?.split(":") ?? [];
  const now = clock.now();
  if (serial === undefined || now - Number(retiredAt) < RETIRED_GRACE_MS) return;
  const once = `${serial}:${Math.floor(now / HOUR_MS)}`;
  if ((await store.guardOwner(`retired-key-used:${once}`)) !== undefined) return;
  const stream = `mac:${serial}`;
  const items = [
    "A key of this Mac that was replaced is still in use. Either its keychain was set back, or somebody else took its " +
      "new key: then what came from it since its last session began may be false. Let it enrol anew.",
  ];
  await store.commit({
    stream,
    guards: [{ op: "claim", key: `retired-key-used:${once}`, owner: ids.uuid() }],
    audit: [
      {
        at: now,
        actor: { kind: "mac", serial },
        type: "retired_key_used",
        commandId: ids.uuid(),
        data: { retiredAt: Number(retiredAt) },
      },
    ],
    effects: [{ type: "warn_channel", key: `retired-key:${once}`, serial, kind: "tampered", items }],
    at: now,
  });
  service.kick(stream);
}
