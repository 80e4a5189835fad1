import type { DemoSnapshot } from "../../demo/snapshot.ts";
import type { PageState, Place } from "../state.ts";

/** Messages of a place that were not shown yet. */
export function unread(state: PageState, snapshot: DemoSnapshot, place: Place, personId: string): number {
  const seen = state.seen[placeName(place, personId)] ?? 0;
  return Math.max(0, messageCount(snapshot, place, personId) - seen);
}

/** `seen` after the place on show was looked at; the same object when nothing is new. */
export function markSeen(state: PageState, snapshot: DemoSnapshot, personId: string): PageState["seen"] {
  const name = placeName(state.place, personId);
  const count = messageCount(snapshot, state.place, personId);
  return state.seen[name] === count ? state.seen : { ...state.seen, [name]: count };
}

function placeName(place: Place, personId: string): string {
  return place === "channel" ? "channel" : `direct:${personId}`;
}

function messageCount({ slack }: DemoSnapshot, place: Place, personId: string): number {
  if (place === "direct") return slack.directMessages[personId]?.length ?? 0;
  return slack.messages.reduce((sum, message) => sum + 1 + message.replies.length, 0);
}
