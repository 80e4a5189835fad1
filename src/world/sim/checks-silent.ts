import type { AccessRequest } from "../../core/request.ts";
import { SECOND_MS } from "../../core/time.ts";
import { checkReached } from "./checks-obey.ts";
import { type MacSide, sessionOnDisk } from "./mac-side.ts";
import { expectTold } from "./noticed.ts";
import type { SimWorld } from "./sim-world.ts";

/** The sweep comes every 30 s; a slow store and the work itself come on top. */
const SWEEP_MS = 75 * SECOND_MS;
/** An agent says after a minute that somebody still is an administrator; its looks and a slow tool come on top. */
const STILL_ADMIN_MS = 80 * SECOND_MS;

/** Law L5 as time goes on: IT hears of a Mac that does not prove its end, and of one that reads the rights still. */
export function checkSilence(world: SimWorld): void {
  const { durable, lives, clock, plan, faults } = world;
  for (const side of world.macs) {
    watchStillAdmin(world, side);
    checkReached(world, side);
  }
  const healedAt = faults.healedAt() ?? (plan.chances.store_fails > 0 ? undefined : 0);
  const runsSince = lives.upSince();
  if (runsSince === undefined || healedAt === undefined) return;
  // A store that refuses calls may keep an alarm waiting.
  const upSince = Math.max(runsSince, plan.chances.store_fails > 0 ? healedAt : 0);
  for (const { request } of durable.requests.values()) {
    if (request.status === "ending") checkAlarmed(world, request, clock.now() - upSince);
  }
}

function checkAlarmed(
  { durable, clock, policy, book }: SimWorld,
  request: Extract<AccessRequest, { status: "ending" }>,
  upForMs: number,
): void {
  const { requestId, serial } = request.ask;
  const lateMs = Math.min(clock.now() - request.ending.since - policy.deadlineAlarmAfterMs, upForMs);
  if (lateMs <= 0) return;
  const isRaised = durable.streams.get(requestId)?.events.includes("deadline_alarmed") === true;
  book.check("L5", "IT hears of rights that nobody proved gone", isRaised || lateMs <= SWEEP_MS, () => ({
    text: `no proof ${(clock.now() - request.ending.since) / 1_000} s after the end`,
    requestId,
    serial,
  }));
}

/** Law L5: an agent that can read that a session's person still is an administrator says so. */
function watchStillAdmin(world: SimWorld, side: MacSide): void {
  const { mac, noticed, broken } = side;
  const now = world.clock.now();
  const session = sessionOnDisk(mac);
  const { isOn, isAsleep, isAgentRunning } = mac.condition();
  const canRead = !broken.has("directoryUnreadable") && !broken.has("recordUnwritable");
  const isWatched = isOn && !isAsleep && isAgentRunning && !side.isStopped && canRead;
  const isStill =
    session?.phase === "ending" &&
    isWatched &&
    mac.administrators().some(({ generatedUid }) => generatedUid === session.person.generatedUid);
  if (!isStill) {
    noticed.stillAdmin = undefined;
    return;
  }
  const { armId, requestId } = session;
  const starts = mac.agentStarts();
  const last = noticed.stillAdmin;
  if (last?.armId !== armId || last.starts !== starts) noticed.stillAdmin = { armId, starts, since: now };
  if (noticed.stillAdmin === undefined || now - noticed.stillAdmin.since < STILL_ADMIN_MS) return;
  expectTold(side, `still admin ${armId}`, {
    law: "L5",
    name: "IT hears who is still an administrator",
    // It is said every five minutes, which a restart of the Mac counts anew: what was said before it counts.
    since: 0,
    kinds: ["still_admin"],
    requestId,
    names: "is still an administrator",
    text: `the rights were there from ${noticed.stillAdmin.since} on, after the end`,
  });
}
