import type { MacView, StatusOfRequest } from "../app/views/status.ts";
import type { Instant } from "../core/time.ts";

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
