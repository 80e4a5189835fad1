import { INVARIANTS } from "../../core/invariants.ts";
import type { AccessRequest } from "../../core/request.ts";
import { STEP_INVARIANTS } from "../../core/step-invariants.ts";

/** Whether a rule of the core says anything of this request; what it does not speak of is no check of it. */
type Premise = (request: AccessRequest) => boolean;
type StepPremise = (before: AccessRequest, after: AccessRequest) => boolean;

const has = (part: string) => (request: AccessRequest) => Reflect.get(request, part) !== undefined;
const isSession = has("arming");
const hasEnding = has("ending");
const isDenied = (request: AccessRequest) => request.status === "denied";
const isJudged: Premise = (request) => has("approval")(request) || isDenied(request);
const stateOf = (request: AccessRequest, part: "proof" | "log"): unknown =>
  (Reflect.get(request, part) as { readonly state?: string } | undefined)?.state;
const isFinal: Premise = ({ status }) => status === "ending" || status === "ended";
/** Every step could change it. */
const always = () => true;

/** The premise of each invariant, by its name. */
const PREMISES: Readonly<Record<string, Premise>> = {
  "rights rest on an approval that the Mac took up in time": isSession,
  // A cancellation, an end or a lock may be a Mac's.
  "no Mac but the request's own acts on it": (request) =>
    [Reflect.get(request, "cancellation"), Reflect.get(request, "ending")].some(
      (act: unknown) => (act as { readonly by?: { readonly kind: string } } | undefined)?.by?.kind === "mac",
    ),
  "rights count only from a confirmation within the window of their permission": isSession,
  "only approvers decide, or the off-hours rule in the name of one": isJudged,
  "the requester decides nothing": isJudged,
  "nobody decides before it is known who asks": isJudged,
  "the off-hours rule approves nobody in doubt": (request) =>
    "approval" in request && request.approval?.by.kind === "policy",
  "a request is cancelled only by its Mac, its requester, an approver or a new enrolment": (request) =>
    request.status === "cancelled",
  "the clock closes a request only when its time has come": ({ status }) =>
    status === "expired_unanswered" || status === "lapsed",
  // What has only been asked for has one time.
  "what happens later carries a later time": ({ status }) => status !== "pending",
  "the end is the start plus the approved minutes, one of the known lengths": has("grant"),
  "an end that is not the deadline's comes before it, and the deadline's not before": (request) =>
    hasEnding(request) && has("grant")(request),
  "a session ends only for a reason that whoever ended it may give": isFinal,
  "only an approver has a Mac locked, and a session that ended for it has that order": (request) =>
    "ending" in request && (request.ending.lock !== undefined || request.ending.reason === "locked"),
  "ended only by a proof, an approver who gave up waiting, or a new enrolment; else still awaited": isFinal,
  "closed as unverified only by an approver, and only after it was offered": (request) =>
    request.status === "ended" && stateOf(request, "proof") === "closed_unverified",
  "while an end is awaited, still admin is believed only past the grace for crossing beats": (request) =>
    request.status === "ending" && stateOf(request, "proof") === "still_admin",
  "there is a log beside a session, and beside nothing else": isSession,
  "a log is missing, or late, only when its time after the end has passed": (request) =>
    isSession(request) &&
    "log" in request &&
    (request.log.state === "missing" || (request.log.state === "collected" && request.log.late)),
};

/** The premise of each rule of a step, by its name. */
const STEP_PREMISES: Readonly<Record<string, StepPremise>> = {
  "a request moves only along the table": (before, after) => before.status !== after.status,
  "what was asked for, and who asked, never changes": always,
  "a decision stays as it was made": (before) => isJudged(before) || has("cancellation")(before),
  "a permission to give rights is never given anew": isSession,
  "a deadline never moves": has("grant"),
  "why, when and by whom a session ended never changes": hasEnding,
  "STILL ADMIN is taken back only by a proof, or by giving up waiting for one": (before, after) =>
    stateOf(before, "proof") === "still_admin" && stateOf(after, "proof") !== "still_admin",
  "a collected log stays collected as it is, and a missing one becomes nothing but collected": (before) =>
    stateOf(before, "log") === "collected" || stateOf(before, "log") === "missing",
};

/** Whether the invariant of this name speaks of the request; a name without a premise is a mistake. */
export function speaksOf(name: string, request: AccessRequest): boolean {
  return premiseIn(PREMISES, name)(request);
}

/** The same for a rule of a step. */
export function speaksOfStep(name: string, before: AccessRequest, after: AccessRequest): boolean {
  return premiseIn(STEP_PREMISES, name)(before, after);
}

function premiseIn<P>(premises: Readonly<Record<string, P>>, name: string): P {
  const premise = premises[name];
  if (premise === undefined) throw new Error(`no premise is known of the rule: ${name}`);
  return premise;
}

/** Names of rules without a premise, and of premises without a rule; none. */
export function unmatchedPremises(): readonly string[] {
  const pairs = [
    [INVARIANTS, PREMISES],
    [STEP_INVARIANTS, STEP_PREMISES],
  ] as const;
  return pairs.flatMap(([rules, premises]) => {
    const names = rules.map(({ name }) => name);
    const known = Object.keys(premises);
    return [
      ...names.filter((name) => !known.includes(name)),
      ...known.filter((name) => !names.includes(name)),
    ];
  });
}
