import type { ModalView } from "@slack/types";
import type { Clock } from "../../ports/clock.ts";
import { createFaultQueue, type Fault, fail } from "../iru/faults.ts";
import { type RunningServer, serveHandler } from "../iru/serve.ts";
import type { SlackEvent } from "./events.ts";
import { receiveUpload } from "./file-uploads.ts";
import {
  type Delivery,
  type DirectAnswer,
  type VisibleButton,
  buttonsOf,
  clickButton,
  findPost,
  submitDialog,
  typeCommand,
} from "./people.ts";
import { answerResponseUrl } from "./response-urls.ts";
import { type SlackSnapshot, takeSnapshot } from "./snapshot.ts";
import { type PrivateMessage, type SlackPerson, type SlackPost, createSlackState } from "./state.ts";
import { writeTranscript } from "./transcript.ts";
import { type ReceivedCall, answerCall } from "./web-api.ts";

export interface SimulatedSlackOptions {
  readonly clock: Clock;
  /** The bot token that is let in. */
  readonly token: string;
  /** What the app may do. */
  readonly scopes: readonly string[];
  readonly channel: { readonly id: string; readonly name: string };
  readonly people: readonly SlackPerson[];
  /** The channel is a private one; public if absent. */
  readonly isPrivate?: boolean;
  /** How clicks and commands reach Hallpass; without it people cannot do anything. */
  readonly delivery?: Delivery;
}

/** The simulated workspace: a stateful server, people who can use it, and knobs to make it go wrong. */
export interface SimulatedSlack {
  /** The server: Web API, uploads and response URLs, on any host. Rejects where a connection would break. */
  readonly handle: (request: Request) => Promise<Response>;
  /** `handle` in the shape of a client's `fetch`, for use in process. */
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** Serves `handle` on 127.0.0.1; from then on response and upload URLs point there. */
  readonly listen: (port?: number) => Promise<RunningServer>;

  /** Clicks a button by its action id; see `clickButton`. */
  readonly click: (userId: string, messageTs: string, actionId: string) => Promise<DirectAnswer>;
  /** Sends the dialog that this person has open, with these words in it. */
  readonly submitView: (userId: string, words: string) => Promise<DirectAnswer>;
  readonly slash: (userId: string, command: string, text: string) => Promise<DirectAnswer>;
  /** Closes the dialog without sending it. */
  readonly closeView: (userId: string) => void;
  readonly dialogOf: (userId: string) => ModalView | undefined;

  /** The buttons that a message has now. */
  readonly buttons: (messageTs: string) => readonly VisibleButton[];
  /** Root messages of the channel, oldest first. */
  readonly cards: () => readonly SlackPost[];
  /** The thread below a root message, oldest first. */
  readonly thread: (rootTs: string) => readonly SlackPost[];
  /** The direct messages with one person, oldest first. */
  readonly directs: (userId: string) => readonly SlackPost[];
  /** What one person was shown privately, oldest first. */
  readonly privates: (userId: string) => readonly PrivateMessage[];
  /** Every call of the Web API that arrived, oldest first. */
  readonly calls: readonly ReceivedCall[];

  /** Makes the next fitting calls fail; paths are `/api/METHOD`, `/upload/…`, `/actions/…`, `/commands/…`. */
  readonly failNext: (fault: Fault) => void;
  /** The next `times` calls of one method are refused with Slack's own word for why. */
  readonly refuseNext: (method: string, error: string, times?: number) => void;
  readonly archiveChannel: () => void;
  /** Removes somebody, or the bot, from the channel. */
  readonly removeMember: (userId: string) => void;
  readonly deletePost: (messageTs: string) => void;

  /** What happened so far, for people to read and tests to compare; see `writeTranscript`. */
  readonly transcript: () => string;
  readonly snapshot: () => SlackSnapshot;
  /** Calls `listener` after everything that could be seen; returns how to stop that. */
  readonly onChange: (listener: (event: SlackEvent) => void) => () => void;
}

const BOT_USER_ID = "U0HALLPASS";

/** Makes a simulated workspace. Time and ids come from the clock and from counting: the same acts, the same bytes. */
export function createSimulatedSlack(options: SimulatedSlackOptions): SimulatedSlack {
  const { clock, channel } = options;
  const state = createSlackState({ ...options, botUserId: BOT_USER_ID });
  const home = state.conversations.get(channel.id);
  if (home === undefined) throw new Error("the channel was not made");
  const faults = createFaultQueue();
  const calls: ReceivedCall[] = [];
  const startedAt = clock.now();

  async function handle(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const fault = faults.take(request.method, pathname);
    if (fault !== undefined && fault.work !== "after")
      return fail(fault, JSON_HEADERS, clock, request.signal);
    const response = await route(request, pathname);
    return fault === undefined ? response : fail(fault, JSON_HEADERS, clock, request.signal);
  }

  async function route(request: Request, pathname: string): Promise<Response> {
    const [, first = "", second = "", third = ""] = pathname.split("/");
    if (first === "api") return answerCall(state, options, second, request, (call) => calls.push(call));
    if (first === "actions" || first === "commands") return answerResponseUrl(state, pathname, request);
    if (first === "upload" && second === "v1") {
      const bytes = new Uint8Array(await request.arrayBuffer());
      return receiveUpload(state, third, bytes) ? new Response("OK") : new Response("no", { status: 400 });
    }
    return new Response("not found", { status: 404 });
  }

  function delivery(): Delivery {
    if (options.delivery === undefined) throw new Error("no way to Hallpass was given");
    return options.delivery;
  }

  const directsOf = (userId: string) => state.conversations.get(`D${userId.slice(1)}`)?.posts ?? [];

  return {
    handle,
    fetch: (url, init) => handle(new Request(url, init)),
    async listen(port) {
      const server = await serveHandler(handle, port);
      state.hooksOrigin = server.url;
      state.filesOrigin = server.url;
      return server;
    },
    click: (userId, messageTs, actionId) => clickButton(state, delivery(), userId, messageTs, actionId),
    submitView: (userId, words) => submitDialog(state, delivery(), userId, words),
    slash: (userId, command, text) => typeCommand(state, delivery(), userId, command, text),
    closeView: (userId) => void state.dialogs.delete(userId),
    dialogOf: (userId) => state.dialogs.get(userId)?.view,
    buttons: (messageTs) => buttonsOf(findPost(state, messageTs).post.content),
    cards: () => home.posts.filter((post) => post.threadTs === undefined),
    thread: (rootTs) => home.posts.filter((post) => post.threadTs === rootTs),
    directs: (userId) => [...directsOf(userId)],
    privates: (userId) => state.privates.filter((message) => message.userId === userId),
    calls,
    failNext: (fault) => faults.add(fault),
    refuseNext(method, error, times = 1) {
      const body = JSON.stringify({ ok: false, error });
      faults.add({ kind: "status", status: 200, body, path: `/api/${method}`, times });
    },
    archiveChannel: () => void (home.isArchived = true),
    removeMember: (userId) => void home.members.delete(userId),
    deletePost(messageTs) {
      const { conversation, post } = findPost(state, messageTs);
      conversation.posts.splice(conversation.posts.indexOf(post), 1);
    },
    transcript: () => writeTranscript(state, startedAt),
    snapshot: () => takeSnapshot(state),
    onChange(listener) {
      state.listeners.add(listener);
      return () => void state.listeners.delete(listener);
    },
  };
}

const JSON_HEADERS = { "content-type": "application/json" };
