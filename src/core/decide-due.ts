import { type Alarm, alarmsOf, isFromTheFuture, nudgeAt } from "./alarms.ts";
import { type Draft, happen, TIMER, want } from "./decision.ts";
import { beginEnding, wantClosingMessage } from "./decide-ending.ts";
import type { Policy } from "./policy-config.ts";
import type { AccessRequest } from "./request.ts";
import { current } from "./rules.ts";
import { HOUR_MS } from "./time.ts";

/** No state has more alarms in a row than this; more means that an alarm does not clear itself. */
const DUE_STEPS_MAX = 20;

/**
 * Does everything whose time has come, however late the alarm (law L6). Each step clears its own alarm, so the
 * loop ends; a missed run of nudges becomes one.
 */
export function applyDue(draft: Draft, policy: Policy): void {
  for (let step = 0; step < DUE_STEPS_MAX; step += 1) {
    const alarm = earliestDue(draft, policy);
    if (alarm === undefined) return;
    applyAlarm(draft, alarm, policy);
  }
  throw new Error("an alarm did not clear itself");
}

/** The earliest due alarm; of two at the same time, the one that moves the request on. */
function earliestDue(draft: Draft, policy: Policy): Alarm | undefined {
  const isAllDue = isFromTheFuture(current(draft), draft.now);
  const due = alarmsOf(current(draft), policy).filter((alarm) => isAllDue || alarm.at <= draft.now);
  // What is over is not warned or nudged about.
  const final = due.find((alarm) => alarm.name === "expiry" || alarm.name === "auto_deny");
  return final ?? due.toSorted((a, b) => a.at - b.at)[0];
}

function applyAlarm(draft: Draft, alarm: Alarm, policy: Policy): void {
  const request = current(draft);
  switch (alarm.name) {
    case "nudge":
      return nudge(draft, request, policy);
    case "auto_deny":
      happen(draft, TIMER, { type: "expired_unanswered" });
      want(
        draft,
        {
          type: "thread",
          key: "thread:unanswered",
          note: { note: "expired_unanswered", afterHours: Math.round(policy.autoDenyAfterMs / HOUR_MS) },
        },
        { type: "direct", key: "dm:unanswered", to: "requester", note: { note: "expired_unanswered" } },
      );
      return;
    case "lapse":
      happen(draft, TIMER, { type: "lapsed" });
      want(
        draft,
        { type: "sync_tags", key: "tags:lapsed" },
        { type: "thread", key: "thread:lapsed", note: { note: "lapsed" } },
        { type: "direct", key: "dm:lapsed", to: "requester", note: { note: "lapsed" } },
      );
      return;
    case "confirm_by":
      return beginEnding(draft, TIMER, "device_error", "the Mac did not confirm the rights in time");
    case "warning":
      return warn(draft, request);
    case "expiry":
      return beginEnding(draft, TIMER, "expired");
    case "log_missing":
      happen(draft, TIMER, { type: "log_missing" });
      want(
        draft,
        { type: "sync_tags", key: "tags:log-missing" },
        { type: "thread", key: "thread:log-missing", note: { note: "log_missing" } },
      );
      wantClosingMessage(draft);
      return;
    case "deadline_alarm":
      return alarmDeadline(draft, request);
    case "close_offer":
      happen(draft, TIMER, { type: "close_offered" });
      want(draft, { type: "thread", key: "thread:close-offered", note: { note: "close_offered" } });
      return;
  }
}

function nudge(draft: Draft, request: AccessRequest, policy: Policy): void {
  if (request.status !== "pending") return;
  let count = request.nudgesSent + 1;
  while (nudgeAt(request.ask.requestedAt, count + 1, policy) <= draft.now) count += 1;
  happen(draft, TIMER, { type: "nudged", count });
  want(draft, {
    type: "thread",
    key: `thread:nudge:${count}`,
    note: { note: "nudge", count, waitingSince: request.ask.requestedAt },
  });
}

function warn(draft: Draft, request: AccessRequest): void {
  if (request.status !== "active") return;
  const { endsAt } = request.grant;
  happen(draft, TIMER, { type: "warned" });
  want(
    draft,
    { type: "thread", key: "thread:warning", note: { note: "warning", endsAt } },
    { type: "direct", key: "dm:warning", to: "requester", note: { note: "warning", endsAt } },
  );
}

function alarmDeadline(draft: Draft, request: AccessRequest): void {
  if (request.status !== "ending") return;
  const { ending, grant } = request;
  // The service may have noticed the deadline late; the Mac was to keep it all the same.
  const endsAt = grant === undefined ? ending.since : Math.min(ending.since, grant.endsAt);
  happen(draft, TIMER, { type: "deadline_alarmed" });
  want(draft, {
    type: "thread",
    key: "thread:deadline-alarm",
    note: { note: "deadline_alarm", endsAt },
  });
}
