import type { Serial } from "../core/ids.ts";
import type { Instant } from "../core/time.ts";

/** A Mac as the MDM knows it. */
export interface ManagedMac {
  readonly deviceId: string;
  readonly serial: Serial;
  readonly name: string;
  readonly ownerEmail?: string;
  readonly tags: readonly string[];
}

/**
 * The MDM (Iru). Every call may throw `RetryableError` (network, 429, 5xx, after the client's own tries) or
 * `TerminalError` (any other refusal), which is a `NotFoundError` where no Mac has that `deviceId`.
 */
export interface Mdm {
  /**
   * The one Mac whose serial is equal to `serial`, or undefined. The vendor's filter matches substrings, so the
   * answer is compared; more than one equal serial throws `TerminalError` (law L13).
   */
  findMac(serial: Serial): Promise<ManagedMac | undefined>;
  /**
   * Adds and removes tags by name, leaving all others as they are: reads, writes the whole list only if it must
   * change, reads back. Resolves with the tags read back; throws `RetryableError` when they are not as wanted.
   * The caller makes sure that only one change per Mac runs at a time.
   */
  changeTags(
    deviceId: string,
    change: { readonly add: readonly string[]; readonly remove: readonly string[] },
  ): Promise<readonly string[]>;
  /** Sends the lock command and returns the unlock PIN. Not repeatable: ask `wasLockedSince` before a retry. */
  lock(deviceId: string, message: string): Promise<{ readonly pin?: string }>;
  /** True when a lock command was requested for this Mac at or after `since`. */
  wasLockedSince(deviceId: string, since: Instant): Promise<boolean>;
  /** The unlock PIN kept by the MDM, if there is one. */
  readUnlockPin(deviceId: string): Promise<string | undefined>;
}
