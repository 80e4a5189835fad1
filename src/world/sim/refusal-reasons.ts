import type { PrivateAnswer } from "../../core/effects.ts";
import type { RefusalReason } from "../../core/refusals.ts";
import type { RecordBook } from "./record-book.ts";

/** Every reason there is; the compiler knows when one is missing. */
const REASONS: Readonly<Record<RefusalReason, true>> = {
  not_an_approver: true,
  own_request: true,
  identity_pending: true,
  already_decided: true,
  not_allowed_now: true,
  wrong_mac: true,
  wrong_person: true,
  wrong_arm: true,
  confirm_window_over: true,
  not_the_requester: true,
  unknown_request: true,
};

export const REFUSAL_REASONS = Object.keys(REASONS) as RefusalReason[];

/** The kinds of problem besides: what HTTP, the store and the use cases refuse. */
export const PROBLEM_KINDS: readonly string[] = [
  "bad_input",
  "too_large",
  "not_found",
  "unauthorized",
  "bad_signature",
  "too_many_calls",
  "enrolled_already",
  "unknown_mac",
  "mdm_unavailable",
  "open_request",
  "too_many_open",
  "too_many_requests",
  "key_reused",
  "other_session",
  "wrong_seq",
  "log_contradiction",
  "store_unavailable",
];

/** What a service that does not break down never answers. */
export const BROKEN_DOWN = "internal";

/** What is said to somebody in Slack for each reason, by how it begins. */
const SAID: readonly (readonly [RefusalReason, RegExp])[] = [
  [
    "already_decided",
    /^(This request was (closed because|already)|This session (is|was) already|Locking was already)/,
  ],
  ["identity_pending", /^It is not known yet/],
  ["unknown_request", /^There is no such request/],
  ["own_request", /^This (is|was) your own/],
  ["not_an_approver", /^(You are not on the list of approvers|You may not use this command)/],
  ["not_the_requester", /^Only the person who asked/],
  ["not_allowed_now", /^(There is no session to|The Mac can be locked|This session cannot be closed)/],
  ["not_allowed_now", /^This request can no longer be cancelled/],
];

/** The reason behind what a person in Slack is told privately; undefined for words that nobody has sorted yet. */
export function reasonOfAnswer({ text, decidedBy }: PrivateAnswer): RefusalReason | undefined {
  if (decidedBy !== undefined) return "already_decided";
  return SAID.find(([, words]) => words.test(text))?.[0];
}

/** Counts what a problem answer of the service refused and why; nobody may be answered that the service broke down. */
export async function countProblem(answer: Promise<Response>, book: RecordBook): Promise<Response> {
  const response = await answer;
  if (response.status < 400) return response;
  const type = response.headers.get("content-type") ?? "";
  if (!type.startsWith("application/problem+json")) return response;
  const problem = (await response.clone().json()) as { readonly type: string; readonly detail: string };
  const kind = problem.type.slice(problem.type.lastIndexOf(":") + 1);
  const isReason = REFUSAL_REASONS.some((reason) => reason === kind);
  book.count(`${isReason ? "refusal" : "problem"} ${kind}`);
  book.check("L9", "no call ends in an internal error", kind !== BROKEN_DOWN, () => ({
    text: problem.detail,
  }));
  return response;
}
