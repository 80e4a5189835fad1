import type { Hono } from "hono";
import { type Assembled, assemble, type InstallationSettings } from "../../composition/assemble.ts";
import type { EdgeVariables } from "../../http/edge.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Log } from "../../ports/log.ts";
import type { Store } from "../../ports/store.ts";
import { createWorldIds, type Random } from "../random.ts";
import { faultyStore, type StoreSurroundings } from "./faulty-store.ts";
import { createLife, type Life } from "./life.ts";
import { createStoreRefusals, type StoreRefusals } from "./store-refusals.ts";

/** Where the durable state is: opened for each life, and what is left of it is there for the next. */
export interface SimStore {
  open(): Store;
  /** Removes everything; nothing is open any more. */
  remove(): void;
}

/** What each life of the service is made from. */
export interface LivesOptions extends Omit<StoreSurroundings, "held" | "refusals"> {
  readonly simStore: SimStore;
  readonly installation: InstallationSettings;
  readonly random: Random;
  /** What all lives write. */
  readonly log: Log;
  /** Each life is another holder of leases, as where several processes may run; else they are all one. */
  readonly isMany: boolean;
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
  /** The process that began last dies; another begins a while later. */
  crash(point: string): void;
  /** Another process begins beside the one that runs, which dies so much later. */
  join(forMs: number): void;
  /** No process runs for so long, whatever else happens meanwhile. */
  stayDown(forMs: number): void;
  /** Answers a request as long as there is a process; rejects when it dies over it. */
  serve(request: Request): Promise<Response>;
  /** Since when a process is running; undefined while none is. */
  upSince(): number | undefined;
  /** What their stores refused. */
  readonly refusals: StoreRefusals;
  readonly store: () => Store;
  close(): Promise<void>;
}

/** One process of the service. */
interface Process {
  readonly life: Life;
  app?: Hono<EdgeVariables>;
  since?: number;
}

/** What is behind a host of the world; files and private answers have addresses of their own. */
const HOSTS: Readonly<Record<string, string>> = { "iru.test": "iru" };

const DOWN_MS: readonly [number, number] = [1_000, 45_000];

/** Makes the lives; none has begun. */
export function createServiceLives(options: LivesOptions): ServiceLives {
  const { clock, faults, book, simStore } = options;
  let inner = simStore.open();
  let count = 0;
  /** In the order of their beginning. */
  const living = new Set<Process>();
  const newest = () => [...living].at(-1);
  const balance = options.random.fork("balance");
  const held = new Map<string, string>();
  const refusals = createStoreRefusals();
  let opening: Promise<void> | undefined;
  let downUntil = 0;

  /** As on one machine, where leases live in the process and end with it. */
  async function reopen(): Promise<void> {
    await clock.track(inner.close());
    inner = simStore.open();
    await freeAll(options, inner, held);
  }

  function begin(): Promise<void> {
    count += 1;
    const life = createLife(clock, faults, (point) => end(mine, point));
    const mine: Process = { life };
    living.add(mine);
    const { app, running } = assembleLife({ ...options, held, refusals }, life, inner, count);
    mine.app = app;
    book.note(undefined, undefined, () => `the service starts (life ${count})`);
    return start(clock, running, mine).catch((error: unknown) => {
      // What cannot even read its store dies and is started again, as a supervisor does it.
      if (life.isAlive()) end(mine, `at its start: ${String(error)}`);
    });
  }

  function end(dying: Process, point: string): void {
    if (!living.delete(dying)) return;
    dying.life.die();
    book.note(undefined, undefined, () => `the service's process dies ${point}`);
    // Another one works on, with the store that both had open.
    if (living.size > 0) return;
    // What several processes share goes on without any of them, with the leases that they held.
    opening = options.isMany ? Promise.resolve() : reopen();
    beginAt(clock.now() + faults.random.integer(...DOWN_MS));
  }

  function crash(point: string): void {
    const dying = newest();
    if (dying !== undefined) end(dying, point);
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
      for (const dying of living) end(dying, "and stays down");
    },
    join(forMs) {
      const older = newest();
      if (older === undefined) return;
      void begin();
      clock.at(clock.now() + forMs, () => end(older, "and leaves the rest to the newer one"));
    },
    serve: (request) => serveByOne([...living], balance, request),
    upSince: () => newest()?.since,
    refusals,
    store: () => inner,
    async close() {
      for (const { life } of living) life.die();
      living.clear();
      await inner.close();
    },
  };
}

async function start(clock: Clock, running: Assembled["running"], mine: Process): Promise<void> {
  await running.start();
  mine.since = clock.now();
}

async function freeAll({ clock }: LivesOptions, store: Store, held: Map<string, string>): Promise<void> {
  for (const [key, owner] of held) await clock.track(store.releaseLease(key, owner));
  held.clear();
}

/** Any one of the processes answers; where none runs the connection is refused. */
async function serveByOne(living: readonly Process[], balance: Random, request: Request): Promise<Response> {
  const ready = living.flatMap(({ app, life }) => (app === undefined ? [] : [{ app, life }]));
  const chosen = ready.length > 1 ? balance.pick(ready) : ready[0];
  if (chosen === undefined) throw new TypeError("fetch failed", { cause: new Error("ECONNREFUSED") });
  return Promise.race([chosen.app.fetch(request), chosen.life.died]);
}

function assembleLife(
  options: LivesOptions & StoreSurroundings,
  life: Life,
  inner: Store,
  count: number,
): Assembled {
  const { installation, random, secrets, isMany } = options;
  return assemble(installation, {
    store: faultyStore(inner, life, options),
    clock: life.clock,
    ids: secrets.watch(createWorldIds(random.fork(`service/${count}`))),
    log: options.log,
    fetch: (url, init) =>
      life.cross(`call.${HOSTS[new URL(String(url)).host] ?? "slack"}`, () =>
        options.fetch(url, init, () => !life.isAlive()),
      ),
    instanceId: isMany ? `sim-${count}` : "sim",
    version: "sim",
    scheduler: life.scheduler,
  });
}
