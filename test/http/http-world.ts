import { createHash } from "node:crypto";
import { createMemoryChat, type MemoryChat } from "../../src/adapters/memory/chat.ts";
import { createMemoryMdm, type MemoryMdm } from "../../src/adapters/memory/mdm.ts";
import { createMemoryStore } from "../../src/adapters/memory/store.ts";
import { createSlackInlet } from "../../src/adapters/slack/inlet.ts";
import { signSlackRequest } from "../../src/adapters/slack/verify.ts";
import { createTimerScheduler } from "../../src/adapters/system/scheduler.ts";
import { compose, type RunningService } from "../../src/app/compose.ts";
import type { MacConfig, Service } from "../../src/app/service.ts";
import type { PrivateAnswer } from "../../src/core/effects.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/core/policy-config.ts";
import { DEFAULT_TAG_NAMES } from "../../src/core/tags.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import { createHttpApp } from "../../src/http/app.ts";
import { createRateLimit } from "../../src/http/rate-limit.ts";
import type { LogFields } from "../../src/ports/log.ts";
import type { Store } from "../../src/ports/store.ts";
import { createVirtualClock, type VirtualClock } from "../../src/world/clock.ts";
import { createRandom, createWorldIds } from "../../src/world/random.ts";

/** People, Macs and secrets of the HTTP tests. */
export const CAST = {
  start: Date.UTC(2026, 10, 23, 10, 0, 0),
  anna: "U0ANNA",
  ben: "U0BEN",
  carla: "U0CARLA",
  mallory: "U0MALLORY",
  serial: "C02HALLPASS1",
  otherSerial: "C02HALLPASS2",
  annaUid: "A11A0000-0000-4000-8000-000000000001",
  paulUid: "A11A0000-0000-4000-8000-000000000002",
  token: "enrollment-token-of-the-tests",
  previousToken: "enrollment-token-of-yesterday",
  signingSecret: "signing-secret-of-the-tests",
  previousSigningSecret: "signing-secret-of-yesterday",
} as const;

/** An answer with its body read. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object for an empty body. */
  readonly body: Record<string, unknown>;
}

/** A line of the operating log. */
export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: LogFields | undefined;
}

export interface HttpWorldOptions {
  readonly store?: Store;
  readonly policy?: Partial<Policy>;
  readonly macConfig?: Partial<MacConfig>;
  readonly enrollmentTokens?: readonly string[];
  readonly rateLimit?: { readonly perSecond: number; readonly burst: number };
  readonly stopping?: AbortSignal;
}

/** The real HTTP side and service, between fakes of Slack and Iru, on a clock that moves only when told to. */
export interface HttpWorld {
  readonly clock: VirtualClock;
  readonly chat: MemoryChat;
  readonly mdm: MemoryMdm;
  readonly store: Store;
  readonly service: Service;
  readonly running: RunningService;
  readonly logLines: LogLine[];
  /** Every private answer to a click, with who won where it says so. */
  readonly privates: { readonly responseUrl: string; readonly answer: PrivateAnswer }[];
  readonly fetch: (request: Request) => Promise<Response>;
  call(method: "GET" | "POST", path: string, options?: CallOptions): Promise<Answer>;
  /** Sends a signed request as Slack does. */
  slack(path: "/slack/actions" | "/slack/commands", form: string, options?: SignOptions): Promise<Answer>;
  /** Clicks a button as `userId`; private answers go to `https://hooks.slack.com/actions/USERID`. */
  click(userId: string, actionId: string, value: string): Promise<Answer>;
  /** Lets everything that is under way come to rest. */
  settle(): Promise<void>;
  stop(): Promise<void>;
}

export interface CallOptions {
  readonly key?: string;
  /** Sent as JSON, a string as it is. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface SignOptions {
  readonly secret?: string;
  /** Seconds by which the time stamp differs from now. */
  readonly offBySeconds?: number;
  readonly signature?: string | undefined;
}

