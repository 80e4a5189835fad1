import { checkTime } from "./checks-mac.ts";
import type { SimWorld } from "./sim-world.ts";

/**
 * After every step of the clock: a Mac on which something has changed since the last look, or since which anything was
 * stored, is looked at again. What time alone breaks the looks at fixed intervals see.
 */
export function checkChanged({ clock, book, macs, durable }: SimWorld): void {
  for (const side of macs) {
    const change = side.changes + durable.history.length;
    if (side.changeSeen === change) continue;
    side.changeSeen = change;
    checkTime(side, durable, book, clock.now());
  }
}
