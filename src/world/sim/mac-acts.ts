import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { firstHalf } from "./attack-acts.ts";
import type { NetworkState } from "../mac/network.ts";
import type { Random } from "../random.ts";
import { noteTouched } from "./noticed.ts";
import { type MacSide, noteRecordTouched, recordOnDisk, sessionOnDisk } from "./mac-side.ts";
import { IRU_DELAYS } from "./sim-cast.ts";
import type { SimWorld } from "./sim-world.ts";

const NETWORKS: readonly NetworkState[] = [
  "off",
  "black_hole",
  "captive_redirect",
  "captive_page",
  "service_blocked",
  "service_busy",
];

const TOOLS = [
  "removalFails",
  "additionFails",
  "directoryUnreadable",
  "sudoUnreadable",
  "processesUnreadable",
  "recordUnreadable",
  "recordUnwritable",
  "dropInFails",
  "keychainUnreadable",
  "keychainUnwritable",
] as const;

/** Shorter than an agent that starts tries to read its record: nothing may be lost by it. */
export const UNREAD_MAX_MS = 8 * SECOND_MS;

/** The time before an end from which on nothing is heard of it; what a grant may take is in the end itself. */
const END_UNHEARD_MS = 60 * SECOND_MS;

/** Something happens to a Mac and is over after a while. */
function forAWhile(world: SimWorld, random: Random, maxMs: number, undo: () => void): void {
  world.clock.at(world.clock.now() + random.integer(SECOND_MS, maxMs), undo);
}

function note(world: SimWorld, side: MacSide, text: string): void {
  world.book.note(side.cast.serial, sessionOnDisk(side.mac)?.requestId, () => text);
  world.book.count(`mac ${kindOf(text)}`);
}

/** `lid: closed` is one kind; the numbers of a clock and the names of people make none of their own. */
function kindOf(text: string): string {
  const [what = "", how = ""] = text.split(": ");
  if (what === "clock") return how.startsWith("-") ? "clock backwards" : "clock forwards";
  return what === "console" ? `console ${how.split(" ")[0]}` : `${what} ${how}`;
}

/** What happens to Macs, as it is counted. */
export const MAC_EVENTS: readonly string[] = [
  "lid closed",
  "reboot now",
  "power_cut record whole",
  "power_cut record half",
  "power_cut record nothing",
  "check_in by itself",
  "console switch",
  "console out",
  "console in",
  "clock backwards",
  "clock forwards",
  ...NETWORKS.map((state) => `network ${state}`),
  ...TOOLS.map((tool) => `tool ${tool}`),
  "wiped",
  "wiped in a session",
  "wiped while its session was ending",
];

/** The network goes, or something stands between, or only the service is blocked. */
export function network(world: SimWorld, random: Random): void {
  const ending = random.chance(0.3) ? sessionToEnd(world, random) : undefined;
  if (ending !== undefined) return blockAtEnd(world, random, ending.side, ending.endsBy);
  cutOff(world, random.pick(world.macs), random.pick(NETWORKS), random.integer(SECOND_MS, 6 * MINUTE_MS));
}

/** The network of one Mac fails for so long. */
export function cutOff(world: SimWorld, side: MacSide, state: NetworkState, forMs: number): void {
  const { mac } = side;
  note(world, side, `network: ${state}`);
  mac.setNetwork(state);
  const cut = { state, since: world.clock.now() };
  side.cutOff = cut;
  world.clock.at(cut.since + forMs, () => {
    if (side.cutOff !== cut) return;
    mac.setNetwork("on");
    side.cutOff = undefined;
  });
}

/** A Mac whose session has an end to come. */
function sessionToEnd(
  { macs, clock }: SimWorld,
  random: Random,
): { readonly side: MacSide; readonly endsBy: number } | undefined {
  const running = macs.flatMap((side) =>
    [...side.intruders.values()].flatMap(({ endsBy }) =>
      endsBy === undefined || endsBy - END_UNHEARD_MS < clock.now() ? [] : [{ side, endsBy }],
    ),
  );
  return running.length === 0 ? undefined : random.pick(running);
}

/**
 * Whoever has rights blocks the service shortly before their end, so that nobody can say that it is over; sometimes
 * after a sleep, whose time counts. This also goes on while everything else heals.
 */
function blockAtEnd(world: SimWorld, random: Random, side: MacSide, endsBy: number): void {
  const { clock } = world;
  const { mac } = side;
  const from = endsBy - END_UNHEARD_MS;
  const forMs = END_UNHEARD_MS + random.integer(SECOND_MS, MINUTE_MS);
  const asleepMs = random.chance(0.5) ? random.integer(60 * SECOND_MS, 2 * MINUTE_MS) : 0;
  if (asleepMs > 0) clock.at(Math.max(clock.now(), from - asleepMs), () => mac.closeLid());
  clock.at(from, () => {
    if (asleepMs > 0) mac.openLid();
    if (side.intruders.size > 0 && side.mac === mac) cutOff(world, side, "service_blocked", forMs);
  });
}

/** The lid is closed, and opened again. */
export function lid(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const { mac } = side;
  note(world, side, "lid: closed");
  mac.closeLid();
  forAWhile(world, random, 8 * MINUTE_MS, () => mac.openLid());
}

/** The Mac restarts. */
export function reboot(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  if (!side.mac.condition().isOn) return;
  note(world, side, "reboot: now");
  side.isStopped = false;
  side.mac.reboot({ downMs: random.integer(20, 90) * SECOND_MS });
}

