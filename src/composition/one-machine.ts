import { listenHttp } from "../adapters/node-http/listen.ts";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import type { Service } from "../app/service.ts";
import { SECOND_MS } from "../core/time.ts";
import { badInput, problemResponse } from "../http/problem.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Store } from "../ports/store.ts";
import { assemble, type InstallationSettings, type Surroundings } from "./assemble.ts";
import { VERSION } from "./version.ts";

/** Calls under way at a stop get so long; a held poll is answered at once and needs none of it. */
const STOP_GRACE_MS = 10 * SECOND_MS;

/**
 * Owner of the leases. The same in every life of the process: the lock of the data file keeps it to one process at a
 * time, and after a crash the next one need not wait until its own leases run out.
 */
const INSTANCE_ID = "one-machine";

/** An installation and where it lives on this machine. */
export interface OneMachineSettings extends InstallationSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly dataFile: string;
}

/** What the process gives to the service. */
export interface OneMachineWorld {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly fetch: (url: string | URL, init?: RequestInit) => Promise<Response>;
  /** Opens the store; the SQLite file of the settings if absent. */
  readonly openStore?: () => Store;
  /** Stands in for Slack and Iru in a benchmark. */
  readonly outside?: NonNullable<Surroundings["outside"]>;
}

/** The service, running and listening. */
export interface OneMachine {
  readonly service: Service;
  /** Where it listens. */
  readonly url: string;
  /** Stops in order: no new calls, held polls answered, calls and effects under way done, data file closed. */
  stop(): Promise<void>;
}

/**
 * Opens the data file, starts the service and listens: all of `npm run serve` but the reading of the environment.
 * Rejects with one sentence for the operator, leaving nothing behind, when the file or the address cannot be had.
 */
export async function openOneMachine(
  settings: OneMachineSettings,
  world: OneMachineWorld,
): Promise<OneMachine> {
  const { clock, ids, log, fetch, outside } = world;
  const { host, port, dataFile: file } = settings;
  const store = world.openStore?.() ?? openSqliteStore({ file, log, checkpoints: "thread" });
  const stopping = new AbortController();
  const { app, running } = assemble(settings, {
    store,
    clock,
    ids,
    log,
    fetch,
    instanceId: INSTANCE_ID,
    version: VERSION,
    stopping: stopping.signal,
    ...(outside === undefined ? {} : { outside }),
  });
  const unreadable = () => {
    const problem = badInput([{ field: "request", message: "has no readable address" }]);
    return problemResponse(problem, ids.uuid());
  };
  try {
    await running.start();
    const listener = await listenHttp({ fetch: (request) => app.fetch(request), host, port, unreadable });
    describeStart(settings, listener.url, log);
    return {
      service: running.service,
      url: listener.url,
      async stop() {
        log.info("stopping");
        stopping.abort();
        await listener.close(STOP_GRACE_MS);
        await running.stop();
        await store.close();
        log.info("stopped");
      },
    };
  } catch (error) {
    await running.stop();
    await store.close();
    throw error;
  }
}

/** One line with all that an operator wants to see confirmed, and another for what is probably not wanted. */
function describeStart(settings: OneMachineSettings, url: string, log: Log): void {
  const { slack, iru, policy, macConfig, enrollmentTokens, host } = settings;
  const { offHours } = policy;
  log.info("listening", {
    url,
    version: VERSION,
    channel: slack.channelId,
    approvers: policy.approverIds.length,
    statusReaders: policy.adminStatusIds.length,
    iru: new URL(iru.baseUrl).host,
    delivery: macConfig.delivery,
    grant: macConfig.grant,
    endProcesses: macConfig.endProcesses,
    enrollment: enrollmentTokens.length === 0 ? "closed" : "open",
    offHours: offHours.mode === "disabled" ? "a human decides" : `approved outside hours in ${offHours.zone}`,
  });
  if (!["127.0.0.1", "::1", "localhost"].includes(host)) {
    log.warn("listening beyond this machine without TLS: keys of Macs can be read on the way", { host });
  }
}
