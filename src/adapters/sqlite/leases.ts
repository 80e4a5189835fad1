import type { Instant } from "../../core/time.ts";

/** Leases of this process. */
export interface Leases {
  /** Takes the lease when it is free, over at `now`, or the owner's already; false when somebody else holds it. */
  acquire(key: string, owner: string, now: Instant, until: Instant): boolean;
  /** Gives it back; nothing happens when `owner` does not hold it. */
  release(key: string, owner: string): void;
}

/**
 * Makes leases that live in memory. They need not be on disk: the lock of the data file (file-lock.ts) keeps it to one
 * process, so the only holders there can be are here, and a crash frees every lease at once.
 */
export function createLeases(): Leases {
  const held = new Map<string, { readonly owner: string; readonly until: Instant }>();
  return {
    acquire(key, owner, now, until) {
      const holder = held.get(key);
      if (holder !== undefined && holder.owner !== owner && holder.until > now) return false;
      held.set(key, { owner, until });
      return true;
    },
    release(key, owner) {
      if (held.get(key)?.owner === owner) held.delete(key);
    },
  };
}
