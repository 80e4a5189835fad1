import type { KnownBlock, ModalView } from "@slack/types";
import type { AuditFault } from "../../ports/audit-chain.ts";
import type { Category } from "../../core/request.ts";
import type { Instant, SessionMinutes } from "../../core/time.ts";

/**
 * All that the demo page shows, as plain JSON. The server sends it whole at first and then each part that changed.
 * Times are instants of the simulated clock. Text is raw: the page escapes it by never parsing it as HTML.
 */
export interface DemoSnapshot {
  readonly clock: DemoClock;
  readonly story: DemoStory;
  readonly slack: DemoSlack;
  readonly macs: readonly DemoMac[];
  readonly audit: DemoAudit;
}

export type SnapshotPart = keyof DemoSnapshot;

/** Where simulated time stands and how fast it runs; the page reckons on from there. */
export interface DemoClock {
  readonly now: Instant;
  readonly rate: number;
}

/** One line of what happened: the same in the terminal and on the page. */
export interface StoryLine {
  readonly at: Instant;
  readonly who: string;
  readonly what: string;
}

/** `playing`: the session plays by itself. `yours`: a person plays. `stopped`: it could not be played to its end. */
export interface DemoStory {
  readonly state: "playing" | "yours" | "stopped";
  /** The turn of the story that is being told. */
  readonly caption?: StoryLine;
  /** 0 to 1, while playing. */
  readonly progress: number;
}

/** `requester` asks, `approver` is on the configured list, `member` only sits in the channel. */
export type DemoRole = "requester" | "approver" | "member";

export interface DemoPerson {
  /** Slack user id. */
  readonly id: string;
  readonly name: string;
  readonly role: DemoRole;
}

export interface DemoFile {
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

/** One Slack message; `ts` is Slack's id of it. */
export interface DemoMessage {
  readonly ts: string;
  readonly channelId: string;
  readonly at: Instant;
  readonly author: string;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly isEdited: boolean;
  readonly files: readonly DemoFile[];
  readonly replies: readonly DemoMessage[];
}

/** What only one person sees: the answer to a click or command. */
export interface DemoPrivateAnswer {
  readonly id: string;
  readonly at: Instant;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

export interface DemoSlack {
  readonly channelName: string;
  readonly people: readonly DemoPerson[];
  readonly messages: readonly DemoMessage[];
  /** By Slack user id. */
  readonly directMessages: Readonly<Record<string, readonly DemoMessage[]>>;
  /** By Slack user id. */
  readonly privateAnswers: Readonly<Record<string, readonly DemoPrivateAnswer[]>>;
  /** The dialog that the app opened for somebody, by Slack user id. */
  readonly dialogs: Readonly<Record<string, ModalView>>;
}

/**
 * What the menu bar of the Mac says. `waiting`: asked, not decided. `ready`: approved, not yet taken up.
 * `starting`: the rights are being given. `ending`: they are being taken away.
 */
export type MenuBarState = "idle" | "waiting" | "ready" | "starting" | "admin" | "ending";

export type NetworkState = "online" | "captive" | "offline";

export interface TerminalLine {
  readonly kind: "command" | "output" | "refused";
  readonly text: string;
}

export interface DemoAlert {
  readonly id: string;
  readonly at: Instant;
  readonly title: string;
  readonly text: string;
}

/** The request form as the agent offers it. */
export interface RequestFormOptions {
  readonly categories: readonly { readonly id: Category; readonly label: string }[];
  readonly minutes: readonly SessionMinutes[];
  readonly reasonMaxLength: number;
}

export interface DemoMac {
  readonly serial: string;
  readonly hostname: string;
  /** Slack user id of the person it belongs to. */
  readonly personId: string;
  /** Account at the console; undefined when nobody is logged in. */
  readonly consoleUser?: { readonly username: string; readonly fullName: string };
  readonly menuBar: {
    readonly state: MenuBarState;
    /** One sentence for the person in front of the Mac. */
    readonly text: string;
    /** While admin: since when and until when. */
    readonly startedAt?: Instant;
    readonly endsAt?: Instant;
    /** The agent asks whether to start now, since the approval came late. */
    readonly asksToStart: boolean;
  };
  /** Read from the simulated directory itself, not from what the agent says. */
  readonly isAdmin: boolean;
  readonly alerts: readonly DemoAlert[];
  readonly form: RequestFormOptions;
  readonly terminal: readonly TerminalLine[];
  readonly network: NetworkState;
  readonly lid: "open" | "closed";
  readonly power: "on" | "restarting";
}

/** One line of the audit trail, with its text for people. */
export interface DemoAuditEntry {
  readonly stream: string;
  readonly seq: number;
  readonly at: Instant;
  readonly actor: string;
  readonly type: string;
  readonly text: string;
  readonly data: unknown;
  readonly hash: string;
  readonly previousHash: string;
}

export interface DemoAudit {
  /** Oldest first. */
  readonly entries: readonly DemoAuditEntry[];
  /** One chain a stream, checked from its first line. */
  readonly chains: readonly DemoChain[];
}

export interface DemoChain {
  readonly stream: string;
  readonly lines: number;
  readonly fault?: AuditFault;
}
