import type { Policy } from "../core/policy-config.ts";
import type { TagNames } from "../core/tags.ts";
import { SECOND_MS } from "../core/time.ts";
import type { Chat } from "../ports/chat.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Mdm } from "../ports/mdm.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Store } from "../ports/store.ts";
import { type BackgroundWork, createDrainer } from "./drainer.ts";
import type { MacConfig, Service } from "./service.ts";
import { sweep, tick } from "./sweep.ts";
import { createWake } from "./wake.ts";

export const SWEEP_EVERY_MS = 30 * SECOND_MS;
const ALARMS_PAGE = 1_000;

/** The adapters and settings of one running service. */
export interface Parts {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly chat: Chat;
  readonly mdm: Mdm;
  /** Makes the scheduler that calls `fire` when a request's alarm is due. */
  readonly scheduler: (fire: (requestId: string) => void) => Scheduler;
  readonly policy: Policy;
  readonly tagNames: TagNames;
  readonly macConfig: MacConfig;
  readonly instanceId: string;
  /** Wraps each piece of background work; a simulated world uses it to know when everything is quiet. */
  readonly work?: BackgroundWork;
}

/** A composed service with its life cycle. */
export interface RunningService {
  readonly service: Service;
  /** Arms the stored alarms, does what is due and starts the regular sweep. */
  start(): Promise<void>;
  /** Stops alarms and sweep and waits for work under way; the store stays open. */
  stop(): Promise<void>;
}

/** Wires one service by hand; the same for `serve`, the demo and every test. */
export function compose(parts: Parts): RunningService {
  const { work, scheduler: makeScheduler, ...rest } = parts;
  const background: BackgroundWork = work ?? ((run) => run());
  const drainer = createDrainer(() => service, background);
  const scheduler = makeScheduler((requestId) => inBackground("alarm", () => tick(service, requestId)));
  const service: Service = { ...rest, scheduler, wake: createWake(), kick: drainer.kick, inBackground };
  const underWay = new Set<Promise<void>>();
  let cancelSweep = () => {};
  let isStopped = false;

  function inBackground(what: string, task: () => Promise<unknown>): void {
    if (isStopped) return;
    const run = background(async () => {
      try {
        await task();
      } catch (error) {
        // The stored deadline is the truth: the next sweep finds what failed here.
        service.log.error(`${what} failed`, { why: error instanceof Error ? error.message : String(error) });
      }
    }).finally(() => underWay.delete(run));
    underWay.add(run);
  }

  function armSweep(): void {
    cancelSweep = service.clock.after(SWEEP_EVERY_MS, () => {
      inBackground("sweep", async () => {
        // One at a time: the next is armed when this one is done.
        try {
          await sweep(service);
        } finally {
          if (!isStopped) armSweep();
        }
      });
    });
  }

  return {
    service,
    async start() {
      let cursor: string | undefined;
      do {
        const page = await service.store.listAlarms(ALARMS_PAGE, cursor);
        for (const { requestId, dueAt } of page.items) scheduler.set(requestId, dueAt);
        cursor = page.cursor;
      } while (cursor !== undefined);
      await background(() => sweep(service));
      armSweep();
    },
    async stop() {
      isStopped = true;
      cancelSweep();
      scheduler.stop();
      await Promise.all(underWay);
      await drainer.stop();
    },
  };
}
