import fc from "fast-check";
import { alarmsOf } from "../../src/core/alarms.ts";
import { type Command, REPORT_KINDS } from "../../src/core/commands.ts";
import { decide } from "../../src/core/decide.ts";
import type { Decision } from "../../src/core/decision.ts";
import type { Policy } from "../../src/core/policy-config.ts";
import { type AccessRequest, END_REASONS, type Status } from "../../src/core/request.ts";
import {
  type Act,
  act,
  ANNA,
  annaIdentity,
  ARM_ID,
  BORIS,
  CLARA,
  commandOf,
  deepFreeze,
  type Life,
  lifeIn,
  newLife,
  OFF_HOURS_POLICY,
  OTHER_ARM_ID,
  OTHER_SERIAL,
  POLICY,
  SERIAL,
  STRANGER,
  T0,
} from "../../src/core/test-kit.ts";
import { DAY_MS, HOUR_MS, type Instant, MINUTE_MS, SESSION_MINUTES } from "../../src/core/time.ts";

/**
 * How long nothing happens before a command: a while, or until just before, at or after one of the request's own
 * alarms, since that is where mistakes live.
 */
type Wait = { readonly for: number } | { readonly untilAlarm: number; readonly offsetMs: number };

/** One act after a wait: one that suits the state, by its number (0 is the most usual), or any other. */
export interface Step {
  readonly wait: Wait;
  readonly act: Act | { readonly suiting: number };
}

/** What a random life is made of: where it begins, under which policy, and what happens then. */
export interface Plot {
  readonly policy: Policy;
  /** The state that it has come to by real commands; `born` has nothing but its submission behind it. */
  readonly from: Status | "born";
  readonly steps: readonly Step[];
}

/** One decided command of a life, with what stood before it. */
export interface Visit {
  readonly before: AccessRequest;
  readonly command: Command;
  readonly now: Instant;
  readonly decision: Decision;
  readonly after: AccessRequest;
}

const POLICIES: readonly Policy[] = [
  POLICY,
  OFF_HOURS_POLICY,
  { ...POLICY, offHours: { ...OFF_HOURS_POLICY.offHours, zone: "Europe/Atlantis" } },
].map(deepFreeze);

const anyWait: fc.Arbitrary<Wait> = fc.oneof(
  { weight: 2, arbitrary: fc.constant<Wait>({ for: 0 }) },
  { weight: 6, arbitrary: fc.record({ for: fc.integer({ min: 1, max: 2 * MINUTE_MS }) }) },
  { weight: 1, arbitrary: fc.record({ for: fc.integer({ min: MINUTE_MS, max: HOUR_MS }) }) },
  { weight: 1, arbitrary: fc.record({ for: fc.integer({ min: HOUR_MS, max: 3 * DAY_MS }) }) },
  {
    weight: 4,
    arbitrary: fc.record({ untilAlarm: fc.nat({ max: 2 }), offsetMs: fc.constantFrom(-1, 0, 1) }),
  },
);

const person = fc.constantFrom(ANNA, BORIS, CLARA, STRANGER);
const serial = fc.constantFrom(SERIAL, SERIAL, SERIAL, OTHER_SERIAL);
const armId = fc.constantFrom(ARM_ID, ARM_ID, ARM_ID, OTHER_ARM_ID);
const minutes = fc.constantFrom(...SESSION_MINUTES);
const someInstant = fc.integer({ min: T0 - HOUR_MS, max: T0 + 3 * DAY_MS });

const identity = fc.constantFrom(
  annaIdentity(),
  annaIdentity({ requesterSlackIds: [BORIS] }),
  annaIdentity({ requesterSlackIds: [ANNA, CLARA], doubts: ["owner_differs"] }),
  annaIdentity({ requesterSlackIds: [], doubts: ["nobody_resolved"] }),
);

const anyAct: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ type: fc.constant("identity_resolved"), identity, capReached: fc.boolean() }),
  fc.record({ type: fc.constant("approve"), by: person, minutes }),
  fc.record({ type: fc.constant("deny"), by: person }),
  fc.record({
    type: fc.constant("cancel"),
    by: fc.oneof(fc.record({ mac: serial }), fc.record({ slack: person })),
  }),
  fc.record({
    type: fc.constantFrom("revoke", "lock", "end_by_requester", "close_unverified", "device_locked"),
    by: person,
  }),
  fc.record({ type: fc.constantFrom("signal_set", "re_enrolled", "heartbeat_returned", "tick") }),
  fc.record({ type: fc.constantFrom("signal_failed", "lock_failed"), why: fc.constant("404") }),
  fc
    .record({ serial, armId, uid: fc.constantFrom(501, 501, 502), baselineSha256: fc.constantFrom("a", "b") })
    .map((over) => act.arm(over)),
  fc
    .record({ serial, armId, elevatedAt: someInstant })
    .map(({ elevatedAt, ...over }) => act.start(elevatedAt, over)),
  fc.record({
    type: fc.constant("end"),
    serial,
    cause: fc.constantFrom("network_loss", "ended_by_user", "tampered", "device_error"),
  }),
  fc
    .record({
      serial,
      armId,
      granted: fc.boolean(),
      verified: fc.boolean(),
      reason: fc.constantFrom(...END_REASONS),
      removedAt: someInstant,
    })
    .map((over) => act.removed(over)),
  fc.record({ type: fc.constant("admin_seen"), admin: fc.boolean() }),
  fc.record({ type: fc.constant("heartbeat_silent"), lastSeenAt: someInstant }),
  fc.boolean().map((final) => act.logPart(final)),
  fc.record({ type: fc.constant("log_contradiction"), seq: fc.nat(), what: fc.constant("x") }),
  fc
    .record({ serial, reportId: fc.uuid(), kind: fc.constantFrom(...REPORT_KINDS) })
    .map((over) => act.report(over)),
  fc.record({
    type: fc.constantFrom("effect_failed", "effect_recovered"),
    key: fc.constant("k"),
    what: fc.constant("w"),
    why: fc.constant("y"),
  }),
);

