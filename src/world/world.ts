import { createMemoryStore } from "../adapters/memory/store.ts";
import type { Service } from "../app/service.ts";
import { type Assembled, assemble, type InstallationSettings } from "../composition/assemble.ts";
import type { Clock } from "../ports/clock.ts";
import type { Log, LogFields } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import type { Activity } from "./activity.ts";
import { ANNAS_MAC, type InstallationChange, WORLD_SECRETS, worldInstallation } from "./cast.ts";
import { createFakeIru, type FakeIru } from "./iru/fake-iru.ts";
import { serveHandler } from "./iru/serve.ts";
import type { IruDelays } from "./iru/state.ts";
import { type Handler, type Latency, serveOnLoopback, type Transport, worldFetch } from "./network.ts";
import { createRandom, createWorldIds, type Random } from "./random.ts";
import { createCastSlack } from "./slack/cast-slack.ts";
import type { SimulatedSlack } from "./slack/simulated-slack.ts";

/** The day on which worlds begin unless told otherwise: a Monday morning, in business hours. */
export const WORLD_START = Date.UTC(2026, 10, 23, 10, 0, 0);

/** What a world is made of. */
export interface WorldOptions extends InstallationChange {
  readonly clock: Clock;
  /** Of a virtual clock; without it nobody waits for quiet (the demo, in real time). */
  readonly activity?: Activity;
  readonly transport: Transport;
  readonly seed?: string;
  readonly store?: Store;
  readonly delays?: Partial<IruDelays>;
  /** What each request in process takes; none if absent. */
  readonly latency?: Latency;
  /** Of the service over loopback; a free one if absent. */
  readonly port?: number;
  /** Serves something else beside the service on the same port, such as a page; undefined passes on. */
  readonly beside?: (request: Request) => Promise<Response> | undefined;
}

/** A line of the service's operating log. */
export interface LoggedLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly fields: LogFields | undefined;
}

/** The real service between a simulated Slack and a simulated Iru. Macs are added by themselves. */
export interface World {
  readonly clock: Clock;
  readonly random: Random;
  readonly slack: SimulatedSlack;
  readonly iru: FakeIru;
  readonly store: Store;
  /** Where the service is, without a slash at the end. */
  readonly serviceUrl: string;
  /** Reaches everything in the world; what it does counts as work on a virtual clock. */
  readonly fetch: typeof globalThis.fetch;
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
  const handlers = new Map<string, Handler>();
  const fetchInWorld = worldFetch(transport, handlers, activity, options.latency);
  const place = { serviceUrl: HOSTS.service as string };
  const slack = createCastSlack(clock, { appUrl: () => place.serviceUrl, fetch: fetchInWorld });
  const iru = createTenant(options, random);
  const lives = createLives(options, { store, random, fetch: fetchInWorld });
  const serve = servingHandler(options, lives);
  const open = transport === "loopback" ? openLoopback(options, { slack, iru, serve }) : undefined;
  const { at, close } = (await open) ?? openInProcess(handlers, { slack, iru, serve });
  place.serviceUrl = at.serviceUrl;
  const installation = worldInstallation(at, options);
  await lives.begin(installation);
  return {
    clock,
    random,
    slack,
    iru,
    store,
    serviceUrl: at.serviceUrl,
    fetch: fetchInWorld,
    service: () => lives.current().running.service,
    logLines: lives.logLines,
    async restart() {
      await lives.end();
      await lives.begin(installation);
    },
    async stop() {
      await lives.end();
      await close();
      await store.close();
    },
  };
}

function createTenant(options: WorldOptions, random: Random): FakeIru {
  const iru = createFakeIru({
    clock: options.clock,
    ids: createWorldIds(random.fork("iru")),
    token: WORLD_SECRETS.iruToken,
    ...(options.delays === undefined ? {} : { delays: options.delays }),
  });
  const { serial, hostname: name, owner } = ANNAS_MAC;
  const { email, realName } = owner;
  iru.addDevice({ serial, name, platform: "Mac", owner: { email, name: realName }, tags: ["finance"] });
  return iru;
}

/** The service's successive lives in one world. */
interface Lives {
  readonly logLines: LoggedLine[];
  /** The living service; throws while it is down. */
  readonly current: () => Assembled;
  readonly isUp: () => boolean;
  readonly begin: (installation: InstallationSettings) => Promise<void>;
  readonly end: () => Promise<void>;
}

function createLives(
  options: WorldOptions,
  shared: { readonly store: Store; readonly random: Random; readonly fetch: typeof globalThis.fetch },
): Lives {
  const { clock, activity } = options;
  const logLines: LoggedLine[] = [];
  let assembled: Assembled | undefined;
  let life = 0;
  return {
    logLines,
    isUp: () => assembled !== undefined,
    current() {
      if (assembled === undefined) throw new Error("the service is down");
      return assembled;
    },
    async begin(installation) {
      life += 1;
      assembled = assemble(installation, {
        store: shared.store,
        clock,
        ids: createWorldIds(shared.random.fork(`service/${life}`)),
        log: logInto(logLines),
        fetch: shared.fetch,
        instanceId: "world",
        version: "world",
        ...(activity === undefined ? {} : { work: (run) => activity.track(run) }),
      });
      await assembled.running.start();
    },
    async end() {
      const last = assembled;
      assembled = undefined;
      await last?.running.stop();
    },
  };
}

function logInto(lines: LoggedLine[]): Log {
  const write = (level: LoggedLine["level"]) => (message: string, fields?: LogFields) =>
    void lines.push({ level, message, fields });
  return { info: write("info"), warn: write("warn"), error: write("error") };
}

function servingHandler(options: WorldOptions, lives: Lives): Handler {
  const { activity } = options;
  const answer: Handler = (request) => {
    const beside = options.beside?.(request);
    if (beside !== undefined) return beside;
    return lives.isUp()
      ? lives.current().app.fetch(request)
      : new Response("the service is down", { status: 502 });
  };
  return activity === undefined ? answer : activity.serve(answer);
}

interface Sides {
  readonly slack: SimulatedSlack;
  readonly iru: FakeIru;
  readonly serve: Handler;
}

interface Opened {
  readonly at: { readonly serviceUrl: string; readonly slackUrl: string; readonly iruUrl: string };
  readonly close: () => Promise<void>;
}

async function openLoopback(options: WorldOptions, { slack, iru, serve }: Sides): Promise<Opened> {
  const service = await serveOnLoopback(serve, options.port ?? 0);
  const slackServer = await slack.listen();
  const iruServer = await serveHandler(iru.handle);
  return {
    at: { serviceUrl: service.url, slackUrl: slackServer.url, iruUrl: iruServer.url },
    async close() {
      await service.close();
      await slackServer.close();
      await iruServer.close();
    },
  };
}

function openInProcess(handlers: Map<string, Handler>, { slack, iru, serve }: Sides): Opened {
  handlers.set(HOSTS.slack, slack.handle);
  // Response and upload URLs of the simulated Slack stay on Slack's own hosts.
  handlers.set("https://hooks.slack.com", slack.handle);
  handlers.set("https://files.slack.com", slack.handle);
  handlers.set(HOSTS.iru, iru.handle);
  handlers.set(HOSTS.service, serve);
  const at = { serviceUrl: HOSTS.service, slackUrl: HOSTS.slack, iruUrl: HOSTS.iru };
  return { at, close: async () => undefined };
}
