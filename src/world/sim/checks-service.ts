import { nextAlarmAt } from "../../core/alarms.ts";
import { SECOND_MS } from "../../core/time.ts";
import type { SimWorld } from "./sim-world.ts";

/** The sweep comes every 30 s; a slow store and the alarm's own work come on top. */
const SWEEP_MS = 75 * SECOND_MS;

/**
 * Law L6 as time goes on: what is due is done by a service that has been up for a while, alarm or no alarm, and whose
 * store has refused nothing of it meanwhile. What is due follows from the request itself, whatever was stored as its
 * due time.
 */
export function checkService(world: SimWorld): void {
  const { durable, lives, clock, book, policy } = world;
  const upSince = lives.upSince();
  const now = clock.now();
  if (upSince === undefined) return;
  for (const { request } of durable.requests.values()) {
    const dueAt = nextAlarmAt(request, policy);
    if (dueAt === undefined || dueAt > now) continue;
    const { requestId, serial } = request.ask;
    const lateMs = now - Math.max(dueAt, upSince, lives.refusals.lastOf(requestId));
    book.check("L6", "what is due is done", lateMs <= SWEEP_MS, () => ({
      text: `${request.status}, due ${lateMs / 1_000} s ago`,
      requestId,
      serial,
    }));
  }
}
