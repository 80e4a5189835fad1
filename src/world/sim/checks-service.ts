import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { SimWorld } from "./sim-world.ts";

/** The sweep comes every 30 s; a slow store and the alarm's own work come on top. */
const SWEEP_MS = 75 * SECOND_MS;

/** Law L6 as time goes on: what is due is done by a service that has been up for a while, alarm or no alarm. */
export function checkService(world: SimWorld): void {
  const { durable, lives, clock, book, plan } = world;
  const upSince = lives.upSince();
  const now = clock.now();
  if (upSince === undefined || plan.chances.store_fails > 0) return;
  for (const { dueAt, request } of durable.requests.values()) {
    if (dueAt === undefined || dueAt > now) continue;
    const lateMs = now - Math.max(dueAt, upSince);
    const { requestId, serial } = request.ask;
    book.check("L6", "what is due is done", lateMs <= SWEEP_MS, () => ({
      text: `${request.status}, due ${lateMs / 1_000} s ago`,
      requestId,
      serial,
    }));
    if (request.status !== "active") continue;
    book.check(
      "L4",
      "the service's backstop ends it",
      now <= request.grant.endsAt + SWEEP_MS + (now - upSince < MINUTE_MS ? MINUTE_MS : 0) ||
        lateMs <= SWEEP_MS,
      () => ({
        text: `active past its end`,
        requestId,
        serial,
      }),
    );
  }
}
