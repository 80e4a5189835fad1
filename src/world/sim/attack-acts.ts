import { mayHoldRights } from "../../core/alarms.ts";
import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import {
  endForged,
  endlessForged,
  fileForged,
  type Forgery,
  silenceForged,
  stagesForged,
} from "../mac/record-forgeries.ts";
import type { Random } from "../random.ts";
import { expectEndSoon, judgeMoves } from "./checks-obey.ts";
import { expectAdminTold, expectRecordTold } from "./expect-told.ts";
import { noteTakenOff, noteTouched } from "./noticed.ts";
import { isAble, type MacSide, noteRecordTouched, recordOnDisk, sessionOnDisk } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";

/** So long IT takes to see that somebody is administrator outside a session, and to act. */
const IT_REACTS_MS = 8 * SECOND_MS;

/** Runs an attack; what changes meanwhile is the attacker's doing and not the agent's. */
function attack(world: SimWorld, side: MacSide, what: string, run: () => void): void {
  const requestId = sessionOnDisk(side.mac)?.requestId;
  world.book.note(side.cast.serial, requestId, () => `attack: ${what}`);
  world.book.count(`attack ${what.split(" ")[0]}`);
  if (side.intruders.size > 0 && what !== "it_demotes") world.book.count("attacker has rights");
  if (requestId !== undefined) side.disturbed.add(requestId);
  side.isAttacked = true;
  try {
    run();
  } finally {
    side.isAttacked = false;
  }
}

/** A Mac on which somebody can do what root can, and whose agent has not been told to take that for IT's own doing. */
function rooted(world: SimWorld, random: Random): MacSide | undefined {
  const sides = world.macs.filter((side) => isInUse(side) && side.intruders.size > 0 && isGuarded(side));
  return sides.length === 0 ? undefined : random.pick(sides);
}

/** Nobody types on a Mac that is off or asleep. */
function isInUse({ mac }: MacSide): boolean {
  const { isOn, isAsleep } = mac.condition();
  return isOn && !isAsleep;
}

/** One way of keeping or hiding rights, for somebody who has root on this Mac. */
type Way = (world: SimWorld, side: MacSide, random: Random) => void;
type Ways = Readonly<Record<string, Way>>;

/** Somebody whose rights are not their own. */
const rootOf = ({ intruders }: MacSide) => [...intruders.values()][0]?.account.username ?? "";
const friendOf = ({ cast }: MacSide) => cast.users[1]?.username ?? "";

/** How a temporary administrator makes the rights last, or gives them to somebody else. */
const ESCALATIONS: Ways = {
  second_admin: (_world, side, random) =>
    void side.mac.attack.addSecondAdmin(random.chance(0.5) ? friendOf(side) : "backdoor"),
  guid_only: (_world, side) => side.mac.attack.addAdminByGuidOnly(friendOf(side)),
  name_removed: (_world, side) => side.mac.attack.removeNameOnly(side.cast.users[0]?.username ?? ""),
  nested_group: (_world, side) => side.mac.attack.nestGroup([friendOf(side)]),
  primary_group: (_world, side) => side.mac.attack.setPrimaryGroupAdmin(friendOf(side)),
  uid_zero: (_world, side) => side.mac.attack.addUidZeroAccount("toor"),
  remove_admin: (_world, side) => side.mac.attack.removeAdmin("itadmin"),
  no_password: (_world, side) => side.mac.attack.addNoPasswordRule(friendOf(side)),
  sudo_group: (_world, side) =>
    void side.mac.sudo(rootOf(side), `/usr/sbin/dseditgroup -o edit -a ${friendOf(side)} -t user admin`),
  launch_daemon: (_world, side) => side.mac.attack.writeFile("/Library/LaunchDaemons/com.evil.plist", "evil"),
  elevates_again: (world, side, random) => elevateAgain(world, side, random),
};

const DAEMON_TIMES: readonly [number, number] = [2, 6];

/** What a launch daemon of the attacker does: gives the rights back, again and again, also after the session. */
function elevateAgain(world: SimWorld, side: MacSide, random: Random): void {
  const { mac } = side;
  const username = random.pick([side.cast.users[0]?.username ?? "", friendOf(side)]);
  let at = world.clock.now();
  for (let times = random.integer(...DAEMON_TIMES); times > 0; times -= 1) {
    at += random.integer(SECOND_MS, MINUTE_MS);
    world.clock.at(at, () => {
      if (!world.faults.isHealed() && side.mac === mac && isInUse(side))
        daemonElevates(world, side, username);
    });
  }
}

