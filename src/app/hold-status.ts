import type { DurationMs } from "../core/time.ts";
import type { RequestId } from "../core/ids.ts";
import type { StoredRequest } from "../ports/store.ts";
import type { Service } from "./service.ts";
import { tickIfDue } from "./take-evidence.ts";

/**
 * The request as soon as its version differs from `since` (without `since`: as soon as it is no longer pending),
 * or as it stands after `waitMs` or when `signal` is aborted. Leaves nothing behind when the caller hangs up.
 */
export async function holdStatus(
  service: Service,
  requestId: RequestId,
  since: number | undefined,
  waitMs: DurationMs,
  signal: AbortSignal,
): Promise<StoredRequest | undefined> {
  const { clock, wake } = service;
  const deadline = clock.now() + waitMs;
  for (;;) {
    const stop = new AbortController();
    const abort = () => stop.abort();
    // Listening starts before the read, so that a change in between is not missed.
    const leave = wake.listen(requestId, abort);
    signal.addEventListener("abort", abort, { once: true });
    try {
      const stored = await tickIfDue(service, requestId);
      const isNew =
        stored === undefined ||
        (since === undefined ? stored.request.status !== "pending" : stored.version !== since);
      const leftMs = deadline - clock.now();
      if (isNew || leftMs <= 0 || signal.aborted) return stored;
      if (!stop.signal.aborted) await clock.sleep(leftMs, stop.signal);
    } finally {
      leave();
      signal.removeEventListener("abort", abort);
    }
  }
}
