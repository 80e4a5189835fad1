import { createAdaptorServer } from "@hono/node-server";
import type { AddressInfo } from "node:net";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { BOT_SCOPES } from "../adapters/slack/manifest.ts";
import { assemble, type Assembled } from "../composition/assemble.ts";
import type { Service } from "../app/service.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFields } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import type { Activity } from "./activity.ts";
import {
  ANNAS_MAC,
  CHANNEL,
  type InstallationChange,
  PEOPLE,
  WORLD_SECRETS,
  worldInstallation,
} from "./cast.ts";
import { createFakeIru, type FakeIru } from "./iru/fake-iru.ts";
import { serveHandler } from "./iru/serve.ts";
import type { IruDelays } from "./iru/state.ts";
import { createRandom, createWorldIds, type Random } from "./random.ts";
import { createSimulatedSlack, type SimulatedSlack } from "./slack/simulated-slack.ts";

/** The day on which worlds begin unless told otherwise: a Monday morning, in business hours. */
export const WORLD_START = Date.UTC(2026, 10, 23, 10, 0, 0);

/** How the parts of a world reach each other: by calls, or by real HTTP over loopback. */
export type Transport = "in-process" | "loopback";

export interface WorldOptions extends InstallationChange {
  readonly clock: Clock;
  /** Of a virtual clock; without it nobody waits for quiet (the demo, in real time). */
  readonly activity?: Activity;
  readonly transport: Transport;
  readonly seed?: string;
  readonly store?: Store;
  readonly delays?: Partial<IruDelays>;
  /** Of the service over loopback; a free one if absent. */
  readonly port?: number;
  /** Serves something else beside the service on the same port, such as a page; undefined passes on. */
  readonly beside?: (request: Request) => Promise<Response> | undefined;
}

export interface LoggedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** The real service between a simulated Slack and a simulated Iru. Macs are added by `addMac` of `world/mac`. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly slack: SimulatedSlack;
  readonly iru: FakeIru;
  readonly store: Store;
  /** Where the service is, without a slash at the end. */
  readonly serviceUrl: string;
  /** Reaches everything in the world; what it does counts as work on a virtual clock. */
  readonly fetch: typeof fetch;
  /** The service of this life; another after `restart`. */
  readonly service: () => Service;
  readonly logLines: readonly LoggedLine[];
  /** Stops the service's alarms and drainers and composes it anew over the same store. */
  readonly restart: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

const HOSTS = {
  slack: "http://slack.test",
  iru: "https://iru.test",
  service: "http://hallpass.test",
} as const;

/** Makes a world and starts its service. The same seed and the same acts give the same bytes. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const { clock, activity, transport } = options;
  const random = createRandom(options.seed ?? "world");
  const store = options.store ?? createMemoryStore();
  const logLines: LoggedLine[] = [];
  const closers: (() => Promise<void>)[] = [];
  const handlers = new Map<string, (request: Request) => Response | Promise<Response>>();
  const worldFetch = fetchOf(transport, handlers, activity);
  let assembled: Assembled | undefined;
  let life = 0;
  let serviceUrl: string = HOSTS.service;
  const delivery = {
    get appUrl() {
      return serviceUrl;
    },
    signingSecret: WORLD_SECRETS.signingSecret,
    fetch: worldFetch,
  };
  const slack = createSimulatedSlack({
    clock,
    token: WORLD_SECRETS.botToken,
    scopes: BOT_SCOPES,
    channel: CHANNEL,
    people: Object.values(PEOPLE),
    delivery,
  });
  const iru = createFakeIru({
    clock,
    ids: createWorldIds(random.fork("iru")),
    token: WORLD_SECRETS.iruToken,
    ...(options.delays === undefined ? {} : { delays: options.delays }),
  });
  const { serial, hostname: name, owner } = ANNAS_MAC;
  iru.addDevice({
    serial,
    name,
    platform: "Mac",
    owner: { email: owner.email, name: owner.realName },
    tags: ["finance"],
  });

  let slackUrl: string = HOSTS.slack;
  let iruUrl: string = HOSTS.iru;
  const answer = (request: Request): Response | Promise<Response> => {
    const beside = options.beside?.(request);
    if (beside !== undefined) return beside;
    if (assembled === undefined) return new Response("the service is down", { status: 502 });
    return assembled.app.fetch(request);
  };
  const serve = activity === undefined ? answer : activity.serve(answer);
  if (transport === "loopback") {
    const slackServer = await slack.listen();
    const iruServer = await serveHandler(iru.handle);
    const service = await listen(serve, options.port ?? 0);
    slackUrl = slackServer.url;
    iruUrl = iruServer.url;
    serviceUrl = service.url;
    closers.push(service.close, slackServer.close, iruServer.close);
  } else {
    handlers.set(HOSTS.slack, slack.handle);
    handlers.set(HOSTS.iru, iru.handle);
    handlers.set(HOSTS.service, serve);
    // Response and upload URLs of the simulated Slack stay on Slack's own hosts.
    handlers.set("https://hooks.slack.com", slack.handle);
    handlers.set("https://files.slack.com", slack.handle);
  }

  async function begin(): Promise<void> {
    life += 1;
    assembled = assemble(worldInstallation({ slackUrl, iruUrl }, options), {
      store,
      clock,
      ids: createWorldIds(random.fork(`service/${life}`)),
      log: logInto(logLines),
      fetch: worldFetch,
      instanceId: "world",
      version: "world",
      ...(activity === undefined ? {} : { work: (run) => activity.track(run) }),
    });
    await assembled.running.start();
  }
  await begin();

  return {
    clock,
    random,
    slack,
    iru,
    store,
    serviceUrl,
    fetch: worldFetch,
    service() {
      if (assembled === undefined) throw new Error("the service is down");
      return assembled.running.service;
    },
    logLines,
    async restart() {
      const before = assembled;
      assembled = undefined;
      await before?.running.stop();
      await begin();
    },
    async stop() {
      const last = assembled;
      assembled = undefined;
      await last?.running.stop();
      for (const close of closers) await close();
      await store.close();
    },
  };
}

function logInto(lines: LoggedLine[]): Log {
  const write = (level: LoggedLine["level"]) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields });
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

/** In process a request goes straight to the handler of its origin; an origin that nobody serves cannot be reached. */
function fetchOf(
  transport: Transport,
  handlers: ReadonlyMap<string, (request: Request) => Response | Promise<Response>>,
  activity: Activity | undefined,
): typeof fetch {
  const inner: typeof fetch =
    transport === "loopback"
      ? globalThis.fetch
      : async (input, init) => {
          const request = new Request(input, init);
          const handler = handlers.get(new URL(request.url).origin);
          if (handler === undefined) throw new TypeError(`fetch failed: ${new URL(request.url).origin}`);
          return handler(request);
        };
  return activity === undefined ? inner : activity.fetch(inner);
}

async function listen(
  handle: (request: Request) => Response | Promise<Response>,
  port: number,
): Promise<{ readonly url: string; readonly close: () => Promise<void> }> {
  const server = createAdaptorServer({ fetch: handle });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", resolve);
  });
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${taken}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        if ("closeAllConnections" in server) server.closeAllConnections();
      }),
  };
}
