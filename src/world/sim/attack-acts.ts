import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Random } from "../random.ts";
import { isAble, type MacSide, sessionOnDisk } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";

/** The session is over by then. */
const REACT_MS = 12 * SECOND_MS;

/** Runs an attack; what changes meanwhile is the attacker's doing and not the agent's. */
function attack(world: SimWorld, side: MacSide, what: string, run: () => void): void {
  const requestId = sessionOnDisk(side.mac)?.requestId;
  world.book.note(side.cast.serial, requestId, () => `attack: ${what}`);
  world.book.count(`attack ${what.split(" ")[0]}`);
  if (requestId !== undefined) side.disturbed.add(requestId);
  side.isAttacked = true;
  try {
    run();
  } finally {
    side.isAttacked = false;
  }
}

/** Who can do what root can: a Mac on which somebody has rights that IT did not give from the start. */
function rooted(world: SimWorld, random: Random): MacSide | undefined {
  const sides = world.macs.filter((side) => isInUse(side) && side.intruders.size > 0);
  return sides.length === 0 ? undefined : random.pick(sides);
}

/** Nobody types on a Mac that is off or asleep. */
function isInUse({ mac }: MacSide): boolean {
  const { isOn, isAsleep } = mac.condition();
  return isOn && !isAsleep;
}

/** A temporary administrator makes the rights last, or gives them to somebody else. */
export function escalate(world: SimWorld, random: Random): void {
  const privileged = random.pick(world.macs);
  if (random.chance(0.4) && isInUse(privileged)) {
    // Needs no root: works wherever SAP Privileges is unlocked.
    attack(world, privileged, "privileges_app", () => {
      const { attack: with_ } = privileged.mac;
      if (random.chance(0.3)) with_.demoteThroughPrivileges();
      if (random.chance(0.2)) with_.freezePrivilegesTimer();
      with_.elevateThroughPrivileges();
    });
    return;
  }
  const side = rooted(world, random);
  if (side === undefined) return;
  const { attack: tools } = side.mac;
  const user = side.cast.users[1]?.username ?? "";
  const ways: Readonly<Record<string, () => void>> = {
    second_admin: () => void tools.addSecondAdmin(random.chance(0.5) ? user : "backdoor"),
    guid_only: () => tools.addAdminByGuidOnly(user),
    name_removed: () => tools.removeNameOnly(side.cast.users[0]?.username ?? ""),
    nested_group: () => tools.nestGroup([user]),
    primary_group: () => tools.setPrimaryGroupAdmin(user),
    uid_zero: () => tools.addUidZeroAccount("toor"),
    remove_admin: () => {
      side.wasDemoted = true;
      tools.removeAdmin("itadmin");
    },
    no_password: () => tools.addNoPasswordRule(user),
    sudo_group: () => void side.mac.sudo(user, `/usr/sbin/dseditgroup -o edit -a ${user} -t user admin`),
    launch_daemon: () => tools.writeFile("/Library/LaunchDaemons/com.evil.plist", "evil"),
  };
  const way = random.pick(Object.keys(ways));
  attack(world, side, way, () => ways[way]?.());
}

/** A temporary administrator hides the traces. */
export function hide(world: SimWorld, random: Random): void {
  const side = rooted(world, random);
  if (side === undefined) return;
  const { attack: tools } = side.mac;
  const ways: Readonly<Record<string, () => void>> = {
    drop_in_removed: () => tools.removeDropIn(),
    logging_off: () => tools.switchSudoLoggingOff(),
    log_deleted: () => tools.deleteLog(),
    log_truncated: () => tools.truncateLog(),
    log_edited: () => tools.editLog("COMMAND=", "COMMAND=/usr/bin/true #"),
    privileges_broken: () => {
      tools.breakPrivileges({ code: 0, text: "" });
    },
  };
  const way = random.pick(Object.keys(ways));
  attack(world, side, way, () => ways[way]?.());
  if (way !== "log_edited" && way !== "privileges_broken") expectEnd(world, side, way);
}

/** Law L15: an agent that can look ends the session whose log was tampered with. */
function expectEnd(world: SimWorld, side: MacSide, way: string): void {
  const session = sessionOnDisk(side.mac);
  const attackedAt = world.clock.now();
  if (session?.phase !== "active" || !isAble(side)) return;
  world.clock.at(attackedAt + REACT_MS, () => {
    const now = sessionOnDisk(side.mac);
    if (!isAble(side) || side.ableSince > attackedAt || side.recordTouchedAtStart !== undefined) return;
    const isOver = now?.armId !== session.armId || now.phase === "ending";
    world.book.check("L15", "a session whose log is tampered with ends", isOver, () => ({
      text: `${way}, and the session goes on`,
      serial: side.cast.serial,
      requestId: session.requestId,
    }));
  });
}

/** The agent's own files: its record, its keys. */
export function agentFiles(world: SimWorld, random: Random): void {
  const side = rooted(world, random) ?? (random.chance(0.2) ? random.pick(world.macs) : undefined);
  if (side === undefined || !isInUse(side)) return;
  const { mac } = side;
  const ways: Readonly<Record<string, () => void>> = {
    record_deleted: () => mac.attack.deleteRecord(),
    record_cut: () => mac.attack.editRecord((text) => text.slice(0, Math.floor(text.length / 2))),
    record_longer: () =>
      mac.attack.editRecord((text) => text.replace(/"continuousSeconds":(\d+)/, '"continuousSeconds":9$1')),
    keys_deleted: () => mac.attack.deleteKeys(),
  };
  const way = random.pick(Object.keys(ways));
  if (way !== "keys_deleted") side.recordTouchedAtStart ??= mac.agentStarts();
  attack(world, side, way, () => ways[way]?.());
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
  if (side === undefined || !isAble(side)) return;
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
