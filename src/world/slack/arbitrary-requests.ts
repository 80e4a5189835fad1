import fc from "fast-check";
import {
  type AccessRequest,
  type Actor,
  type Approval,
  CATEGORIES,
  END_REASONS,
  IDENTITY_DOUBTS,
  type Ending,
  type Grant,
  type Identity,
  type Proof,
  type SessionLog,
} from "../../core/request.ts";
import { SESSION_MINUTES } from "../../core/time.ts";
import type { RequestCard } from "../../ports/chat.ts";

/** Generators of requests with everything that can be in them, and worse than any Mac may send. */

/** Words that try to be something else: markup, mentions, controls, all of Unicode, lone surrogates, great length. */
export const words: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      "<",
      ">",
      "&",
      "*",
      "_",
      "~",
      "`",
      ":",
      "!",
      "@",
      "|",
      "^",
      "\n",
      "\0",
      "a",
      "👩",
      "\ud83d",
      "\u202e",
    ),
    maxLength: 60,
  }),
  fc.constantFrom(
    "",
    " ",
    "\n",
    "<!channel>",
    "<!date^1^{time}|x>",
    "<https://evil.test|Approve>",
    "``` x ```",
  ),
  fc.integer({ min: 1, max: 7_000 }).map((length) => "<&".repeat(length)),
);

const instant = fc.oneof(
  fc.integer({ min: 1_700_000_000_000, max: 1_900_000_000_000 }),
  fc.constantFrom(0, -1, 1, Number.MAX_SAFE_INTEGER, NaN, Infinity),
);
const userId = fc.constantFrom("U0ANNA", "W0IVO", "<!channel>", "");
const minutes = fc.constantFrom(...SESSION_MINUTES);

const actor: fc.Arbitrary<Actor> = fc.oneof(
  fc.record({ kind: fc.constant("slack" as const), userId }),
  fc.record({ kind: fc.constant("mac" as const), serial: words }),
  fc.record({
    kind: fc.constant("policy" as const),
    rule: fc.constant("off_hours" as const),
    onCallUserId: userId,
  }),
  fc.record({
    kind: fc.constant("system" as const),
    part: fc.constantFrom("timer", "effects", "enrollment"),
  }),
);

const identity: fc.Arbitrary<Identity> = fc.oneof(
  fc.constant({ state: "pending" as const }),
  fc.record(
    {
      state: fc.constant("resolved" as const),
      requesterSlackIds: fc.array(userId, { maxLength: 2 }),
      doubts: fc.subarray([...IDENTITY_DOUBTS]),
      ownerEmail: words,
      directMessageTo: userId,
    },
    { requiredKeys: ["state", "requesterSlackIds", "doubts"] },
  ),
);

const ask = fc.record(
  {
    requestId: fc.uuid(),
    serial: words,
    hostname: words,
    username: words,
    uid: fc.integer(),
    generatedUid: words,
    reason: words,
    category: fc.constantFrom(...CATEGORIES),
    durationMinutes: minutes,
    requestedAt: instant,
    email: words,
  },
  {
    requiredKeys: [
      "requestId",
      "serial",
      "hostname",
      "username",
      "uid",
      "generatedUid",
      "reason",
      "category",
      "durationMinutes",
      "requestedAt",
    ],
  },
);

const approval: fc.Arbitrary<Approval> = fc.record({ by: actor, minutes, at: instant });
const arming = fc.record({ armId: fc.uuid(), armedAt: instant, confirmBy: instant, baselineSha256: words });
const grant: fc.Arbitrary<Grant> = fc.record(
  { startedAt: instant, endsAt: instant, warned: fc.boolean(), heartbeatLostAt: instant },
  { requiredKeys: ["startedAt", "endsAt", "warned"] },
);
const ending: fc.Arbitrary<Ending> = fc.record(
  {
    reason: fc.constantFrom(...END_REASONS),
    since: instant,
    by: actor,
    alarmed: fc.boolean(),
    closeOffered: fc.boolean(),
    lock: fc.record(
      { by: actor, at: instant, confirmed: fc.boolean(), refused: fc.constant(true as const) },
      { requiredKeys: ["by", "at", "confirmed"] },
    ),
  },
  { requiredKeys: ["reason", "since", "by", "alarmed", "closeOffered"] },
);
const proof: fc.Arbitrary<Proof> = fc.oneof(
  fc.constant({ state: "awaited" as const }),
  fc.record({ state: fc.constant("not_confirmed" as const), at: instant }),
  fc.record({ state: fc.constant("still_admin" as const), at: instant }),
  fc.record({
    state: fc.constant("removed" as const),
    at: instant,
    removedAt: instant,
    granted: fc.boolean(),
  }),
  fc.record({ state: fc.constant("closed_unverified" as const), at: instant, by: actor }),
  fc.record({ state: fc.constant("re_enrolled" as const), at: instant }),
);
const log: fc.Arbitrary<SessionLog> = fc.oneof(
  fc.constant({ state: "none" as const }),
  fc.record({ state: fc.constant("streaming" as const), since: instant }),
  fc.record({ state: fc.constant("missing" as const), at: instant }),
  fc.record({
    state: fc.constant("collected" as const),
    at: instant,
    chunks: fc.nat(),
    lines: fc.nat(),
    hash: words,
    late: fc.boolean(),
  }),
);

const base = { ask, identity };
const session = { ...base, approval, arming, log };

/** Any request in any state. */
export const anyRequest: fc.Arbitrary<AccessRequest> = fc.oneof(
  fc.record(
    { ...base, status: fc.constant("pending" as const), nudgesSent: fc.nat(), autoApprovalDeclined: words },
    { requiredKeys: ["ask", "identity", "status", "nudgesSent"] },
  ),
  fc.record({
    ...base,
    approval,
    status: fc.constant("approved" as const),
    signal: fc.constantFrom("pending", "set", "failed"),
    lapsesAt: instant,
  }),
  fc.record({ ...session, status: fc.constant("arming" as const) }),
  fc.record({ ...session, grant, status: fc.constant("active" as const) }),
  fc.record({ ...session, grant, ending, proof, status: fc.constant("ending" as const) }),
  fc.record({ ...session, grant, ending, proof, endedAt: instant, status: fc.constant("ended" as const) }),
  fc.record({
    ...base,
    status: fc.constant("denied" as const),
    denial: fc.record({ by: actor, at: instant, reason: words }, { requiredKeys: ["by", "at"] }),
  }),
  fc.record(
    {
      ...base,
      approval,
      status: fc.constant("cancelled" as const),
      cancellation: fc.record({ by: actor, at: instant }),
    },
    { requiredKeys: ["ask", "identity", "status", "cancellation"] },
  ),
  fc.record({ ...base, status: fc.constant("expired_unanswered" as const), closedAt: instant }),
  fc.record({ ...base, approval, status: fc.constant("lapsed" as const), lapsedAt: instant }),
);

/** Any card, with buttons and a history that need not fit its state. */
export const anyCard: fc.Arbitrary<RequestCard> = fc.record({
  request: anyRequest,
  actions: fc.subarray([
    ...SESSION_MINUTES.map(
      (length) => ({ action: "approve", minutes: length, asked: length === 15 }) as const,
    ),
    { action: "deny" },
    { action: "cancel" },
    { action: "revoke" },
    { action: "lock" },
    { action: "close_unverified" },
  ] as const),
  timeline: fc.array(
    fc.record({ at: instant, what: words, bySlackUserId: userId }, { requiredKeys: ["at", "what"] }),
    { maxLength: 60 },
  ),
});
