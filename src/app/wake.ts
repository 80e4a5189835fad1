import type { RequestId } from "../core/ids.ts";

/** Lets held polls sleep until their request changes. Nothing is remembered: the store is asked after each wake. */
export interface Wake {
  /** Wakes everybody who waits for this request. */
  notify(requestId: RequestId): void;
  /** Wakes everybody: the process is about to end. */
  notifyAll(): void;
  /** Calls `onWake` once at the next change; returns a function that leaves again. */
  listen(requestId: RequestId, onWake: () => void): () => void;
  /** How many waiters there are. */
  waiting(): number;
}

/** Makes a `Wake` that lives in this process. */
export function createWake(): Wake {
  const listeners = new Map<RequestId, Set<() => void>>();

  function notify(requestId: RequestId): void {
    const waiting = listeners.get(requestId);
    if (waiting === undefined) return;
    listeners.delete(requestId);
    for (const onWake of waiting) onWake();
  }

  return {
    notify,
    notifyAll() {
      for (const requestId of listeners.keys()) notify(requestId);
    },
    listen(requestId, onWake) {
      const waiting = listeners.get(requestId) ?? new Set();
      waiting.add(onWake);
      listeners.set(requestId, waiting);
      return () => {
        waiting.delete(onWake);
        if (waiting.size === 0 && listeners.get(requestId) === waiting) listeners.delete(requestId);
      };
    },
    waiting() {
      let count = 0;
      for (const waiting of listeners.values()) count += waiting.size;
      return count;
    },
  };
}
