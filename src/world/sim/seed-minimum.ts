import { isOpen, type AccessRequest } from "../../core/request.ts";
import type { MacUser } from "../mac/directory.ts";
import type { Random } from "../random.ts";
import { escalateOn, hideOn } from "./attack-acts.ts";
import type { MacSide } from "./mac-side.ts";
import { forgeForSure } from "./outside-acts.ts";
import { askAs } from "./people-acts.ts";
import type { SimWorld } from "./sim-world.ts";

/** What every seed has at the least, whatever its faults: less would be a world in which little can go wrong. */
export const SEED_MINIMUM = { macs: 3, approvers: 2, requests: 5, attacks: 1 } as const;

const FIRST_USER_SHARE = 0.75;

/** True once as many requests are stored as every seed has. */
export function hasEnoughRequests({ durable }: SimWorld): boolean {
  return durable.requests.size >= SEED_MINIMUM.requests;
}

/** Somebody asks who has no open request on that Mac; false where nobody can. */
export function askAnew(world: SimWorld, random: Random): boolean {
  const open = [...world.durable.requests.values()].map(({ request }) => request).filter(isOpen);
  const free = world.macs.flatMap((side) =>
    canAsk(side)
      ? side.cast.users.filter((user) => !isAsking(open, side, user)).map((user) => ({ side, user }))
      : [],
  );
  if (free.length === 0) return false;
  // Rights begin for whoever is at the console, which is the first user mostly.
  const first = free.filter(({ side, user }) => user === side.cast.users[0]);
  const { side, user } = random.pick(first.length > 0 && random.chance(FIRST_USER_SHARE) ? first : free);
  askAs(world, random, side, user);
  return true;
}

function canAsk({ mac }: MacSide): boolean {
  const { isOn, isAsleep, isEnrolled } = mac.condition();
  return isOn && !isAsleep && isEnrolled;
}

/** Whoever is administrator already is refused on the Mac itself. */
function isAsking(
  open: readonly AccessRequest[],
  { cast }: MacSide,
  { admin, generatedUid }: MacUser,
): boolean {
  if (admin === true) return true;
  return open.some(({ ask }) => ask.serial === cast.serial && ask.generatedUid === generatedUid);
}

/** How often somebody with rights attacked, or forged a call, so far. */
function attacksIn({ book }: SimWorld): number {
  return (book.counts.get("attacker has rights") ?? 0) + (book.counts.get("attacker forges") ?? 0);
}

/** Where nobody has attacked yet somebody with rights does, as long as there is one and the plan has attacks. */
export function attackIfNone(world: SimWorld, random: Random): void {
  if (attacksIn(world) > 0 || world.plan.weights.escalate + world.plan.weights.hide === 0) return;
  const side = world.macs.find(({ intruders }) => intruders.size > 0);
  if (side === undefined) return;
  if (random.chance(0.6)) escalateOn(world, side, random);
  else hideOn(world, side, random);
}

/** Where nobody has attacked at all a call is forged: one that no session feels, since the plan is of a calm world. */
export function forgeIfNone(world: SimWorld, random: Random): void {
  if (attacksIn(world) === 0) forgeForSure(world, random);
}

/** Fails the seed that was less than every seed has to be. */
export function checkMinimum(world: SimWorld): void {
  const { book, macs, policy, durable } = world;
  const isCast = macs.length >= SEED_MINIMUM.macs && policy.approverIds.length >= SEED_MINIMUM.approvers;
  book.check("seed", "there are three Macs and two approvers", isCast, () => ({
    text: `${macs.length} Macs, ${policy.approverIds.length} approvers`,
  }));
  book.check("seed", "five requests are stored", hasEnoughRequests(world), () => ({
    text: `${durable.requests.size} requests`,
  }));
  const isAttacked = attacksIn(world) >= SEED_MINIMUM.attacks;
  book.check("seed", "somebody with rights attacks, or forges a call", isAttacked, () => ({
    text: "nobody did",
  }));
}
