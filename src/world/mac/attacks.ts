import type { CommandResult } from "../../agent/ports.ts";
import type { Ids } from "../../ports/ids.ts";
import type { AgentHost } from "./agent-host.ts";
import type { Account } from "../../agent/core/membership.ts";
import { DROP_IN, SUDO_LOG, SUDOERS_FOLDER } from "./disk.ts";
import type { MacFaults, MacState } from "./state.ts";

/** What a hostile user, mostly with root rights, can do to the Mac. None asks whether it is allowed. */
export interface Attacks {
  /** `PrivilegesCLI --add` as the console user: needs no root, works while the app is unlocked. */
  elevateThroughPrivileges(): string;
  /** `PrivilegesCLI --remove` as the console user. */
  demoteThroughPrivileges(): string;
  /** Stops the user's own Privileges agent, which holds the expiry timer. */
  freezePrivilegesTimer(): void;
  /** A new account that is admin, or an existing one made admin. */
  addSecondAdmin(username: string): Account;
  /** Only the GeneratedUID in GroupMembers, as dscl can do: no name shows. */
  addAdminByGuidOnly(username: string): void;
  removeNameOnly(username: string): void;
  nestGroup(usernames: readonly string[]): void;
  setPrimaryGroupAdmin(username: string): void;
  addUidZeroAccount(username: string): void;
  /** Demotes somebody who was admin before. */
  removeAdmin(username: string): void;
  renameAccount(username: string, to: string): void;
  /** Changes an account's own attributes, as root can with dscl. */
  changeAccount(username: string, patch: Partial<Account>): void;
  /** Deletes an account and makes another with its uid. */
  giveUidTo(username: string, to: string): void;
  /** `USER ALL=(ALL) NOPASSWD: ALL` in sudoers.d. */
  addNoPasswordRule(username: string, file?: string): void;
  /** A later file in sudoers.d that switches logging off. */
  switchSudoLoggingOff(): void;
  removeDropIn(): void;
  deleteLog(): void;
  truncateLog(): void;
  /** Replaces text in the log in place. */
  editLog(find: string, replace: string): void;
  deleteRecord(): void;
  editRecord(edit: (record: string) => string): void;
  deleteKeys(): void;
  writeFile(path: string, text: string): void;
  removeFile(path: string): void;
  /** Privileges answers every call with this and does nothing. */
  breakPrivileges(result: CommandResult): void;
  killAgent(): void;
  /** SIGSTOP until `resumeAgent`. */
  stopAgent(): void;
  resumeAgent(): void;
  /** `launchctl bootout`: gone until the next boot. */
  bootOutAgent(): void;
  /** Sets the Mac's wall clock this far off. */
  changeClock(offsetMs: number): void;
  /** Faults that no user makes: tools and disks that fail. */
  fault(faults: Partial<MacFaults>): void;
}

/** Makes the attack knobs of a Mac. */
export function createAttacks(mac: MacState, host: AgentHost, ids: Ids): Attacks {
  return { ...membershipAttacks(mac, ids), ...fileAttacks(mac), ...agentAttacks(mac, host) };
}

function membershipAttacks(mac: MacState, ids: Ids) {
  const { directory, privileges } = mac;
  const guidOf = (username: string) => directory.find(username)?.generatedUid ?? "";
  const cli = (act: "add" | "remove") => {
    const { text } = privileges.cli(act, mac.console.atConsole ?? -1);
    mac.changed();
    return text;
  };
  const account = (username: string, patch: Partial<Account>): Account => {
    const found = directory.find(username);
    if (found !== undefined) {
      directory.change(username, patch);
      return { ...found, ...patch };
    }
    const uid = Math.max(...directory.accounts().map((other) => other.uid)) + 1;
    const made = { uid, generatedUid: ids.uuid().toUpperCase(), username, primaryGroupId: 20, ...patch };
    directory.createAccount(made);
    return made;
  };
  return {
    elevateThroughPrivileges: () => cli("add"),
    demoteThroughPrivileges: () => cli("remove"),
    freezePrivilegesTimer: () => privileges.freezeTimer(),
    addSecondAdmin(username: string) {
      const made = account(username, {});
      directory.addAdmin(username);
      return made;
    },
    addAdminByGuidOnly: (username: string) => directory.setEntry(`guid:${guidOf(username)}`, true),
    removeNameOnly: (username: string) => directory.setEntry(`name:${username}`, false),
    nestGroup: (usernames: readonly string[]) =>
      directory.nest(ids.uuid().toUpperCase(), usernames.map(guidOf)),
    setPrimaryGroupAdmin: (username: string) => directory.change(username, { primaryGroupId: 80 }),
    addUidZeroAccount: (username: string) => void account(username, { uid: 0 }),
    removeAdmin: (username: string) => directory.removeAdmin(username),
    renameAccount: (username: string, to: string) => directory.change(username, { username: to }),
    changeAccount: (username: string, patch: Partial<Account>) => directory.change(username, patch),
    giveUidTo(username: string, to: string) {
      const { uid } = account(username, {});
      directory.deleteAccount(username);
      account(to, { uid });
    },
  };
}

function fileAttacks(mac: MacState) {
  const { disk } = mac;
  return {
    addNoPasswordRule: (username: string, file = "zz-helper") =>
      disk.write(`${SUDOERS_FOLDER}${file}`, `${username} ALL=(ALL) NOPASSWD: ALL\n`),
    switchSudoLoggingOff: () => disk.write(`${SUDOERS_FOLDER}zzz`, "Defaults !log_allowed\n"),
    removeDropIn: () => disk.remove(DROP_IN),
    deleteLog: () => disk.remove(SUDO_LOG),
    truncateLog: () => disk.write(SUDO_LOG, ""),
    editLog: (find: string, replace: string) =>
      disk.write(SUDO_LOG, (disk.read(SUDO_LOG) ?? "").replaceAll(find, replace)),
    deleteRecord() {
      mac.record = undefined;
    },
    editRecord(edit: (record: string) => string) {
      if (mac.record !== undefined) mac.record = edit(mac.record);
    },
    deleteKeys() {
      mac.keys = {};
    },
    writeFile: (path: string, text: string) => disk.write(path, text),
    removeFile: (path: string) => disk.remove(path),
    breakPrivileges: (result: CommandResult) => mac.privileges.breakWith(result),
  };
}

function agentAttacks(mac: MacState, host: AgentHost) {
  return {
    killAgent: () => host.kill(),
    stopAgent: () => host.stop(),
    resumeAgent: () => host.resume(),
    bootOutAgent: () => host.unload(),
    changeClock: (offsetMs: number) => mac.power.setWallOffset(offsetMs),
    fault: (faults: Partial<MacFaults>) => void Object.assign(mac.faults, faults),
  };
}
