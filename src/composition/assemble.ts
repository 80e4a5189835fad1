import type { Hono } from "hono";
import { createIruClient } from "../adapters/iru/client.ts";
import { createIruMdm } from "../adapters/iru/mdm.ts";
import { createSlackChat } from "../adapters/slack/chat.ts";
import { createSlackInlet } from "../adapters/slack/inlet.ts";
import { createTimerScheduler } from "../adapters/system/scheduler.ts";
import { compose, type RunningService } from "../app/compose.ts";
import type { BackgroundWork } from "../app/drainer.ts";
import type { MacConfig } from "../app/service.ts";
import type { Policy } from "../core/policy-config.ts";
import type { TagNames } from "../core/tags.ts";
import { SECOND_MS } from "../core/time.ts";
import { createHttpApp } from "../http/app.ts";
import type { EdgeVariables } from "../http/edge.ts";
import { createRateLimit } from "../http/rate-limit.ts";
import type { Chat } from "../ports/chat.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Mdm } from "../ports/mdm.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Store } from "../ports/store.ts";

/** The most one call to Slack or Iru may take, in one try. */
const CALL_TIMEOUT_MS = 10 * SECOND_MS;
/** A Mac in a session makes about one call a second at its busiest; beats and status questions count by themselves. */
const CALLS_PER_MAC = { perSecond: 5, burst: 60 };

/** Where Slack and Iru are, what proves who, and every rule: all that makes one installation different. */
export interface InstallationSettings {
  readonly slack: {
    readonly botToken: string;
    readonly signingSecrets: readonly string[];
    /** Ends in `/api/`; Slack's own if absent. */
    readonly apiUrl?: string;
    readonly channelId: string;
  };
  readonly iru: { readonly baseUrl: string; readonly token: string };
  readonly enrollmentTokens: readonly string[];
  readonly policy: Policy;
  readonly tagNames: TagNames;
  readonly macConfig: MacConfig;
}

/** What the process gives: time, chance, the network and where to write. */
export interface Surroundings {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  readonly instanceId: string;
  readonly version: string;
  /** Stands in for Slack and Iru in a benchmark; the real clients if absent. */
  readonly outside?: { readonly chat: Chat; readonly mdm: Mdm };
  /** Makes the alarms; timers on the clock if absent. */
  readonly scheduler?: (fire: (requestId: string) => void) => Scheduler;
  /** Counts background work in a simulated world. */
  readonly work?: BackgroundWork;
  /** Aborted when the process is about to end: held polls are answered then. */
  readonly stopping?: AbortSignal;
}

/** One assembled service: its HTTP side and its life cycle. */
export interface Assembled {
  readonly app: Hono<EdgeVariables>;
  readonly running: RunningService;
}

/** Puts the real adapters around the service: the same for `serve`, the demo, the stories and the simulator. */
export function assemble(settings: InstallationSettings, surroundings: Surroundings): Assembled {
  const { store, clock, ids, log, instanceId, version, work, stopping } = surroundings;
  const { slack, enrollmentTokens, policy, tagNames, macConfig } = settings;
  const { chat, mdm } = surroundings.outside ?? connectOutside(settings, surroundings);
  const running = compose({
    store,
    clock,
    ids,
    log,
    chat,
    mdm,
    scheduler: surroundings.scheduler ?? ((fire) => createTimerScheduler({ clock, fire })),
    policy,
    tagNames,
    macConfig,
    instanceId,
    ...(work === undefined ? {} : { work }),
  });
  const app = createHttpApp({
    service: running.service,
    slack: createSlackInlet(slack.signingSecrets),
    enrollmentTokens,
    version,
    rateLimit: createRateLimit(clock, CALLS_PER_MAC),
    ...(stopping === undefined ? {} : { stopping }),
  });
  return { app, running };
}

function connectOutside(settings: InstallationSettings, surroundings: Surroundings) {
  const { slack, iru } = settings;
  const { fetch, clock, ids, log } = surroundings;
  const chat = createSlackChat({
    token: slack.botToken,
    channelId: slack.channelId,
    ...(slack.apiUrl === undefined ? {} : { apiUrl: slack.apiUrl }),
    fetch,
    clock,
    log,
    timeoutMs: CALL_TIMEOUT_MS,
  });
  const { baseUrl, token } = iru;
  const client = createIruClient({ baseUrl, token, fetch, clock, ids, log, timeoutMs: CALL_TIMEOUT_MS });
  return { chat, mdm: createIruMdm(client) };
}