/** Makes the world and starts its service. */
export async function createHttpWorld(options: HttpWorldOptions = {}): Promise<HttpWorld> {
  const clock = createVirtualClock(CAST.start);
  const mdm = createMemoryMdm(clock.now);
  for (const [serial, deviceId] of [
    [CAST.serial, "device-1"],
    [CAST.otherSerial, "device-2"],
  ] as const) {
    mdm.macs.set(serial, {
      deviceId,
      serial,
      name: "Mac",
      ownerEmail: "anna@example.com",
      tags: ["finance"],
    });
  }
  const privates: HttpWorld["privates"] = [];
  const chat = chatThatKeepsAnswers(privates);
  const logLines: LogLine[] = [];
  const write = (level: string) => (message: string, fields?: LogFields) =>
    void logLines.push({ level, message, fields });
  const running = compose({
    store: options.store ?? createMemoryStore(),
    clock,
    ids: createWorldIds(createRandom("http")),
    log: { info: write("info"), warn: write("warn"), error: write("error") },
    chat,
    mdm,
    scheduler: (fire) => createTimerScheduler({ clock, fire }),
    policy: {
      ...DEFAULT_POLICY,
      approverIds: [CAST.ben, CAST.carla],
      adminStatusIds: [CAST.ben],
      ...options.policy,
    },
    tagNames: DEFAULT_TAG_NAMES,
    macConfig: {
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      longPoll: true,
      probeUrl: "http://captive.apple.com/",
      ...options.macConfig,
    },
    instanceId: "http-world",
    work: (run) => clock.activity.track(run),
  });
  const { service } = running;
  const app = createHttpApp({
    service,
    slack: createSlackInlet([CAST.signingSecret, CAST.previousSigningSecret]),
    enrollmentTokens: options.enrollmentTokens ?? [CAST.token, CAST.previousToken],
    version: "1.2.3",
    rateLimit: createRateLimit(clock, options.rateLimit ?? { perSecond: 1_000, burst: 1_000 }),
    ...(options.stopping === undefined ? {} : { stopping: options.stopping }),
  });
  await running.start();
  const fetch = async (request: Request) => app.fetch(request);
  return {
    clock,
    chat,
    mdm,
    store: service.store,
    service,
    running,
    logLines,
    privates,
    ...callers(clock, fetch),
  };
}

function chatThatKeepsAnswers(privates: HttpWorld["privates"]): MemoryChat {
  const chat = createMemoryChat();
  chat.people.set("anna@example.com", CAST.anna);
  const { answerPrivately } = chat;
  return Object.assign(chat, {
    async answerPrivately(responseUrl: string, answer: PrivateAnswer) {
      await answerPrivately(responseUrl, answer);
      privates.push({ responseUrl, answer });
    },
  });
}

/** The ways to call a service through `fetch`. */
export function callers(
  clock: VirtualClock,
  fetch: HttpWorld["fetch"],
  base = "http://hallpass.test",
): Pick<HttpWorld, "fetch" | "call" | "slack" | "click" | "settle" | "stop"> {
  let clicks = 0;

  async function call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { key, body, headers, signal } = options;
    const request = new Request(`${base}${path}`, {
      method,
      headers: { ...(key === undefined ? {} : { "x-api-key": key }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    return readAnswer(await fetch(request));
  }

  const slack: HttpWorld["slack"] = (path, form, options = {}) => {
    const timestamp = String(Math.floor(clock.now() / SECOND_MS) + (options.offBySeconds ?? 0));
    const signed = signSlackRequest(options.secret ?? CAST.signingSecret, timestamp, form);
    const signature = "signature" in options ? options.signature : signed;
    const headers: Record<string, string> = {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      ...(signature === undefined ? {} : { "x-slack-signature": signature }),
    };
    return call("POST", path, { body: form, headers });
  };

  return {
    fetch,
    call,
    slack,
    click(userId, actionId, value) {
      clicks += 1;
      return slack("/slack/actions", clickForm(userId, actionId, value, clicks));
    },
    settle: () => clock.advance(0),
    stop: async () => undefined,
  };
}

/** The form that Slack posts for a click; `count` tells clicks apart. */
export function clickForm(userId: string, actionId: string, value: string, count: number): string {
  const payload = {
    type: "block_actions",
    user: { id: userId },
    actions: [
      {
        type: "button",
        action_id: actionId,
        value,
        action_ts: `1700000000.${String(count).padStart(6, "0")}`,
      },
    ],
    trigger_id: `trigger-${count}`,
    response_url: `https://hooks.slack.com/actions/${userId}`,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = /json/.test(response.headers.get("content-type") ?? "");
  const body = isJson ? (JSON.parse(text) as Record<string, unknown>) : {};
  return { status: response.status, headers: response.headers, text, body };
}

/** The hash of a log chunk, worked out as the wire contract says it. */
export function chunkHash(previousHash: string, lines: readonly string[]): string {
  return createHash("sha256")
    .update(`${previousHash}\n${lines.join("\n")}`)
    .digest("hex");
}
