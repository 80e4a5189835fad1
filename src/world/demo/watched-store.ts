import type { AuditDraft, Store } from "../../ports/store.ts";

/** A store that knows which streams it was asked to write; their audit trails are what the demo shows. */
export interface WatchedStore extends Store {
  /** In the order of their first commit. */
  streams(): readonly string[];
}

/** Watches a store from outside; the service sees no difference. `onAudit` hears of each line once it is stored. */
export function watchStore(store: Store, onAudit: (draft: AuditDraft) => void): WatchedStore {
  const streams = new Set<string>();
  return {
    ...store,
    async commit(change) {
      const outcome = await store.commit(change);
      if (outcome.ok && change.audit.length > 0) streams.add(change.stream);
      if (outcome.ok) for (const draft of change.audit) onAudit(draft);
      return outcome;
    },
    streams: () => [...streams],
  };
}
