import type { KnownBlock } from "@slack/types";
import { cardMessage } from "../../adapters/slack/messages/card.ts";
import { denyModal } from "../../adapters/slack/messages/deny-modal.ts";
import { directMessage } from "../../adapters/slack/messages/direct.ts";
import { threadMessage } from "../../adapters/slack/messages/thread.ts";
import { actionsOf } from "../../app/views/card.ts";
import type { ActiveRequest, PendingRequest } from "../../core/request.ts";
import type { DemoMac, DemoMessage, DemoSnapshot } from "../demo/snapshot.ts";

/** Snapshots for tests of the page: made from the real messages, at a fixed time. */

export const SAMPLE_NOW = Date.UTC(2026, 10, 23, 10, 12, 0);
const ASKED_AT = SAMPLE_NOW - 130_000;
const ENDS_AT = SAMPLE_NOW + 521_000;

/** A request of Anna's that nobody has decided. */
export function samplePending(change: Partial<PendingRequest["ask"]> = {}): PendingRequest {
  return {
    status: "pending",
    nudgesSent: 0,
    ask: {
      requestId: "9f3c2a10-7d4e-4b1a-9c0d-1f2e3d4c5b6a",
      serial: "C02XK1ABJG5H",
      hostname: "Anna’s MacBook Pro",
      username: "anna",
      uid: 501,
      generatedUid: "6F1C0B52-1D3A-4E6B-9C0D-0A1B2C3D4E01",
      reason: "Install the new VPN client",
      category: "install",
      durationMinutes: 15,
      email: "anna@example.com",
      requestedAt: ASKED_AT,
      ...change,
    },
    identity: {
      state: "resolved",
      requesterSlackIds: ["U0ANNA"],
      directMessageTo: "U0ANNA",
      doubts: [],
    },
  };
}

function sampleActive(): ActiveRequest {
  const { ask, identity } = samplePending();
  return {
    status: "active",
    ask,
    identity,
    approval: { by: { kind: "slack", userId: "U0BEN" }, minutes: 10, at: ASKED_AT + 30_000 },
    arming: { armId: "a", armedAt: ASKED_AT + 45_000, confirmBy: ASKED_AT + 165_000, baselineSha256: "0" },
    grant: { startedAt: ASKED_AT + 50_000, endsAt: ENDS_AT, warned: false },
    log: { state: "streaming", since: ASKED_AT + 60_000 },
  };
}

/** A message of Hallpass with these blocks. */
export function sampleMessage(
  at: number,
  message: { readonly text: string; readonly blocks: readonly KnownBlock[] },
  more: Partial<DemoMessage> = {},
): DemoMessage {
  return {
    ts: `${Math.floor(at / 1_000)}.${String(at % 1_000).padStart(6, "0")}`,
    channelId: "C0ITACCESS",
    at,
    author: "Hallpass",
    text: message.text,
    blocks: message.blocks,
    isEdited: false,
    files: [],
    replies: [],
    ...more,
  };
}

/** The card of a request, as it stands in the channel. */
export function sampleCard(request: PendingRequest | ActiveRequest): DemoMessage {
  return sampleMessage(ASKED_AT + 1_000, cardMessage({ request, actions: actionsOf(request), timeline: [] }));
}

const MAC: DemoMac = {
  serial: "C02XK1ABJG5H",
  hostname: "Anna’s MacBook Pro",
  personId: "U0ANNA",
  consoleUser: { username: "anna", fullName: "Anna Sommer" },
  menuBar: { state: "idle", text: "", asksToStart: false },
  isAdmin: false,
  alerts: [],
  form: {
    categories: [
      { id: "install", label: "Install software" },
      { id: "debug", label: "Find a fault" },
    ],
    minutes: [5, 10, 15, 30],
    reasonMaxLength: 500,
  },
  terminal: [],
  network: "online",
  lid: "open",
  power: "on",
};

/** Nothing has happened yet. */
export function emptySample(): DemoSnapshot {
  return {
    clock: { now: SAMPLE_NOW, rate: 10 },
    story: { state: "yours", progress: 0 },
    slack: {
      channelName: "it-access",
      people: [
        { id: "U0ANNA", name: "Anna", role: "requester" },
        { id: "U0BEN", name: "Ben", role: "approver" },
        { id: "U0CARLA", name: "Carla", role: "approver" },
        { id: "U0DAN", name: "Dan", role: "member" },
      ],
      messages: [],
      directMessages: {},
      privateAnswers: {},
      dialogs: {},
    },
    macs: [MAC],
    audit: { entries: [], chains: [] },
  };
}