function daemonElevates(world: SimWorld, side: MacSide, username: string): void {
  if (isGuarded(side))
    attack(world, side, "daemon_elevates", () => void side.mac.attack.addSecondAdmin(username));
  else lateElevation(world, side, username);
}

/** Somebody whose session is over takes the rights again, as long as anything lets them. */
export function elevateOnceMore(world: SimWorld, side: MacSide, random: Random): void {
  if (!isInUse(side)) return;
  const { isPrivilegesUnlocked } = side.mac.condition();
  if (isPrivilegesUnlocked && random.chance(0.6)) return throughPrivileges(world, side, random);
  // When all has healed nobody is left to take away what the agent may not.
  if (world.faults.isHealed() && !isGuarded(side)) return;
  daemonElevates(world, side, random.pick([side.cast.users[0]?.username ?? "", friendOf(side)]));
}

/** Makes the rights of a session that runs last, or gives them to somebody else. */
export function escalateOn(world: SimWorld, side: MacSide, random: Random): void {
  if (!isInUse(side) || side.intruders.size === 0 || !isGuarded(side)) return;
  judgeMoves(world, () => escalateBy(world, side, random));
}

/** As long as this holds the agent takes away whatever it cannot explain; see `idleTick` in src/agent/core. */
function isGuarded({ mac }: MacSide): boolean {
  const record = recordOnDisk(mac);
  return record?.session !== undefined || record?.restartDue === true || mac.condition().isPrivilegesUnlocked;
}

/**
 * Outside a session a new administrator may be IT's own doing (law L16): the agent demotes nobody, but IT is told who
 * it is, and takes the rights away here as somebody there would.
 */
function lateElevation(world: SimWorld, side: MacSide, username: string): void {
  const { mac, cast } = side;
  const guid = cast.users.find((user) => user.username === username)?.generatedUid ?? "";
  const wasAdmin = mac.isAdmin(username);
  const from = world.clock.now();
  if (!wasAdmin) side.accepted.add(guid);
  attack(world, side, "daemon_elevates_late", () => void mac.attack.addSecondAdmin(username));
  if (wasAdmin) return;
  // Without its record an agent knows nobody until the service has told it; then it reports whom it finds.
  const wasAble = isAble(side) && recordOnDisk(mac)?.known !== undefined;
  world.clock.at(from + IT_REACTS_MS, () => {
    // Who lost these rights may have some by a session of their own by now.
    const isSame = side.mac === mac && side.intruders.get(guid)?.since === from;
    const canTell =
      wasAble && isAble(side) && side.ableSince <= from && side.recordTouchedAtStart === undefined;
    if (canTell && isSame && mac.isAdmin(username)) {
      expectAdminTold(side, username, from);
      const isAware = recordOnDisk(mac)?.known?.includes(`name:${username}`) === true;
      world.book.check("L5", "an administrator outside a session is told to IT", isAware, () => ({
        text: `${username} became an administrator and the agent did not notice`,
        serial: cast.serial,
      }));
    }
    demote(world, side, username, guid);
  });
}

/**
 * IT takes rights away; not during a session, whose agent would give back whatever was there at its start, nor before
 * one is proven over: an agent whose record was attacked learns of it from the service.
 */
function demote(world: SimWorld, side: MacSide, username: string, guid: string): void {
  const isUnproven = [...world.durable.requests.values()].some(
    ({ request }) => request.ask.serial === side.cast.serial && mayHoldRights(request),
  );
  if (isUnproven || sessionOnDisk(side.mac) !== undefined) {
    world.clock.at(world.clock.now() + IT_REACTS_MS, () => demote(world, side, username, guid));
    return;
  }
  if (!side.mac.isAdmin(username)) {
    side.accepted.delete(guid);
    return;
  }
  attack(world, side, "it_demotes", () => side.mac.attack.removeAdmin(username));
  // A session that had begun to read who is administrator gives it back.
  world.clock.at(world.clock.now() + IT_REACTS_MS, () => demote(world, side, username, guid));
}

/** How a temporary administrator hides the traces. */
const HIDINGS: Ways = {
  drop_in_removed: (_world, side) => side.mac.attack.removeDropIn(),
  logging_off: (_world, side) => side.mac.attack.switchSudoLoggingOff(),
  log_deleted: (_world, side) => side.mac.attack.deleteLog(),
  log_truncated: (_world, side) => side.mac.attack.truncateLog(),
  log_edited: (_world, side) => side.mac.attack.editLog("COMMAND=", "COMMAND=/usr/bin/true #"),
  privileges_broken: (_world, side) => side.mac.attack.breakPrivileges({ code: 0, text: "" }),
};

