/** The outside world said "not now": a retry may work. `retryAfterMs` is the server's own wish, if it gave one. */
export class RetryableError extends Error {
  override readonly name = "RetryableError";
  readonly retryAfterMs: number | undefined;
  constructor(message: string, options: { retryAfterMs?: number | undefined; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** How long what only a person can mend is left alone between two tries. */
const MENDED_AFTER_MS = 60_000;

/**
 * The outside world said no because of how the installation is set up (a token, a scope, a channel, a proxy): once
 * somebody has mended that, the same call works. Hence it is tried again, though seldom.
 */
export class SetupError extends RetryableError {
  constructor(message: string) {
    super(message, { retryAfterMs: MENDED_AFTER_MS });
  }
}

/**
 * Somebody deleted the message that a call is about. Once it is posted anew the same work can be done on the new one,
 * hence it is tried again.
 */
export class MessageGone extends RetryableError {}

/** The outside world said "no" for good: a retry of the same call cannot work. */
export class TerminalError extends Error {
  override readonly name = "TerminalError";
}

/** The outside world does not know what the call names, such as a device that was deleted there. */
export class NotFoundError extends TerminalError {}
