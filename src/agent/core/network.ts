import type { Now } from "./now.ts";

/**
 * What the Mac makes of the network while rights are given (design section 9). A look asks the probe; only when the
 * probe fails it also needs the service's word. Any answer of the service shows that the network is there; but only one
 * that says what the session is lets it go on: "too many calls" and "not now" say nothing of a revoke. All times are
 * awake seconds, so that sleep is no silence.
 */
export interface Network {
  /** The look under way. */
  look?: { startedAt: number; probeFailed: boolean } | undefined;
  lastLookAt: number;
  /** Looks in a row in which neither the probe nor the service answered, and when the first of them began. */
  silentLooks: number;
  silentSince: number;
  lastAnswerAt: number;
  /** When the service last said what the session is, and since when it has been asked for it in vain. */
  heardAt: number;
  unheardSince?: number | undefined;
  /** After a wake the network may take this long to come back. */
  graceUntil: number;
}

/** `outage`: the network is there and the service's word is not. `loss`: neither is. */
export type NetworkVerdict = "there" | "outage" | "loss";

const LOOK_EVERY_SECONDS = 5;
const LOSS_LOOKS = 3;
const LOSS_SECONDS = 10;
const OUTAGE_SECONDS = 180;
const WAKE_GRACE_SECONDS = 30;

/** The network as it is taken to be when a session begins: there. */
export function freshNetwork(now: Now): Network {
  const at = now.awakeSeconds;
  return { lastLookAt: at, silentLooks: 0, silentSince: at, lastAnswerAt: at, heardAt: at, graceUntil: 0 };
}

/**
 * The Mac woke: what was seen of the network says nothing, and it has 30 s to come back. The service's word is missing
 * for as long as before: nobody gains time by letting the Mac sleep again and again.
 */
export function noteWake({ heardAt, unheardSince }: Network, now: Now): Network {
  return { ...freshNetwork(now), heardAt, unheardSince, graceUntil: now.awakeSeconds + WAKE_GRACE_SECONDS };
}

/** Another process of the agent heard the service last at `heardAt`, in awake seconds, and this one not yet. */
export function silentSince(network: Network, heardAt: number): Network {
  return { ...network, lastAnswerAt: heardAt, heardAt, unheardSince: heardAt };
}

/** The service answered, whatever it said: the network is there. */
export function noteAnswer(network: Network, now: Now): void {
  network.lastAnswerAt = now.awakeSeconds;
  endLook(network);
}

/** The service said what the session is, or was asked for it in vain (law L9). */
export function noteWord(network: Network, now: Now, isHeard: boolean): void {
  if (isHeard) network.heardAt = now.awakeSeconds;
  network.unheardSince = isHeard ? undefined : (network.unheardSince ?? now.awakeSeconds);
}

/** A call to the service got no answer of the service. */
export function noteSilence(network: Network): void {
  const { look } = network;
  if (look === undefined || !look.probeFailed) return;
  if (network.silentLooks === 0) network.silentSince = look.startedAt;
  network.silentLooks += 1;
  network.look = undefined;
}

/** The probe answered with exactly 200 (`ok`), or with anything else or not at all. */
export function noteProbe(network: Network, ok: boolean): void {
  const { look } = network;
  if (look === undefined) return;
  if (ok || network.lastAnswerAt >= look.startedAt) endLook(network);
  else look.probeFailed = true;
}

function endLook(network: Network): void {
  network.look = undefined;
  network.silentLooks = 0;
}

/** Starts a look when one is due; true when the probe is to be asked now. */
export function startLook(network: Network, now: Now): boolean {
  if (network.look !== undefined || now.awakeSeconds < network.lastLookAt + LOOK_EVERY_SECONDS) return false;
  network.lastLookAt = now.awakeSeconds;
  network.look = { startedAt: now.awakeSeconds, probeFailed: false };
  return true;
}

/** True while the look under way waits for the service's word. */
export function needsService(network: Network): boolean {
  return network.look?.probeFailed === true;
}

/**
 * `loss`: probe and service were silent for 3 looks over at least 10 awake seconds. `outage`: the service was
 * asked for 3 minutes and did not say what the session is. Both mean: take the rights away.
 */
export function verdict(network: Network, now: Now): NetworkVerdict {
  if (now.awakeSeconds < network.graceUntil) return "there";
  const silentFor = now.awakeSeconds - network.silentSince;
  if (network.silentLooks >= LOSS_LOOKS && silentFor >= LOSS_SECONDS) return "loss";
  const since = network.unheardSince;
  return since !== undefined && now.awakeSeconds - since >= OUTAGE_SECONDS ? "outage" : "there";
}
