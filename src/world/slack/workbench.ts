import { createSlackChat } from "../../adapters/slack/chat.ts";
import { BOT_SCOPES } from "../../adapters/slack/manifest.ts";
import type { ChatHarness } from "../../ports/contract/chat.contract.ts";
import type { Chat, MessageRef } from "../../ports/chat.ts";
import type { Log } from "../../ports/log.ts";
import { type VirtualClock, createVirtualClock } from "../clock.ts";
import { type SimulatedSlack, type SimulatedSlackOptions, createSimulatedSlack } from "./simulated-slack.ts";
import type { SlackPerson, SlackPost } from "./state.ts";

/** 2026-03-24T09:00:00Z. */
const START = 1_774_342_800_000;

export const WORKBENCH_TOKEN = "xoxb-simulated-token";
export const WORKBENCH_CHANNEL = { id: "C0ITACCESS", name: "it-access" };
export const WORKBENCH_PEOPLE: readonly SlackPerson[] = [
  { id: "U0ANNA", name: "anna", realName: "Anna Arendt", email: "anna@acme.test" },
  { id: "U0IVO", name: "ivo", realName: "Ivo from IT", email: "ivo@acme.test" },
  { id: "U0GONE", name: "gone", realName: "Gone Already", email: "gone@acme.test", deleted: true },
];
export const WORKBENCH_TIMEOUT_MS = 8_000;

/** The real adapter in front of the simulated workspace, in process, on one virtual clock. */
export interface SlackWorkbench extends ChatHarness {
  readonly clock: VirtualClock;
  readonly slack: SimulatedSlack;
  /** What the adapter wrote into the operating log. */
  readonly logged: readonly string[];
}

/** Makes a workbench. `scopes` and `token` are what the workspace grants and expects; all and the right one if absent. */
export function createSlackWorkbench(
  options: Partial<Pick<SimulatedSlackOptions, "scopes" | "token" | "delivery" | "isPrivate">> = {},
): SlackWorkbench {
  const clock = createVirtualClock(START);
  const slack = createSimulatedSlack({
    clock,
    token: WORKBENCH_TOKEN,
    scopes: BOT_SCOPES,
    channel: WORKBENCH_CHANNEL,
    people: WORKBENCH_PEOPLE,
    ...options,
  });
  const logged: string[] = [];
  const write = (message: string, fields?: object) =>
    void logged.push(`${message} ${JSON.stringify(fields)}`);
  const chat = createSlackChat({
    token: WORKBENCH_TOKEN,
    channelId: WORKBENCH_CHANNEL.id,
    fetch: slack.fetch,
    clock,
    log: { info: write, warn: write, error: write } satisfies Log,
    timeoutMs: WORKBENCH_TIMEOUT_MS,
  });
  return { clock, slack, logged, ...harnessOf(clock, slack, chat) };
}

function harnessOf(clock: VirtualClock, slack: SimulatedSlack, chat: Chat): ChatHarness {
  const threadOf = (ref: MessageRef) => [
    ...slack.cards().filter((post) => post.ts === ref.ts),
    ...slack.thread(ref.ts),
  ];
  return {
    chat,
    now: () => clock.now(),
    person: "U0ANNA",
    email: "anna@acme.test",
    otherPerson: "U0IVO",
    stranger: "U0NOBODY",
    readThread: (ref) => Promise.resolve(threadOf(ref).map(wordsOf)),
    readFiles: (ref) => Promise.resolve(threadOf(ref).flatMap((post) => post.files.map((file) => file.text))),
    readDirects: (userId) => Promise.resolve(slack.directs(userId).map(wordsOf)),
    close: () => Promise.resolve(),
  };
}

function wordsOf(post: SlackPost): string {
  return JSON.stringify(post.content);
}
