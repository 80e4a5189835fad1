import { isFromTheFuture, nextAlarmAt } from "../core/alarms.ts";
import type { RequestId } from "../core/ids.ts";
import type { Status } from "../core/request.ts";
import type { StoredRequest } from "../ports/store.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

const PAGE = 100;
/** A store may give its pages at once: between two of them everybody else has a turn. */
const BREATH_MS = 1;

/** What one sweep found and did. */
export interface SweepOutcome {
  readonly due: number;
  readonly silent: number;
  readonly streams: number;
}

/**
 * Finds what an alarm, a crash or a lost wake-up missed (law L6): due alarms, sessions without heartbeats, outboxes
 * with work. Running it twice, or beside the alarms, changes nothing more.
 */
export async function sweep(service: Service): Promise<SweepOutcome> {
  const due = (await sweepDue(service)) + (await sweepFuture(service));
  const silent = await sweepHeartbeats(service);
  const streams = await service.store.listStreamsWithWork(service.clock.now(), PAGE * 10);
  for (const stream of streams) service.kick(stream);
  return { due, silent, streams: streams.length };
}

/** Does what is due for one request; harmless when nothing is. */
export async function tick(service: Service, requestId: RequestId): Promise<void> {
  await handleCommand(service, requestId, { commandId: `tick:${service.ids.uuid()}`, type: "tick" });
}

async function sweepDue(service: Service): Promise<number> {
  let count = 0;
  for (;;) {
    const due = await service.store.listDue(service.clock.now(), PAGE);
    for (const { requestId } of due) await tick(service, requestId);
    count += due.length;
    if (due.length < PAGE) return count;
  }
}

/** All requests with this status, page by page, so that however many there are nobody waits for all of them. */
async function* pagesOf(service: Service, status: Status): AsyncGenerator<readonly StoredRequest[]> {
  const { store, clock } = service;
  let cursor: string | undefined;
  do {
    const page = await store.listByStatus(status, PAGE, cursor);
    yield page.items;
    cursor = page.cursor;
    if (cursor !== undefined) await clock.sleep(BREATH_MS);
  } while (cursor !== undefined);
}

/** What began while the clock was ahead has an alarm that is far too late: it is found by its state. */
async function sweepFuture(service: Service): Promise<number> {
  const { clock, policy } = service;
  let count = 0;
  for (const status of ["approved", "arming", "active", "ending"] as const) {
    for await (const page of pagesOf(service, status)) {
      // An end that waits only for its proof has no alarm left.
      const future = page.filter(
        ({ request }) => isFromTheFuture(request, clock.now()) && nextAlarmAt(request, policy) !== undefined,
      );
      for (const { request } of future) await tick(service, request.ask.requestId);
      count += future.length;
    }
  }
  return count;
}

async function sweepHeartbeats(service: Service): Promise<number> {
  const { store, clock, policy } = service;
  let count = 0;
  for await (const page of pagesOf(service, "active")) {
    for (const { request } of page) {
      if (request.status !== "active" || request.grant.heartbeatLostAt !== undefined) continue;
      const { requestId } = request.ask;
      const lastSeenAt = (await store.readBeat(requestId))?.at ?? request.grant.startedAt;
      if (clock.now() - lastSeenAt < policy.heartbeatSilentAfterMs) continue;
      await handleCommand(service, requestId, {
        commandId: `silent:${requestId}:${lastSeenAt}`,
        type: "heartbeat_silent",
        lastSeenAt,
      });
      count += 1;
    }
  }
  return count;
}
