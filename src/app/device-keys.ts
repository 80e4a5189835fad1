import { hash } from "node:crypto";
import type { Serial } from "../core/ids.ts";
import type { StoredMac } from "../ports/store.ts";
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
    if (mac === undefined) return undefined;
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
      at: now,
    });
    if (outcome.ok) return { serial: mac.serial, mac: { ...kept, keyHash, version: version + 1 } };
  }
  return undefined;
}
