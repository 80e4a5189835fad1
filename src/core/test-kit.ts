import type { Command } from "./commands.ts";
import { decide } from "./decide.ts";
import type { Decision } from "./decision.ts";
import type { Effect } from "./effects.ts";
import type { StampedEvent } from "./events.ts";
import { STATUSES } from "./lifecycle.ts";
import { DEFAULT_POLICY, type Policy } from "./policy-config.ts";
import type { Refusal } from "./refusals.ts";
import type { AccessRequest, Ask, Identity, Status } from "./request.ts";
import { DAY_MS, type DurationMs, HOUR_MS, type Instant, MINUTE_MS, type SessionMinutes } from "./time.ts";

/** Builders for tests and generated documents: requests that really lived, made by folding commands. Never shipped. */

/** When every life of this kit begins: Monday, 23 November 2026, 10:00 UTC. */
export const T0: Instant = 1_795_428_000_000;

/** The Slack user who asks. */
export const ANNA = "U0ANNA";
/** An approver. */
export const BORIS = "U0BORIS";
/** Another approver. */
export const CLARA = "U0CLARA";
/** Somebody in the channel who is no approver. */
export const STRANGER = "U0STRANGER";

/** Anna's Mac. */
export const SERIAL = "C02HALLPASS1";
/** Another Mac. */
export const OTHER_SERIAL = "C02HALLPASS2";
/** The attempt of Anna's Mac to take the approval up. */
export const ARM_ID = "a0000000-0000-4000-8000-000000000001";
/** Another attempt. */
export const OTHER_ARM_ID = "a0000000-0000-4000-8000-000000000002";

const UID = 501;
const GENERATED_UID = "0A1B2C3D-0000-4000-8000-000000000001";

/** The seed's intervals, with Boris and Clara as approvers and no off-hours approval. */
export const POLICY: Policy = deepFreeze({ ...DEFAULT_POLICY, approverIds: [BORIS, CLARA] });

type WithoutId<C> = C extends Command ? Omit<C, "commandId"> : never;

/** A command as tests write it; the kit gives it an id. */
export type Act = WithoutId<Command>;
type ActOf<T extends Act["type"]> = Extract<Act, { type: T }>;

/** Anna's request for 15 minutes. */
export function askOf(over: Partial<Ask> = {}): Ask {
  return {
    requestId: "00000000-0000-4000-8000-000000000001",
    serial: SERIAL,
    hostname: "Anna’s MacBook Pro",
    username: "anna",
    uid: UID,
    generatedUid: GENERATED_UID,
    reason: "install the debugger",
    category: "install",
    durationMinutes: 15,
    email: "anna@example.com",
    requestedAt: T0,
    ...over,
  };
}

/** Anna, known by both ways and without doubt. */
export function annaIdentity(
  over: Partial<Extract<Identity, { state: "resolved" }>> = {},
): Extract<Identity, { state: "resolved" }> {
  return {
    state: "resolved",
    deviceId: "device-1",
    ownerEmail: "anna@example.com",
    requesterSlackIds: [ANNA],
    directMessageTo: ANNA,
    doubts: [],
    ...over,
  };
}

/** The commands that most tests need, with everything right unless overridden. */
export const act = {
  resolve: (over: Partial<Extract<Identity, { state: "resolved" }>> = {}): Act => ({
    type: "identity_resolved",
    identity: annaIdentity(over),
  }),
  approve: (by = BORIS, minutes: SessionMinutes = 15): Act => ({ type: "approve", by, minutes }),
  deny: (by = BORIS, reason?: string): Act => ({
    type: "deny",
    by,
    ...(reason === undefined ? {} : { reason }),
  }),
  cancelByMac: (mac = SERIAL): Act => ({ type: "cancel", by: { mac } }),
  cancelBySlack: (slack = ANNA): Act => ({ type: "cancel", by: { slack } }),
  arm: (over: Partial<ActOf<"arm">> = {}): Act => ({
    type: "arm",
    serial: SERIAL,
    armId: ARM_ID,
    uid: UID,
    generatedUid: GENERATED_UID,
    baselineSha256: "ab".repeat(32),
    ...over,
  }),
  start: (elevatedAt: Instant, over: Partial<ActOf<"start">> = {}): Act => ({
    type: "start",
    serial: SERIAL,
    armId: ARM_ID,
    elevatedAt,
    ...over,
  }),
  end: (over: Partial<ActOf<"end">> = {}): Act => ({
    type: "end",
    serial: SERIAL,
    cause: "ended_by_user",
    ...over,
  }),
  endByRequester: (by = ANNA): Act => ({ type: "end_by_requester", by }),
  revoke: (by = BORIS): Act => ({ type: "revoke", by }),
  lock: (by = BORIS): Act => ({ type: "lock", by }),
  removed: (over: Partial<ActOf<"removed">> = {}): Act => ({
    type: "removed",
    serial: SERIAL,
    armId: ARM_ID,
    granted: true,
    verified: true,
    reason: "expired",
    removedAt: T0,
    ...over,
  }),
  closeUnverified: (by = BORIS): Act => ({ type: "close_unverified", by }),
  adminSeen: (admin = true): Act => ({ type: "admin_seen", admin }),
  logPart: (final = false): Act => ({
    type: "log_chunk_stored",
    final,
    chunks: 1,
    lines: 3,
    hash: "cd".repeat(32),
  }),
  report: (over: Partial<ActOf<"report">> = {}): Act => ({
    type: "report",
    serial: SERIAL,
    reportId: "e0000000-0000-4000-8000-000000000001",
    kind: "drift",
    items: ["/etc/hosts"],
    ...over,
  }),
  tick: { type: "tick" } satisfies Act,
};