/** Hides the traces of a session that runs. */
export function hideOn(world: SimWorld, side: MacSide, random: Random): void {
  if (!isInUse(side) || side.intruders.size === 0 || !isGuarded(side)) return;
  const way = doOne(world, side, HIDINGS, random);
  if (ENDS_SESSION.has(way)) expectEnd(world, side, way);
}

/** Those of them that a session does not survive. */
const ENDS_SESSION: ReadonlySet<string> = new Set([
  "drop_in_removed",
  "logging_off",
  "log_deleted",
  "log_truncated",
  "log_edited",
]);

/** What root can do to the agent's own files. */
const FILE_ATTACKS: Ways = {
  record_deleted: (_world, side) => side.mac.attack.deleteRecord(),
  record_cut: (_world, side) => side.mac.attack.editRecord(firstHalf),
  record_longer: (_world, side) => side.mac.attack.editRecord(withLaterEnd),
  keys_deleted: (_world, side) => side.mac.attack.deleteKeys(),
};

/** What makes the next process of the agent believe that somebody was an administrator all along, or has long to go. */
const BELIEVED: Ways = {
  record_believed(_world, { mac, cast }) {
    const { username = "", generatedUid = "" } = cast.users[1] ?? {};
    mac.attack.killAgent();
    mac.attack.editRecord((text) => withAdmin(text, `name:${username}`, `guid:${generatedUid}`));
    mac.attack.addSecondAdmin(username);
  },
  record_prolonged: forging(() => withLaterEnd),
  record_ended: forging(() => endForged),
  record_closed: forging(() => stagesForged),
  record_endless: forging(() => endlessForged),
  record_silenced: forging(() => silenceForged),
  record_explains_rule: forging(({ mac, cast }) => {
    const friend = cast.users[1]?.username ?? "";
    mac.attack.addNoPasswordRule(friend);
    return fileForged("sudoers: /private/etc/sudoers.d/zz-helper", `${friend} ALL=(ALL) NOPASSWD: ALL\n`);
  }),
};

/** Kills the agent and forges its record before the next one reads it. */
function forging(forgeryOf: (side: MacSide) => Forgery): Way {
  return (_world, side) => {
    side.mac.attack.killAgent();
    side.mac.attack.editRecord(forgeryOf(side));
  };
}

const withLaterEnd = (text: string) => text.replace(/"continuousSeconds":(\d+)/, '"continuousSeconds":9$1');

