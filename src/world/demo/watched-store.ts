import type { Store } from "../../ports/store.ts";

/** A store that knows which streams it was asked to write; their audit trails are what the demo shows. */
export interface WatchedStore extends Store {
  /** In the order of their first commit. */
  streams(): readonly string[];
}

/** Watches a store from outside; the service sees no difference. */
export function watchStore(store: Store): WatchedStore {
  const streams = new Set<string>();
  return {
    ...store,
    async commit(change) {
      const outcome = await store.commit(change);
      if (outcome.ok && change.audit.length > 0) streams.add(change.stream);
      return outcome;
    },
    streams: () => [...streams],
  };
}