const BEGINNINGS = [
  "born",
  "pending",
  "approved",
  "approved",
  "arming",
  "active",
  "active",
  "active",
  "ending",
  "ending",
  "ended",
] as const;

/** A step of a life. Many move it on, so that lives get far; the others are anything by anybody. */
const anyStep: fc.Arbitrary<Step> = fc.record({
  wait: anyWait,
  act: fc.oneof(
    { weight: 2, arbitrary: fc.constant({ suiting: 0 }) },
    { weight: 3, arbitrary: fc.record({ suiting: fc.nat({ max: 20 }) }) },
    { weight: 2, arbitrary: anyAct },
  ),
});

/** Commands in any order, by anybody, at any time: also past deadlines, repeated, and of the wrong person or Mac. */
export const anyPlot: fc.Arbitrary<Plot> = fc.noBias(
  fc.record({
    policy: fc.constantFrom(...POLICIES),
    from: fc.constantFrom(...BEGINNINGS),
    steps: fc.array(anyStep, { maxLength: 24, size: "max" }),
  }),
);

/** What may well happen next to a request in this state; the first is the most usual. */
function suiting(request: AccessRequest, now: Instant): readonly Act[] {
  switch (request.status) {
    case "pending":
      return request.identity.state === "pending"
        ? [act.resolve(), act.approve(), act.cancelByMac()]
        : [act.approve(), act.deny(), act.approve(CLARA, 5), act.cancelBySlack(), { type: "re_enrolled" }];
    case "approved":
      return [
        act.arm(),
        act.arm({ uid: 502 }),
        act.arm({ generatedUid: "FFFFFFFF-0000-4000-8000-000000000001" }),
        { type: "signal_failed", why: "404" },
        { type: "signal_set" },
        act.cancelByMac(),
        act.tick,
      ];
    case "arming":
      return [act.start(now), act.removed({ granted: false }), act.revoke(), act.tick];
    case "active":
      return [
        request.grant.heartbeatLostAt === undefined
          ? { type: "heartbeat_silent", lastSeenAt: now - 3 * MINUTE_MS }
          : { type: "heartbeat_returned" },
        act.tick,
        act.logPart(),
        act.lock(),
        act.revoke(),
        act.end({ cause: "network_loss" }),
      ];
    case "ending":
      return [
        request.ending.closeOffered ? act.closeUnverified() : act.removed({ removedAt: now }),
        act.tick,
        act.logPart(),
        act.adminSeen(),
        act.removed({ verified: false }),
        { type: "re_enrolled" },
        request.ending.lock === undefined ? act.lock(CLARA) : { type: "lock_failed", why: "400" },
        { type: "device_locked", by: CLARA },
      ];
    case "ended":
      return [
        act.logPart(true),
        act.tick,
        act.adminSeen(),
        act.removed(),
        { type: "device_locked", by: BORIS },
      ];
    case "denied":
    case "cancelled":
    case "expired_unanswered":
    case "lapsed":
      return [act.tick, act.approve(), act.report()];
  }
}

function pick(step: Step, request: AccessRequest, now: Instant): Act {
  if ("type" in step.act) return step.act;
  const acts = suiting(request, now);
  return acts[step.act.suiting % acts.length] ?? act.tick;
}

function timeAfter(wait: Wait, request: AccessRequest, now: Instant, policy: Policy): Instant {
  if ("for" in wait) return now + wait.for;
  const alarms = alarmsOf(request, policy).map(({ at }) => at);
  const at = alarms.toSorted((a, b) => a - b)[wait.untilAlarm % Math.max(alarms.length, 1)];
  return at === undefined ? now : Math.max(now, at + wait.offsetMs);
}

/** The life with which a plot begins. */
export function beginningOf({ policy, from }: Plot): Life {
  if (from === "born") return newLife({ policy });
  // By day only a human approves, so the way to each state is the same under every policy.
  const life = lifeIn(from);
  return { ...life, policy };
}

/**
 * Lives through a plot and shows every decision to `visit`. Inputs are frozen. Time never goes back. Answers the
 * decisions in order.
 */
export function liveThrough(plot: Plot, visit: (visit: Visit) => void = () => {}): readonly Visit[] {
  const { policy, steps } = plot;
  const visits: Visit[] = [];
  let { request, now } = beginningOf(plot);
  for (const step of steps) {
    now = timeAfter(step.wait, request, now, policy);
    const made = decideOnce(request, commandOf(pick(step, request, now)), now, policy);
    visits.push(made);
    visit(made);
    request = made.after;
  }
  return visits;
}

/** Decides one command on frozen inputs. */
export function decideOnce(before: AccessRequest, command: Command, now: Instant, policy: Policy): Visit {
  const decision = decide(deepFreeze(before), deepFreeze(command), now, policy);
  return { before, command, now, decision, after: decision.request ?? before };
}

/** A plot whose steps are at fixed times, so that other commands can be put between them. */
export function timesOf(plot: Plot): readonly (readonly [now: Instant, command: Command])[] {
  return liveThrough(plot).map(({ now, command }) => [now, command]);
}