/** Anna waits for an answer; Dan has tried to give one, and Ben is about to deny. */
export function pendingSample(): DemoSnapshot {
  const empty = emptySample();
  return {
    ...empty,
    slack: {
      ...empty.slack,
      messages: [sampleCard(samplePending())],
      privateAnswers: {
        U0DAN: [
          { id: "p1", at: SAMPLE_NOW - 9_000, text: "You are not on the list of approvers.", blocks: [] },
        ],
      },
      dialogs: { U0BEN: denyModal(samplePending().ask.requestId, "https://hooks.slack.com/x") },
    },
    macs: [
      {
        ...MAC,
        menuBar: { state: "waiting", text: "Your request is waiting for an IT admin.", asksToStart: false },
      },
    ],
    audit: sampleAudit(),
  };
}

/** Anna is an administrator. */
export function activeSample(): DemoSnapshot {
  const empty = emptySample();
  const request = sampleActive();
  const replies = [
    threadMessage({ note: "approved", by: request.approval.by, minutes: 10, askedMinutes: 15 }),
    threadMessage({ note: "started", endsAt: ENDS_AT, minutes: 10 }),
  ].map((message, index) => sampleMessage(ASKED_AT + (index + 2) * 20_000, message));
  const file = {
    id: "F1",
    name: "sudo.log",
    text: "10:11:02 sudo whoami\n10:11:09 sudo installer -pkg VPN.pkg\n",
  };
  const log = sampleMessage(SAMPLE_NOW - 3_000, { text: "Command log", blocks: [] }, { files: [file] });
  const directs = [directMessage({ note: "elevated", endsAt: ENDS_AT }, request.ask.requestId)];
  return {
    ...empty,
    slack: {
      ...empty.slack,
      messages: [{ ...sampleCard(request), isEdited: true, replies: [...replies, log] }],
      directMessages: { U0ANNA: directs.map((message) => sampleMessage(ASKED_AT + 60_000, message)) },
    },
    macs: [
      {
        ...MAC,
        isAdmin: true,
        menuBar: {
          state: "admin",
          text: "You are an administrator of this Mac.",
          startedAt: ASKED_AT + 50_000,
          endsAt: ENDS_AT,
          asksToStart: false,
        },
        alerts: [
          { id: "a1", at: ASKED_AT + 30_000, title: "Approved", text: "IT approved 10 minutes." },
          {
            id: "a2",
            at: ASKED_AT + 50_000,
            title: "You are an administrator",
            text: "Until 10:20. Your sudo commands are logged.",
          },
        ],
        terminal: [
          { kind: "command", text: "sudo whoami" },
          { kind: "refused", text: "anna is not in the sudoers file." },
          { kind: "command", text: "sudo whoami" },
          { kind: "output", text: "root" },
        ],
      },
    ],
    audit: sampleAudit(),
  };
}

function sampleAudit(): DemoSnapshot["audit"] {
  const texts = [
    ["Anna’s Mac", "Asked for 15 minutes to install software: “Install the new VPN client”", "requested"],
    ["Hallpass", "Slack and Iru agree that this is Anna", "identity_resolved"],
    ["Ben", "Approved for 10 minutes", "approved"],
    ["Hallpass", "The signal to the Mac is set in Iru", "signal_set"],
    ["Anna’s Mac", "Took up the approval; the undo is armed", "armed"],
    ["Anna’s Mac", "Confirmed the rights, until 10:20", "started"],
  ] as const;
  const stream = samplePending().ask.requestId;
  const entries = texts.map(([actor, text, type], index) => ({
    stream,
    seq: index + 1,
    at: ASKED_AT + index * 12_000,
    actor,
    type,
    text,
    data: { type },
    hash: String(index + 1)
      .repeat(64)
      .slice(0, 64),
    previousHash: String(index).repeat(64).slice(0, 64),
  }));
  return { entries, chains: [{ stream, lines: entries.length }] };
}
