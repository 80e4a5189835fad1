/** A held poll is asked for this long at most (the contract allows 0-20 s). */
export const HELD_POLL_SECONDS = 20;
const JITTER = 0.2;
const LONGEST_SECONDS = 3600;
const SHORTEST_SECONDS = 1;

/**
 * When to poll next, in seconds from now: the service's wish, 20 % more or less by `chance` in [0, 1), so that
 * Macs do not come in step. Held between 1 s and 1 h whatever the service says.
 */
export function pollAfterSeconds(nextPollSeconds: number, chance: number): number {
  const wish = Math.min(LONGEST_SECONDS, Math.max(SHORTEST_SECONDS, nextPollSeconds));
  return wish * (1 - JITTER + 2 * JITTER * chance);
}

/**
 * How long to ask for a held poll, in whole seconds: up to 20 % less than the most, by `chance` in [0, 1). Nothing
 * pauses between held polls, so Macs that asked in one second would otherwise call in one second for ever.
 */
export function heldPollSeconds(chance: number): number {
  return HELD_POLL_SECONDS - Math.floor((JITTER * HELD_POLL_SECONDS + 1) * chance);
}

/** The service's own wish when to be called again, in seconds from now: never sooner, up to 20 % later by `chance`. */
export function wishedAfterSeconds(wishSeconds: number, chance: number): number {
  return Math.min(LONGEST_SECONDS, wishSeconds) * (1 + JITTER * chance);
}

/** When to try again after `failures` (1 or more) tries without an answer: doubling from 2 s to `capSeconds`. */
export function retryAfterSeconds(failures: number, chance: number, capSeconds: number): number {
  const wait = Math.min(capSeconds, 2 ** Math.min(failures, 16));
  return wait * (1 - JITTER + 2 * JITTER * chance);
}