/** What one command came to, with short forms of what tests look at most. */
export interface Outcome {
  readonly decision: Decision;
  /** Types of the events, in order. */
  readonly events: readonly string[];
  /** Keys of the effects, in order. */
  readonly keys: readonly string[];
  readonly refusal: Refusal | undefined;
}

/** One request on its way, with a clock of its own. Everything handed to `decide` is frozen, all the way down. */
export interface Life {
  readonly policy: Policy;
  now: Instant;
  request: AccessRequest;
  readonly events: StampedEvent[];
  readonly effects: Effect[];
  /** Lets time pass without telling anybody. */
  pass(durationMs: DurationMs): Life;
  /** Decides one command now and moves on to what it leads to. */
  do(command: Act): Outcome;
  /** Lets time pass, then decides. */
  after(durationMs: DurationMs, command: Act): Outcome;
}

let commandCount = 0;

/** Gives an act an id of its own. */
export function commandOf(body: Act): Command {
  commandCount += 1;
  return { commandId: `command-${commandCount}`, ...body };
}

/** A life that has just begun: asked for, and nothing known yet of who asks. */
export function newLife(options: { ask?: Partial<Ask>; policy?: Policy } = {}): Life {
  const policy = deepFreeze(options.policy ?? POLICY);
  const ask = askOf(options.ask);
  const first = decide(undefined, deepFreeze(commandOf({ type: "submit", ask })), ask.requestedAt, policy);
  if (first.request === undefined) throw new Error("a submission made no request");
  const life: Life = {
    policy,
    now: ask.requestedAt,
    request: first.request,
    events: [...first.events],
    effects: [...first.effects],
    pass(durationMs) {
      life.now += durationMs;
      return life;
    },
    do(body) {
      const decision = decide(deepFreeze(life.request), deepFreeze(commandOf(body)), life.now, policy);
      life.request = decision.request ?? life.request;
      life.events.push(...decision.events);
      life.effects.push(...decision.effects);
      return outcomeOf(decision);
    },
    after(durationMs, body) {
      return life.pass(durationMs).do(body);
    },
  };
  return life;
}

function outcomeOf(decision: Decision): Outcome {
  return {
    decision,
    events: decision.events.map(({ event }) => event.type),
    keys: decision.effects.map((effect) => effect.key),
    refusal: decision.refusal,
  };
}

/** How a life gets into each state, a minute or so apart; each list goes on from that of another state. */
const PATHS: Readonly<Record<Status, { readonly from?: Status; readonly steps: (life: Life) => void }>> = {
  pending: { steps: (life) => void life.after(2_000, act.resolve()) },
  approved: { from: "pending", steps: (life) => void life.after(MINUTE_MS, act.approve()) },
  denied: { from: "pending", steps: (life) => void life.after(MINUTE_MS, act.deny(BORIS, "not today")) },
  cancelled: { from: "pending", steps: (life) => void life.after(MINUTE_MS, act.cancelByMac()) },
  expired_unanswered: { from: "pending", steps: (life) => void life.after(DAY_MS, act.tick) },
  lapsed: { from: "approved", steps: (life) => void life.after(HOUR_MS, act.tick) },
  arming: { from: "approved", steps: (life) => void life.after(30_000, act.arm()) },
  active: { from: "arming", steps: (life) => void life.after(5_000, act.start(life.now)) },
  ending: { from: "active", steps: (life) => void life.after(MINUTE_MS, act.revoke()) },
  ended: {
    from: "ending",
    steps: (life) => void life.after(10_000, act.removed({ reason: "revoked", removedAt: life.now })),
  },
};

/** A life that has come to `status` by real commands. */
export function lifeIn(status: Status, options: { ask?: Partial<Ask>; policy?: Policy } = {}): Life {
  const { from, steps } = PATHS[status];
  const life = from === undefined ? newLife(options) : lifeIn(from, options);
  steps(life);
  if (life.request.status !== status) throw new Error(`came to ${life.request.status}, not ${status}`);
  return life;
}

/** Another life with the same past; what happens to one does not happen to the other. */
export function fork(life: Life): Life {
  const copy = newLife({ ask: life.request.ask, policy: life.policy });
  copy.now = life.now;
  copy.request = life.request;
  copy.events.splice(0, copy.events.length, ...life.events);
  copy.effects.splice(0, copy.effects.length, ...life.effects);
  return copy;
}

/** Freezes a value and everything in it, so that a change to an input throws. */
export function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) deepFreeze(part);
  }
  return value;
}

/** The request of a life that must be in `status` now. Throws when it is not. */
export function requestIn<S extends Status>(life: Life, status: S): Extract<AccessRequest, { status: S }> {
  const { request } = life;
  if (request.status !== status) throw new Error(`expected ${status}, but the request is ${request.status}`);
  return request as Extract<AccessRequest, { status: S }>;
}

/** The request of a life in each of its states. */
export function requestInEachState(): { readonly [S in Status]: Extract<AccessRequest, { status: S }> } {
  const entries = STATUSES.map((status) => [status, requestIn(lifeIn(status), status)]);
  return Object.fromEntries(entries) as ReturnType<typeof requestInEachState>;
}

/** The off-hours rule with business hours on Sundays alone, and Boris on call at all other times. */
export const OFF_HOURS_POLICY = {
  ...POLICY,
  offHours: {
    mode: "enabled",
    zone: "UTC",
    weekdays: [7],
    startMinute: 0,
    endMinute: 24 * 60,
    onCallUserId: BORIS,
    capPerNight: 2,
  },
} as const satisfies Policy;
