import type { MacView, StatusOfRequest } from "../app/views/status.ts";
import type { Instant } from "../core/time.ts";
import type { EdgeContext } from "./edge.ts";

/**
 * An answer of JSON with the headers that every answer of ours carries; without a `value` one without a body. They
 * are given as a plain object: making and sorting `Headers` would cost as much as the rest of the answer.
 */
export function answer(context: EdgeContext, value?: unknown, status = 200): Response {
  const headers = { "x-request-id": context.get("requestId"), "cache-control": "no-store" };
  if (value === undefined) return new Response(null, { status, headers });
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", ...headers },
  });
}

/** ISO 8601 in UTC with milliseconds, as every time on the wire. */
export function isoTime(at: Instant): string {
  return new Date(at).toISOString();
}

/** A request's status as it goes over the wire. */
export function statusAnswerOf(view: StatusOfRequest) {
  const { elevationEnd, ...rest } = view;
  return { ...rest, ...(elevationEnd === undefined ? {} : { elevationEnd: isoTime(elevationEnd) }) };
}

/** What a Mac should be, as it goes over the wire. */
export function macAnswerOf(view: MacView) {
  const { openRequests, session, config } = view;
  return {
    openRequests: openRequests.map(({ requestId, username, uid, generatedUid, ...status }) => ({
      requestId,
      username,
      uid,
      generatedUid,
      ...statusAnswerOf(status),
    })),
    ...(session === undefined ? {} : { session: sessionAnswerOf(session) }),
    config,
  };
}

function sessionAnswerOf(session: NonNullable<MacView["session"]>) {
  const { elevationEnd, ...rest } = session;
  return { ...rest, ...(elevationEnd === undefined ? {} : { elevationEnd: isoTime(elevationEnd) }) };
}
