import type { CommandResult } from "../../agent/ports.ts";
import { MINUTE_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Directory } from "./directory.ts";
import type { Power } from "./power.ts";

/** What the managed preferences of `corp.sap.privileges` say. */
export interface PrivilegesProfile {
  /** The elevation profile is there; else the base profile with `EnforcePrivileges=user` locks the app. */
  readonly unlocked: boolean;
  /** `ExpirationInterval`: 0 or missing never expires. */
  readonly expirationIntervalMinutes?: number;
}

/** The simulated SAP Privileges 2.5: its CLI with its real texts and exit codes, and its timer in the user's hands. */
export interface Privileges {
  isInstalled(): boolean;
  profile(): PrivilegesProfile;
  /** A profile arrives; the locking one takes back what the app itself gave. */
  deliver(profile: PrivilegesProfile): void;
  /** Calls `listener` whenever a profile has arrived; the returned function ends that. */
  onChange(listener: () => void): () => void;
  /**
   * `PrivilegesCLI --add|--remove` run by root in the session of `uid`. It changes the console user, whoever that
   * is, and its exit code 0 proves nothing.
   */
  cli(act: "add" | "remove", uid: number): CommandResult;
  /** `kill -STOP` of the user's own agent, which holds the expiry timer; nobody needs to be admin for that. */
  freezeTimer(): void;
  /** Answers every call with this, without doing anything, as a broken agent does. */
  breakWith(result: CommandResult): void;
}

const RESTRICTED =
  "You cannot use this application to change your privileges because your administrator has restricted the use of this application\n" +
  "Standard user privileges have been assigned by your administrator";

function createListeners() {
  const listeners = new Set<() => void>();
  return {
    tell() {
      for (const listener of listeners) listener();
    },
    add(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Makes the app, locked, on a Mac with this directory. `consoleUid` says who is at the console. */
export function createPrivileges(
  clock: Clock,
  power: Power,
  directory: Directory,
  consoleUid: () => number | undefined,
): Privileges {
  let current: PrivilegesProfile = { unlocked: false };
  let broken: CommandResult | undefined;
  let isFrozen = false;
  const timers = new Map<string, () => void>();
  const changes = createListeners();

  const clear = (guid: string) => {
    timers.get(guid)?.();
    timers.delete(guid);
  };

  /** The timer stands still in sleep and is looked at after the wake. */
  async function expire(guid: string): Promise<void> {
    await power.awake();
    const account = directory.findByGuid(guid);
    if (account !== undefined && !isFrozen) directory.removeAdmin(account.username);
    clear(guid);
  }

  function change(act: "add" | "remove", uid: number): CommandResult {
    const target = consoleUid();
    const account = directory.accounts().find((other) => other.uid === target);
    if (account === undefined) {
      return { code: 5, text: "Failed to get current console user. Unable to continue" };
    }
    if (target !== uid) return { code: 2, text: `Failed to change privileges for user ${account.username}` };
    if (!current.unlocked && act === "add") return { code: 0, text: RESTRICTED };
    if (directory.isAdmin(account) === (act === "add")) {
      return {
        code: 0,
        text: `User ${account.username} already has the requested privileges. Nothing to do.`,
      };
    }
    clear(account.generatedUid);
    if (act === "remove") {
      directory.removeAdmin(account.username);
      return { code: 0, text: `User ${account.username} now has standard user privileges` };
    }
    directory.addAdmin(account.username);
    const minutes = current.expirationIntervalMinutes ?? 0;
    if (minutes > 0) {
      const { generatedUid } = account;
      timers.set(
        generatedUid,
        clock.at(clock.now() + minutes * MINUTE_MS, () => void expire(generatedUid)),
      );
    }
    return { code: 0, text: `User ${account.username} now has administrator privileges` };
  }

  return {
    isInstalled: () => true,
    profile: () => current,
    deliver(profile) {
      const wasUnlocked = current.unlocked;
      current = profile;
      if (wasUnlocked && !profile.unlocked) for (const guid of timers.keys()) void expire(guid);
      changes.tell();
    },
    onChange: changes.add,
    cli: (act, uid) => broken ?? change(act, uid),
    freezeTimer() {
      isFrozen = true;
    },
    breakWith(result) {
      broken = result;
    },
  };
}
