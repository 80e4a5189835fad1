import type { Hono } from "hono";
import { type Assembled, assemble, type InstallationSettings } from "../../composition/assemble.ts";
import type { EdgeVariables } from "../../http/edge.ts";
import type { Store } from "../../ports/store.ts";
import { createWorldIds, type Random } from "../random.ts";
import { faultyStore, type StoreSurroundings } from "./faulty-store.ts";
import { createLife, type Life } from "./life.ts";
import type { Secrets } from "./secrets.ts";

/** Where the durable state is: opened for each life, and what is left of it is there for the next. */
export interface SimStore {
  open(): Store;
  /** Removes everything; nothing is open any more. */
  remove(): void;
}

/** What each life of the service is made from. */
export interface LivesOptions extends StoreSurroundings {
  readonly simStore: SimStore;
  readonly installation: InstallationSettings;
  readonly random: Random;
  readonly secrets: Secrets;
  /** The way out of one life, to Slack and Iru. */
  readonly fetch: (
    url: string | URL,
    init: RequestInit | undefined,
    isGone: () => boolean,
  ) => Promise<Response>;
}

/** The successive processes of the service over one durable state. */
export interface ServiceLives {
  begin(): Promise<void>;
  /** The process dies; another begins a while later. */
  crash(point: string): void;
  /** No process runs for so long, whatever else happens meanwhile. */
  stayDown(forMs: number): void;
  /** Answers a request as long as there is a process; rejects when it dies over it. */
  serve(request: Request): Promise<Response>;
  /** Since when a process is running; undefined while none is. */
  upSince(): number | undefined;
  readonly store: () => Store;
  close(): Promise<void>;
}

/** What is behind a host of the world; files and private answers have addresses of their own. */
const HOSTS: Readonly<Record<string, string>> = { "iru.test": "iru" };

const DOWN_MS: readonly [number, number] = [1_000, 45_000];

/** Makes the lives; none has begun. */
export function createServiceLives(options: LivesOptions): ServiceLives {
  const { clock, faults, book, simStore } = options;
  let inner = simStore.open();
  let count = 0;
  let current: { readonly life: Life; app?: Hono<EdgeVariables>; since?: number } | undefined;
  let opening: Promise<void> | undefined;
  let downUntil = 0;

  async function reopen(): Promise<void> {
    await clock.track(inner.close());
    inner = simStore.open();
  }

  function begin(): Promise<void> {
    count += 1;
    const life = createLife(clock, faults, crash);
    const mine: NonNullable<typeof current> = { life };
    current = mine;
    const { app, running } = assembleLife(options, life, inner, count);
    mine.app = app;
    book.note(undefined, undefined, () => `the service starts (life ${count})`);
    return start(running, mine).catch((error: unknown) => {
      // What cannot even read its store dies and is started again, as a supervisor does it.
      if (life.isAlive()) crash(`at its start: ${String(error)}`);
    });
  }

  async function start(running: Assembled["running"], mine: NonNullable<typeof current>): Promise<void> {
    await running.start();
    mine.since = clock.now();
  }

  function crash(point: string): void {
    if (current === undefined) return;
    current.life.die();
    current = undefined;
    book.note(undefined, undefined, () => `the service's process dies ${point}`);
    opening = reopen();
    beginAt(clock.now() + faults.random.integer(...DOWN_MS));
  }

  function beginAt(when: number): void {
    clock.at(when, () => {
      if (clock.now() < downUntil) return beginAt(downUntil);
      void opening?.then(begin);
    });
  }

  return {
    begin,
    crash,
    stayDown(forMs) {
      downUntil = Math.max(downUntil, clock.now() + forMs);
      crash("and stays down");
    },
    async serve(request) {
      if (current?.app === undefined)
        throw new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
      const { app, life } = current;
      return Promise.race([app.fetch(request), life.died]);
    },
    upSince: () => current?.since,
    store: () => inner,
    async close() {
      current?.life.die();
      current = undefined;
      await inner.close();
    },
  };
}

function assembleLife(options: LivesOptions, life: Life, inner: Store, count: number): Assembled {
  const { installation, random, secrets } = options;
  return assemble(installation, {
    store: faultyStore(inner, life, options),
    clock: life.clock,
    ids: secrets.watch(createWorldIds(random.fork(`service/${count}`))),
    log: secrets.log,
    fetch: (url, init) =>
      life.cross(`call.${HOSTS[new URL(String(url)).host] ?? "slack"}`, () =>
        options.fetch(url, init, () => !life.isAlive()),
      ),
    instanceId: "sim",
    version: "sim",
    scheduler: life.scheduler,
  });
}
