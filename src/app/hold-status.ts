import type { DurationMs } from "../core/time.ts";
import type { RequestId } from "../core/ids.ts";
import type { StoredRequest } from "../ports/store.ts";
import type { Service } from "./service.ts";
import { tickIfDue } from "./take-evidence.ts";

/** True when a poll is to be answered: its `since` is not the present version, or without one it is decided. */
export function isNews(stored: StoredRequest, since: number | undefined): boolean {
  return since === undefined ? stored.request.status !== "pending" : stored.version !== since;
}

/**
 * The request as soon as its version differs from `since` (without `since`: as soon as it is no longer pending),
 * or as it stands after `waitMs`, when the caller hangs up, or when the process is `stopping` and everybody was woken
 * for that. Leaves nothing behind.
 */
export async function holdStatus(
  service: Service,
  requestId: RequestId,
  since: number | undefined,
  waitMs: DurationMs,
  hungUp: AbortSignal,
  stopping?: AbortSignal,
): Promise<StoredRequest | undefined> {
  const { store, clock, wake } = service;
  const deadline = clock.now() + waitMs;
  for (;;) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    // Listening starts before the read, so that a change in between is not missed.
    const leave = wake.listen(requestId, abort);
    hungUp.addEventListener("abort", abort, { once: true });
    try {
      const read = await store.loadRequest(requestId);
      const stored = read && (await tickIfDue(service, read));
      const leftMs = deadline - clock.now();
      const isOver = leftMs <= 0 || hungUp.aborted || stopping?.aborted === true;
      if (stored === undefined || isNews(stored, since) || isOver) return stored;
      if (!stop.signal.aborted) await clock.sleep(leftMs, stop.signal);
    } finally {
      leave();
      hungUp.removeEventListener("abort", abort);
    }
  }
}