/** The power goes: what the agent wrote last is there in part, or not at all, or whole. */
export function powerCut(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const { mac } = side;
  if (!mac.condition().isOn) return;
  const left = random.pick(["whole", "half", "nothing"] as const);
  note(world, side, `power_cut: record ${left}`);
  const before = recordOnDisk(mac);
  side.isStopped = false;
  mac.reboot({ downMs: random.integer(20, 90) * SECOND_MS, loginAs: null });
  if (left === "whole") return;
  if (left === "half") mac.attack.editRecord(firstHalf);
  else mac.attack.deleteRecord();
  noteRecordTouched(side, mac.agentStarts());
  noteTouched(side, before?.session, false);
  const lost = [before?.session?.requestId, ...(before?.outbox.map(({ call }) => call.requestId) ?? [])];
  for (const requestId of lost) if (requestId !== undefined) side.disturbed.add(requestId);
}

/** The Iru agent checks in by itself, as it may at any time. */
export function checkIn(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  note(world, side, "check_in: by itself");
  side.mac.checkIn();
}

/** Fast user switching, log out, log in. */
export function consoleChange(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const { mac, cast } = side;
  if (!mac.condition().isOn) return;
  const { username } = random.pick(cast.users);
  const how = random.pick(["switch", "out", "in"] as const);
  note(world, side, `console: ${how} ${username}`);
  if (how === "switch") mac.switchTo(username);
  else if (how === "out") mac.logOut(username);
  else mac.logIn(username);
}

/** The Mac's wall clock is set, backwards or forwards. */
export function clockJump(world: SimWorld, random: Random): void {
  const side = random.pick(world.macs);
  const offset = random.integer(-3 * HOUR_MS, 3 * HOUR_MS);
  note(world, side, `clock: ${offset} ms`);
  side.mac.attack.changeClock(offset);
}

/** A tool of the Mac does not do its work for a while: the directory, the disk, visudo, SAP Privileges. */
export function toolsFail(world: SimWorld, random: Random): void {
  const inUse = world.macs.filter(({ intruders }) => intruders.size > 0);
  const side = random.pick(inUse.length > 0 && random.chance(0.6) ? inUse : world.macs);
  const tool = random.pick(TOOLS);
  const isRecord = tool === "recordUnreadable";
  breakTool(world, side, tool, random.integer(SECOND_MS, isRecord ? UNREAD_MAX_MS : 3 * MINUTE_MS));
  // Only an agent that starts reads its record to learn something.
  if (isRecord && random.chance(0.5)) side.mac.attack.killAgent();
}

/** One tool of a Mac does not do its work for so long. */
export function breakTool(
  world: SimWorld,
  side: MacSide,
  fault: (typeof TOOLS)[number],
  forMs: number,
): void {
  const { mac } = side;
  note(world, side, `tool: ${fault}`);
  const breakdown = Symbol(fault);
  side.broken.set(fault, breakdown);
  mac.attack.fault({ [fault]: true });
  world.clock.at(world.clock.now() + forMs, () => {
    // Another breakdown of the same tool has begun meanwhile, perhaps on the Mac as it was set up anew.
    if (side.broken.get(fault) !== breakdown) return;
    mac.attack.fault({ [fault]: false });
    side.broken.delete(fault);
  });
}

/** The Mac is wiped and set up anew. */
export function wipe(world: SimWorld, random: Random): void {
  const busy = world.macs.filter(({ mac }) => sessionOnDisk(mac) !== undefined);
  const ending = busy.filter(({ mac }) => sessionOnDisk(mac)?.phase === "ending");
  const side = random.pick(ending.length > 0 ? ending : busy.length > 0 ? busy : world.macs);
  if (side.wipes > 0 || !side.mac.condition().isEnrolled) return;
  const where = ending.includes(side) ? " while its session was ending" : " in a session";
  world.book.count(`mac wiped${busy.includes(side) ? where : ""}`);
  world.wipe(side);
}

/** The Iru agent brings things late. */
export function slowDelivery(world: SimWorld, random: Random): void {
  if (!world.faults.happens("iru_slow_delivery")) return;
  const delay = () => random.integer(0, 4 * MINUTE_MS);
  world.iru.setDelays({
    tagMs: delay(),
    scriptMs: delay(),
    profileMs: delay(),
    // Some longer than anybody waits for.
    runMs: random.integer(1, random.chance(0.2) ? 900 : 60) * SECOND_MS,
  });
  forAWhile(world, random, 5 * MINUTE_MS, () => world.iru.setDelays(IRU_DELAYS));
}

/**
 * Everything that makes a Mac whole again: power, an agent that runs, a network and tools that work. What a trial has
 * broken is whole again when its time is over.
 */
export function healMac(world: SimWorld, side: MacSide): void {
  const { mac } = side;
  if (world.plan.trial === undefined) mendTools(side);
  mac.openLid();
  mac.attack.resumeAgent();
  mac.attack.changeClock(0);
  side.isStopped = false;
  const { isOn, isAgentRunning } = mac.condition();
  if (!isAgentRunning && isOn) mac.reboot({ downMs: 10 * SECOND_MS });
  world.book.note(side.cast.serial, undefined, () => "healed");
}

/** Somebody starts a Mac again when all has healed. */
export function startAgain({ book }: SimWorld, { mac, cast }: MacSide): void {
  book.note(cast.serial, undefined, () => "started again");
  mac.reboot({ downMs: 10 * SECOND_MS });
}

function mendTools(side: MacSide): void {
  const { mac } = side;
  mac.setNetwork("on");
  side.cutOff = undefined;
  mac.attack.fault(Object.fromEntries(TOOLS.map((tool) => [tool, false])));
  side.broken.clear();
}
