import type { Refusal } from "../core/refusals.ts";

/** One wrong field of a request. */
export interface FieldError {
  readonly field: string;
  readonly message: string;
}

/** What a problem answer says beside its status (RFC 9457). */
export interface ProblemDetails {
  readonly kind: string;
  readonly title: string;
  readonly detail: string;
  readonly errors?: readonly FieldError[];
  readonly requestId?: string;
  readonly seq?: number;
  readonly previousHash?: string;
}

/** A refused or failed call, thrown anywhere below the edge and answered as `application/problem+json`. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly details: ProblemDetails;
  readonly retryAfterSeconds: number | undefined;
  constructor(status: number, details: ProblemDetails, retryAfterSeconds?: number) {
    super(details.detail);
    this.status = status;
    this.details = details;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/**
 * The answer for a problem (RFC 9457), to the call `requestId` if that has one; `type` is a URN, since there is no
 * page to point to.
 */
export function problemResponse(problem: HttpProblem, requestId?: string): Response {
  const { kind, ...rest } = problem.details;
  const headers = new Headers({ "content-type": "application/problem+json", "cache-control": "no-store" });
  if (requestId !== undefined) headers.set("x-request-id", requestId);
  if (problem.retryAfterSeconds !== undefined) {
    headers.set("retry-after", String(problem.retryAfterSeconds));
  }
  return new Response(
    JSON.stringify({ type: `urn:hallpass:problem:${kind}`, status: problem.status, ...rest }),
    { status: problem.status, headers },
  );
}

/** A problem that names the wrong fields; 400 unless another status is given. */
export function badInput(errors: readonly FieldError[], status = 400): HttpProblem {
  return new HttpProblem(status, {
    kind: "bad_input",
    title: "The request is not as it must be",
    detail: errors.map(({ field, message }) => `${field}: ${message}`).join("; "),
    errors,
  });
}

/** 404 for a `what` that does not exist. */
export function notFound(what: string): HttpProblem {
  return new HttpProblem(404, { kind: "not_found", title: "Not found", detail: `There is no such ${what}.` });
}

/** A refusal of the core as an answer: what belongs to somebody else is 403, what the state forbids 409. */
export function refusalProblem(refusal: Refusal): HttpProblem {
  const details = { kind: refusal.refused, title: "Refused", detail: refusal.message };
  switch (refusal.refused) {
    case "wrong_mac":
    case "wrong_person":
    case "not_an_approver":
    case "own_request":
    case "not_the_requester":
      return new HttpProblem(403, details);
    case "unknown_request":
      return new HttpProblem(404, details);
    case "already_decided":
    case "not_allowed_now":
    case "identity_pending":
    case "wrong_arm":
    case "confirm_window_over":
      return new HttpProblem(409, details);
  }
}
