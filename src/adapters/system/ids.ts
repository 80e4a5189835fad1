import { randomBytes, randomUUID } from "node:crypto";
import type { Ids } from "../../ports/ids.ts";

/** Ids and secrets from the operating system's own source of randomness. */
export function createSystemIds(): Ids {
  return {
    uuid: () => randomUUID(),
    secret: () => randomBytes(32).toString("base64url"),
    // 48 bits: every value is a number that JavaScript can say exactly.
    fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  };
}
