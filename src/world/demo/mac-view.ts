import { CATEGORY_WORDS } from "../../adapters/slack/messages/words.ts";
import type { AgentView } from "../../agent/core/view.ts";
import { CATEGORIES } from "../../core/request.ts";
import { type Instant, MINUTE_MS, SECOND_MS, SESSION_MINUTES } from "../../core/time.ts";
import type { SimulatedMac } from "../mac/mac.ts";
import type { NetworkState as MacNetwork } from "../mac/network.ts";
import type { DemoMac, NetworkState, TerminalLine } from "./snapshot.ts";

/** What of a Mac never changes. */
export interface MacFacts {
  readonly serial: string;
  readonly hostname: string;
  readonly personId: string;
  fullNameOf(username: string): string;
}

const REASON_MAX_LENGTH = 500;

/** The Mac's words for what the page calls its network. */
export const NETWORKS: Readonly<Record<NetworkState, MacNetwork>> = {
  online: "on",
  captive: "captive_redirect",
  offline: "off",
};

/** Makes a function that takes the Mac as the page shows it; it remembers when a session ends. */
export function createMacView(
  mac: SimulatedMac,
  facts: MacFacts,
  now: () => Instant,
  terminal: () => readonly TerminalLine[],
): () => DemoMac {
  const endOf = steadyEnd(now);
  return () => {
    const { view, question, alerts } = mac.menuBar();
    const condition = mac.condition();
    const { atConsole: username } = condition;
    const { serial, hostname, personId } = facts;
    return {
      serial,
      hostname,
      personId,
      ...(username === undefined ? {} : { consoleUser: { username, fullName: facts.fullNameOf(username) } }),
      menuBar: {
        state: STATES[view.state],
        text: sentenceOf(view),
        ...sessionTimes(view, endOf),
        asksToStart: question !== undefined || (view.state === "approved" && view.start !== "auto"),
      },
      isAdmin: username !== undefined && condition.admins.includes(username),
      alerts: alerts.map(({ at, title, text }, index) => ({ id: String(index), at, title, text })),
      form: {
        categories: CATEGORIES.map((id) => ({ id, label: CATEGORY_WORDS[id] })),
        minutes: SESSION_MINUTES,
        reasonMaxLength: REASON_MAX_LENGTH,
      },
      terminal: terminal(),
      network: networkOf(condition.network),
      lid: condition.isAsleep ? "closed" : "open",
      power: condition.isOn ? "on" : "restarting",
    };
  };
}

const STATES: Readonly<Record<AgentView["state"], DemoMac["menuBar"]["state"]>> = {
  idle: "idle",
  sending: "waiting",
  waiting: "waiting",
  approved: "ready",
  starting: "starting",
  admin: "admin",
  ending: "ending",
};

function sentenceOf(view: AgentView): string {
  switch (view.state) {
    case "idle":
      return "You are a standard user.";
    case "sending":
      return "Your request is being sent.";
    case "waiting":
      return "Your request is with IT. You can go on working.";
    case "approved":
      return view.start === "auto"
        ? "Your Mac gets ready by itself. The minutes start once you are an administrator."
        : "The minutes start once you are an administrator. Begin when you are ready.";
    case "starting":
      return "The service is asked once more, the undo is written down, then the rights are given.";
    case "admin":
      return "Commands that you run with sudo are logged and shown to IT.";
    case "ending":
      return view.removed
        ? "You are a standard user again. The Mac sends its proof and the rest of the log."
        : "Your administrator rights are being taken away.";
  }
}

function sessionTimes(
  view: AgentView,
  endOf: (requestId: string, remainingSeconds: number) => Instant,
): { readonly startedAt?: Instant; readonly endsAt?: Instant } {
  if (view.state !== "admin") return {};
  const endsAt = endOf(view.requestId, view.remainingSeconds);
  return { startedAt: endsAt - view.minutes * MINUTE_MS, endsAt };
}

const STEADY_WITHIN_MS = 2 * SECOND_MS;

/** Whole seconds left make an end that trembles by one; it only moves when the session's end really did. */
function steadyEnd(now: () => Instant): (requestId: string, remainingSeconds: number) => Instant {
  let known: { readonly requestId: string; readonly endsAt: Instant } | undefined;
  return (requestId, remainingSeconds) => {
    const endsAt = now() + remainingSeconds * SECOND_MS;
    if (known?.requestId !== requestId || Math.abs(known.endsAt - endsAt) > STEADY_WITHIN_MS) {
      known = { requestId, endsAt };
    }
    return known.endsAt;
  };
}

function networkOf(network: MacNetwork): NetworkState {
  if (network === "on") return "online";
  return network === "captive_redirect" || network === "captive_page" ? "captive" : "offline";
}
