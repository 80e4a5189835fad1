import type { Instant } from "../../core/time.ts";
import type { Change, Store } from "../../ports/store.ts";

/** What the store refused: no service can do what is due in that moment. */
export interface StoreRefusals {
  note(call: keyof Store, args: readonly unknown[], at: Instant): void;
  /** When something that concerns this request was refused last; -Infinity if nothing was. */
  lastOf(requestId: string): Instant;
}

/** By these what is due is found, for all requests at once; by `loadRequest` and `commit` it is done for each. */
const OF_ALL: ReadonlySet<keyof Store> = new Set(["listDue", "listAlarms", "listByStatus"]);

/** Nothing has been refused yet. */
export function createStoreRefusals(): StoreRefusals {
  const last = new Map<string, Instant>();
  let ofAll = -Infinity;
  return {
    note(call, args, at) {
      if (OF_ALL.has(call)) ofAll = at;
      const [first] = args;
      if (call === "commit") last.set((first as Change).stream, at);
      if (call === "loadRequest") last.set(String(first), at);
    },
    lastOf: (requestId) => Math.max(ofAll, last.get(requestId) ?? -Infinity),
  };
}
