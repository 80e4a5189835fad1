/** The outside world said "not now": a retry may work. `retryAfterMs` is the server's own wish, if it gave one. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** The outside world said "no" for good: a retry of the same call cannot work. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}
