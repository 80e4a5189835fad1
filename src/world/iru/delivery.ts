import type { Serial } from "../../core/ids.ts";
import type { SessionMinutes } from "../../core/time.ts";

/** What one Mac has from its MDM at a moment. */
export interface DeliveredItems {
  /** The tag names the Mac's Iru agent knows of. */
  readonly tags: readonly string[];
  /** The elevation-start script has reached the Mac, for a session of this length. */
  readonly elevationMinutes?: SessionMinutes;
  /** The log-collection script has reached the Mac. */
  readonly collectLog: boolean;
  /** The profile on the Mac lets its users ask SAP Privileges for rights. */
  readonly privilegesUnlocked: boolean;
  /** `ExpirationInterval` of that profile, in minutes; only while unlocked. */
  readonly expirationIntervalMinutes?: SessionMinutes;
}

/** The MDM as seen from a Mac. */
export interface IruDelivery {
  /**
   * One `iru run` on the Mac with this serial: resolves, after the time a run takes, with what the Mac has then.
   * A Mac the MDM does not know gets nothing. Whether the Mac has a network at all is the caller's business.
   */
  runOn(serial: Serial): Promise<DeliveredItems>;
}
