import { MINUTE_MS } from "../../core/time.ts";
import { isAble, type MacSide, recordOnDisk } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";
import { oursIn } from "./watched-iru.ts";

/** The agent has the locking profile fetched every five minutes at the latest; such a run takes its time. */
const RELOCKED_WITHIN_MS = 6.5 * MINUTE_MS;

/**
 * Law L5 as time goes on: once nothing wants SAP Privileges open any more the agent has it locked, and does not leave
 * that to the Iru agent's own check-in, which comes when it likes.
 */
export function checkPrivileges(world: SimWorld, side: MacSide): void {
  const now = world.clock.now();
  const { isPrivilegesUnlocked, isIruRunning } = side.mac.condition();
  // While a run takes long no other can bring the locking profile.
  if (!isPrivilegesUnlocked || isIruRunning || isWantedOpen(world, side) || mayIruBeSlow(world)) {
    side.openSince = undefined;
    return;
  }
  side.openSince ??= now;
  const openFor = now - side.openSince;
  world.book.check("L5", "SAP Privileges does not stay open", openFor <= RELOCKED_WITHIN_MS, () => ({
    text: `open for ${openFor / 1_000} s without a reason`,
    serial: side.cast.serial,
  }));
}

/** True while a session, an approval or a tag keeps it open, or the agent cannot know that nothing does. */
function isWantedOpen({ iru, deviceIds }: SimWorld, side: MacSide): boolean {
  const { mac, cast } = side;
  const record = recordOnDisk(mac);
  if (!isAble(side) || mac.condition().network !== "on" || record?.known === undefined) return true;
  if (record.session !== undefined || record.outbox.length > 0) return true;
  if (record.requests.some(({ status }) => status === "approved")) return true;
  return oursIn(iru.tagsOf(deviceIds.get(cast.serial) ?? "")).some((tag) => tag.includes("elevation"));
}

/** True while what the Mac fetches may be old, late or nothing. */
function mayIruBeSlow({ faults, plan: { chances } }: SimWorld): boolean {
  const { iru_slow_delivery: slow, iru_run_lost: lost, iru_run_late: late, iru_run_stale: stale } = chances;
  return !faults.isHealed() && slow + lost + late + stale > 0;
}
