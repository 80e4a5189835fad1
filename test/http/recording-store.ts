import { createMemoryStore } from "../../src/adapters/memory/store.ts";
import type { Change, Store } from "../../src/ports/store.ts";

/** A memory store that remembers every write that took effect. */
export interface RecordingStore extends Store {
  readonly changes: Change[];
  /** Names of the other writes: heartbeats, outbox, cards. */
  readonly others: string[];
}

export function createRecordingStore(): RecordingStore {
  const inner = createMemoryStore();
  const changes: Change[] = [];
  const others: string[] = [];
  return {
    ...inner,
    changes,
    others,
    async commit(change) {
      const outcome = await inner.commit(change);
      if (outcome.ok) changes.push(change);
      return outcome;
    },
    async putBeat(beat) {
      await inner.putBeat(beat);
      others.push("putBeat");
    },
    async updateOutbox(stream, position, patch) {
      await inner.updateOutbox(stream, position, patch);
      others.push("updateOutbox");
    },
    async writeCard(requestId, card) {
      await inner.writeCard(requestId, card);
      others.push("writeCard");
    },
  };
}
