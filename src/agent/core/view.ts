import type { EndReason, Minutes } from "./calls.ts";
import { type Now, secondsLeft } from "./now.ts";
import type { AgentRecord } from "./record.ts";

/** What the Mac shows of itself, for its menu bar. */
export type AgentView =
  | { readonly state: "idle" }
  | { readonly state: "sending"; readonly username: string }
  | { readonly state: "waiting"; readonly username: string; readonly requestId: string }
  /** Approved: `start` says whether the Mac gets ready by itself or waits for the person's word. */
  | {
      readonly state: "approved";
      readonly username: string;
      readonly requestId: string;
      readonly minutes?: Minutes;
      readonly start: "auto" | "ask" | "later";
    }
  | { readonly state: "starting"; readonly username: string; readonly requestId: string }
  | {
      readonly state: "admin";
      readonly username: string;
      readonly requestId: string;
      readonly minutes: Minutes;
      readonly remainingSeconds: number;
    }
  | {
      readonly state: "ending";
      readonly username: string;
      readonly requestId: string;
      readonly reason: EndReason;
      /** The rights were read as gone. */
      readonly removed: boolean;
    };

/** The state to show: the session if there is one, else the request that is furthest. */
export function viewOf(record: AgentRecord, now: Now): AgentView {
  const { session, requests } = record;
  if (session !== undefined) {
    const { requestId, minutes, phase, ending } = session;
    const who = { username: session.person.username, requestId };
    if (ending !== undefined) {
      return { state: "ending", ...who, reason: ending.reason, removed: ending.removedAtWall !== undefined };
    }
    if (phase !== "active") return { state: "starting", ...who };
    return {
      state: "admin",
      ...who,
      minutes,
      remainingSeconds: Math.ceil(secondsLeft(session.deadline, now)),
    };
  }
  const waiting = requests.find(({ status }) => status === "approved") ?? requests[0];
  if (waiting === undefined) return { state: "idle" };
  const { username } = waiting.person;
  const { requestId, approvedMinutes, start } = waiting;
  if (requestId === undefined) return { state: "sending", username };
  if (waiting.status !== "approved") return { state: "waiting", username, requestId };
  const minutes = approvedMinutes === undefined ? {} : { minutes: approvedMinutes };
  return { state: "approved", username, requestId, ...minutes, start };
}
