import { randomBytes, randomUUIDv7 } from "node:crypto";
import type { Ids } from "../../ports/ids.ts";

/** Ids and secrets from the operating system's own source of randomness. */
export function createSystemIds(): Ids {
  return {
    // Begins with the time (RFC 9562): the rows of one moment stand together in every index, on few pages.
    uuid: () => randomUUIDv7(),
    secret: () => randomBytes(32).toString("base64url"),
    // 48 bits: every value is a number that JavaScript can say exactly.
    fraction: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  };
}
