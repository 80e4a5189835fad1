import type { EndReason } from "./calls.ts";

/** What people read on their Mac. */

export const TITLE = "Administrator rights";

/** Why a session ended, for the person whose session it was. */
export function endSentence(reason: EndReason): string {
  switch (reason) {
    case "expired":
      return "Your time is over.";
    case "revoked":
      return "IT ended your session.";
    case "locked":
      return "IT ended your session and is locking this Mac.";
    case "network_loss":
      return "The network or the service could not be reached.";
    case "ended_by_user":
      return "You ended your session.";
    case "tampered":
      return "Something on this Mac was changed that must stay as it is during a session.";
    case "device_error":
      return "There was a problem on this Mac.";
  }
}

/** `1 minute`, `10 minutes`. */
export function minutesText(minutes: number): string {
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}