/** A record in which somebody was an administrator all along. */
function withAdmin(text: string, ...entries: readonly string[]): string {
  const more = entries.map((entry) => `${JSON.stringify(entry)},`).join("");
  return text.replaceAll(/"(known|admins)":\[/g, (list) => `${list}${more}`);
}

/** Everything that an attacker may do on a Mac, as it is counted. */
export const ATTACK_NAMES: readonly string[] = [
  "privileges_app",
  "daemon_elevates",
  "daemon_elevates_late",
  ...[ESCALATIONS, HIDINGS, FILE_ATTACKS, BELIEVED].flatMap((ways) => Object.keys(ways)),
  "agent_killed",
  "agent_stopped",
  "agent_booted_out",
];

/** Half of a text, as a disk that was full or cut off leaves it. */
export function firstHalf(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}

function doOne(world: SimWorld, side: MacSide, ways: Ways, random: Random): string {
  const way = random.pick(Object.keys(ways));
  attack(world, side, way, () => ways[way]?.(world, side, random));
  return way;
}

/** A temporary administrator makes the rights last, or gives them to somebody else. */
export function escalate(world: SimWorld, random: Random): void {
  judgeMoves(world, () => escalateOnce(world, random));
}

function escalateOnce(world: SimWorld, random: Random): void {
  const unlocked = world.macs.filter(({ mac }) => mac.condition().isPrivilegesUnlocked);
  const privileged = random.pick(unlocked.length > 0 && random.chance(0.7) ? unlocked : world.macs);
  if (random.chance(0.3) && isInUse(privileged)) return throughPrivileges(world, privileged, random);
  const side = rooted(world, random);
  if (side !== undefined) escalateBy(world, side, random);
}

/** Needs no root: works wherever SAP Privileges is unlocked. */
function throughPrivileges(world: SimWorld, side: MacSide, random: Random): void {
  // Whoever is an administrator when a wiped Mac enrols is taken for IT's own doing, and IT is told the names.
  if (!side.mac.condition().isEnrolled) return;
  attack(world, side, "privileges_app", () => {
    const { attack: tools } = side.mac;
    // An administrator of before who gives the rights up loses them by SAP's own timer, which is no mistake of ours.
    const { atConsole } = side.mac.condition();
    const isOwn = side.cast.users.some(({ username, admin }) => username === atConsole && admin === true);
    if (!isOwn && random.chance(0.3)) tools.demoteThroughPrivileges();
    if (random.chance(0.2)) tools.freezePrivilegesTimer();
    tools.elevateThroughPrivileges();
    // A script is faster than any watch: what it wrote is there when the rights are gone again.
    if (side.intruders.size > 0 && isGuarded(side) && random.chance(0.4))
      tools.addNoPasswordRule(friendOf(side));
  });
}

/** A temporary administrator hides the traces. */
export function hide(world: SimWorld, random: Random): void {
  const side = rooted(world, random);
  if (side !== undefined) hideOn(world, side, random);
}

const BURST: readonly [number, number] = [2, 5];

/** Several moves of one attacker at the same moment, before any agent can look. */
export function attackBurst(world: SimWorld, random: Random): void {
  const side = rooted(world, random);
  if (side === undefined) return;
  judgeMoves(world, () => {
    for (let moves = random.integer(...BURST); moves > 0; moves -= 1) {
      random.pick([escalateOnce, escalateOnce, hide, agentFiles, agentKilled])(world, random);
    }
  });
}

/** Law L15: an agent that can look ends the session whose log was tampered with. */
function expectEnd(world: SimWorld, side: MacSide, why: string): void {
  const session = sessionOnDisk(side.mac);
  if (session?.phase !== "active" || !isAble(side)) return;
  const name = "a session whose log is tampered with ends";
  expectEndSoon(world, side, session, { law: "L15", name, why, byRecord: true });
}

function escalateBy(world: SimWorld, side: MacSide, random: Random): void {
  const session = sessionOnDisk(side.mac);
  const way = doOne(world, side, ESCALATIONS, random);
  // One that was there before is nothing that the session left behind.
  if (way === "launch_daemon") side.daemonOf ??= session?.phase === "active" ? session.armId : "nobody's";
}

/** The agent's own files: its record, its keys. */
export function agentFiles(world: SimWorld, random: Random): void {
  const side = rooted(world, random) ?? (random.chance(0.2) ? random.pick(world.macs) : undefined);
  if (side === undefined || !isInUse(side)) return;
  if (random.chance(0.6)) return believeEdited(world, side, random);
  touchFiles(world, side, () => doOne(world, side, FILE_ATTACKS, random));
}

function touchFiles(world: SimWorld, side: MacSide, attackFiles: () => string): void {
  const startsBefore = side.mac.agentStarts();
  const session = sessionOnDisk(side.mac);
  const way = attackFiles();
  if (way === "keys_deleted") return;
  noteRecordTouched(side, startsBefore);
  noteTakenOff(side);
  if (way in FILE_ATTACKS) expectRecordTold(world, side, way, session);
  // Of an end that was only moved the service says nothing when the agent starts, but at its first heartbeat.
  if (session !== undefined && !PROLONGINGS.has(way)) noteTouched(side, session, way === "record_believed");
}

/** What leaves the session's record as it was but for its end. */
const PROLONGINGS: ReadonlySet<string> = new Set(["record_longer", "record_prolonged"]);

/** Edits the record of a session between two processes of the agent; what there is outside one only the Mac knows. */
export function believeEdited(world: SimWorld, side: MacSide, random: Random): void {
  if (!isInUse(side) || side.intruders.size === 0 || sessionOnDisk(side.mac) === undefined) return;
  side.isStopped = false;
  touchFiles(world, side, () => doOne(world, side, BELIEVED, random));
}

/** SIGKILL; launchd starts the agent again. */
export function agentKilled(world: SimWorld, random: Random): void {
  const side = rooted(world, random) ?? random.pick(world.macs);
  if (!side.mac.condition().isAgentRunning) return;
  side.isStopped = false;
  attack(world, side, "agent_killed", () => side.mac.attack.killAgent());
}

/** SIGSTOP for a while. */
export function agentStopped(world: SimWorld, random: Random): void {
  const side = rooted(world, random);
  if (side === undefined || !isAble(side) || side.broken.size > 0) return;
  const { mac } = side;
  side.isStopped = true;
  attack(world, side, "agent_stopped", () => mac.attack.stopAgent());
  world.clock.at(world.clock.now() + random.integer(5 * SECOND_MS, 5 * MINUTE_MS), () => {
    mac.attack.resumeAgent();
    side.isStopped = false;
  });
}

/** `launchctl bootout`: no agent until the next boot. */
export function agentBootedOut(world: SimWorld, random: Random): void {
  const side = rooted(world, random);
  if (side === undefined || !side.mac.condition().isAgentRunning) return;
  side.isStopped = false;
  attack(world, side, "agent_booted_out", () => side.mac.attack.bootOutAgent());
}
