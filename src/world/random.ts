import { createHash } from "node:crypto";
import type { Ids } from "../ports/ids.ts";

/** Chance from one seed: the same seed gives the same numbers in the same order. */
export interface Random {
  /** A number in [0, 1). */
  fraction(): number;
  /** A whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
  /** True with the given probability. */
  chance(probability: number): boolean;
  pick<T>(from: readonly T[]): T;
  /** A source of its own for one part of the world, so that parts do not disturb each other's numbers. */
  fork(name: string): Random;
}

/** Makes a source of chance (mulberry32 over a hashed seed; statistical quality is enough, secrecy is no aim). */
export function createRandom(seed: string | number): Random {
  let state = createHash("sha256").update(String(seed)).digest().readUInt32LE(0);

  function fraction(): number {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  return {
    fraction,
    integer: (min, max) => min + Math.floor(fraction() * (max - min + 1)),
    chance: (probability) => fraction() < probability,
    pick(from) {
      const picked = from[Math.floor(fraction() * from.length)];
      if (picked === undefined) throw new Error("nothing to pick from");
      return picked;
    },
    fork: (name) => createRandom(`${seed}/${name}`),
  };
}

/**
 * Ids of a world: unique within it and the same for the same seed. Each kind has numbers of its own, so that one
 * more id somewhere changes no jitter elsewhere.
 */
export function createWorldIds(random: Random): Ids {
  const [uuids, secrets, jitter] = [random.fork("uuid"), random.fork("secret"), random.fork("jitter")];
  const bytes = (from: Random, count: number) => {
    const raw = Buffer.allocUnsafe(count);
    for (let index = 0; index < count; index += 1) raw[index] = Math.floor(from.fraction() * 256);
    return raw;
  };
  return {
    uuid() {
      const raw = bytes(uuids, 16);
      // RFC 9562: version 4, variant 10.
      raw[6] = ((raw[6] ?? 0) & 0x0f) | 0x40;
      raw[8] = ((raw[8] ?? 0) & 0x3f) | 0x80;
      const hex = raw.toString("hex");
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
    },
    secret: () => bytes(secrets, 32).toString("base64url"),
    fraction: () => jitter.fraction(),
  };
}
