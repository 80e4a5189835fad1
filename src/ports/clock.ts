import type { DurationMs, Instant } from "../core/time.ts";

/** Where time comes from. Nothing outside adapters and entry points reads another clock. */
export interface Clock {
  now(): Instant;
  /**
   * Calls `task` once, at `at` or as soon after it as possible, at once if `at` is past; any distance is allowed.
   * Returns a function that cancels it; cancelling twice or too late is harmless.
   */
  at(at: Instant, task: () => void): () => void;
  /**
   * Calls `task` once after `durationMs`, counted in waits: setting the machine's clock makes it neither longer nor
   * shorter, hence limits and regular work use this. Returns a function that cancels it, as that of `at`.
   */
  after(durationMs: DurationMs, task: () => void): () => void;
  /** Resolves after `durationMs`; resolves early, without error, when `signal` is aborted. */
  sleep(durationMs: DurationMs, signal?: AbortSignal): Promise<void>;
}
