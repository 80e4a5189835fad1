import type { CommandResult } from "../../agent/ports.ts";
import { MINUTE_MS } from "../../core/time.ts";
import { type MacState, OK } from "./state.ts";

const CHECK_IN_EVERY_MS = 15 * MINUTE_MS;

/**
 * `iru run --reset-daily`: fetches what the MDM has for this Mac and applies it. One at a time, as the lock has it;
 * without a network nothing is fetched.
 */
export async function runIru(mac: MacState): Promise<CommandResult> {
  if (mac.isIruRunning) return { code: 75, text: "locked" };
  if (!["on", "service_blocked", "service_busy"].includes(mac.network.state())) {
    return { code: 1, text: "the MDM cannot be reached" };
  }
  mac.isIruRunning = true;
  try {
    const delivered = await mac.iru.runOn(mac.serial);
    mac.delivered = delivered;
    const { privilegesUnlocked, expirationIntervalMinutes } = delivered;
    mac.privileges.deliver({
      unlocked: privilegesUnlocked,
      ...(expirationIntervalMinutes === undefined ? {} : { expirationIntervalMinutes }),
    });
    mac.changed();
    return OK;
  } catch (error) {
    return { code: 1, text: error instanceof Error ? error.message : String(error) };
  } finally {
    mac.isIruRunning = false;
  }
}

/** One check-in of a Mac that is on and awake. */
export function checkIn(mac: MacState): void {
  if (mac.power.isOn() && !mac.power.isAsleep()) void runIru(mac);
}

/** The Iru agent's own check-in every 15 min of a Mac that is on; the returned function ends it. */
export function checkInRegularly(mac: MacState): () => void {
  let cancel = (): void => undefined;
  const again = () => {
    cancel = mac.clock.at(mac.clock.now() + CHECK_IN_EVERY_MS, () => {
      checkIn(mac);
      again();
    });
  };
  again();
  return () => cancel();
}
