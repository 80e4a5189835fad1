import type { Effect } from "./effects.ts";
import type { RequestEvent, StampedEvent } from "./events.ts";
import { evolve } from "./evolve.ts";
import type { Refusal } from "./refusals.ts";
import type { AccessRequest, Actor } from "./request.ts";
import type { Instant } from "./time.ts";

/**
 * What a command leads to. Events and effects are to be stored together, also beside a refusal: what was due by
 * the clock happens whether or not the command is accepted. No events and no refusal: the command was a repeat.
 */
export interface Decision {
  readonly events: readonly StampedEvent[];
  readonly effects: readonly Effect[];
  readonly refusal?: Refusal;
  /** The decision holds only while this counter stays at or below its limit. */
  readonly quota?: { readonly key: string; readonly limit: number };
  /** The request after the events; undefined only for a command to a request that does not exist. */
  readonly request: AccessRequest | undefined;
}

/** Collects events and effects while a command is being decided, folding each event at once. */
export interface Draft {
  readonly now: Instant;
  request: AccessRequest | undefined;
  readonly events: StampedEvent[];
  readonly effects: Effect[];
  refusal?: Refusal;
  quota?: { readonly key: string; readonly limit: number };
}

/** A draft in which nothing has happened yet. */
export function newDraft(request: AccessRequest | undefined, now: Instant): Draft {
  return { now, request, events: [], effects: [] };
}

/** Adds one event and moves the draft's request on. Throws `LifecycleError` if the table forbids it. */
export function happen(draft: Draft, actor: Actor, event: RequestEvent): void {
  const stamped: StampedEvent = { event, actor, at: draft.now };
  draft.request = evolve(draft.request, stamped);
  draft.events.push(stamped);
}

/** Adds effects, keeping the first of two with the same key. */
export function want(draft: Draft, ...effects: readonly Effect[]): void {
  for (const effect of effects) {
    if (!draft.effects.some((known) => known.key === effect.key)) draft.effects.push(effect);
  }
}

/** Makes the decision a refusal; events collected so far stay. */
export function refuse(draft: Draft, refusal: Refusal): void {
  draft.refusal = refusal;
}

/** What the draft comes to. */
export function toDecision(draft: Draft): Decision {
  const { events, effects, request, refusal, quota } = draft;
  return {
    events,
    effects,
    request,
    ...(refusal === undefined ? {} : { refusal }),
    ...(quota === undefined ? {} : { quota }),
  };
}

/** Who does what falls due by the clock. */
export const TIMER: Actor = { kind: "system", part: "timer" };
/** Who reports how work in the outside world went. */
export const EFFECTS: Actor = { kind: "system", part: "effects" };
/** Who closes the requests of a Mac that was wiped. */
export const ENROLLMENT: Actor = { kind: "system", part: "enrollment" };
