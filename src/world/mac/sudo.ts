import { toIso } from "../../agent/core/iso.ts";
import type { Account } from "../../agent/core/membership.ts";
import { opensRootShell } from "../../agent/core/sudo-log.ts";
import type { Directory } from "./directory.ts";
import { type Disk, DROP_IN, SUDO_LOG, SUDOERS_FOLDER } from "./disk.ts";
import type { Power } from "./power.ts";
import type { Processes, SimulatedProcess } from "./processes.ts";
import { lineLength, wrapRecord } from "./sudo-lines.ts";

/** What a person sees after typing a sudo command. */
export interface SudoResult {
  readonly allowed: boolean;
  readonly output: string;
  /** The root shell that was opened, for `sudo -s` and the like. */
  readonly shell?: SimulatedProcess;
}

/** The simulated sudo: membership asked at each call, as on macOS, and Apple's log lines. */
export interface Sudo {
  /** `command` is what follows `sudo`, such as `-s`, `whoami` or `/bin/ls -l`. */
  run(account: Account, command: string): SudoResult;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const BIN = new Set([
  "ls",
  "cat",
  "rm",
  "mv",
  "cp",
  "mkdir",
  "echo",
  "sh",
  "zsh",
  "bash",
  "launchctl",
  "chmod",
]);
const SBIN = new Set([
  "installer",
  "dseditgroup",
  "systemsetup",
  "networksetup",
  "softwareupdate",
  "scutil",
  "chown",
]);

/** `Nov 22 09:36:12 2026` in the Mac's local time. */
export function sudoTime(wall: number, utcOffsetMinutes: number): string {
  const iso = toIso(wall + utcOffsetMinutes * 60_000);
  const month = MONTHS[Number(iso.slice(5, 7)) - 1] ?? "Jan";
  const day = String(Number(iso.slice(8, 10))).padStart(2, " ");
  return `${month} ${day} ${iso.slice(11, 19)} ${iso.slice(0, 4)}`;
}

/** Makes sudo over the Mac's parts. */
export function createSudo(
  power: Power,
  directory: Directory,
  disk: Disk,
  processes: Processes,
  utcOffsetMinutes: number,
): Sudo {
  const time = () => sudoTime(power.wall(), utcOffsetMinutes);

  /** What sudo reads, in its order; in all of its settings the last word wins. */
  const settingFiles = () =>
    disk
      .paths()
      .filter((path) => path.startsWith(SUDOERS_FOLDER))
      .toSorted();

  function isLogging(): boolean {
    let logs = false;
    for (const path of settingFiles()) {
      const text = disk.read(path) ?? "";
      if (path === DROP_IN)
        logs = text.includes(`logfile=${SUDO_LOG}`) && text.includes("Defaults log_allowed");
      if (/!log_allowed|!logfile/.test(text)) logs = false;
    }
    return logs;
  }

  function log(user: string, rest: string): void {
    if (!isLogging()) return;
    const record = Buffer.from(`${time()} : ${user} : ${rest}`, "utf8").toString("latin1");
    disk.append(
      SUDO_LOG,
      wrapRecord(record, lineLength(settingFiles().map((path) => disk.read(path) ?? ""))),
    );
  }

  function isAllowed(account: Account): boolean {
    if (directory.isAdmin(account)) return true;
    return disk
      .paths()
      .filter((path) => path.startsWith(SUDOERS_FOLDER) && path !== DROP_IN)
      .some((path) => new RegExp(`^${account.username}\\s+ALL\\b`, "m").test(disk.read(path) ?? ""));
  }

  return {
    run(account, command) {
      const full = resolve(command);
      const where = account.uid === 0 ? "PWD=/" : `TTY=ttys001 ; PWD=/Users/${account.username}`;
      const fields = `${where} ; USER=root ; COMMAND=${full}`;
      if (!isAllowed(account)) {
        log(account.username, `user NOT in sudoers ; ${fields}`);
        return { allowed: false, output: `${account.username} is not in the sudoers file.` };
      }
      log(account.username, fields);
      const shell = account.uid !== 0 && lives(full) ? start(account, full) : undefined;
      const output = effect(directory, disk, account, full);
      return { allowed: true, output, ...(shell === undefined ? {} : { shell }) };
    },
  };

  function start(account: Account, command: string): SimulatedProcess {
    return processes.start({
      command,
      byGuid: account.generatedUid,
      bornSeconds: power.now().continuousSeconds,
      started: time(),
      isInstaller: command.startsWith("/usr/sbin/installer "),
      ignoresHangUp: command.includes("nohup "),
    });
  }
}

/** What stays running after the command line returns. */
function lives(command: string): boolean {
  return opensRootShell(command) || command.includes("nohup ") || command.startsWith("/usr/sbin/installer ");
}

/** The command as sudo logs it: with its path, `-s` as the shell itself. */
function resolve(command: string): string {
  const trimmed = command.trim();
  if (trimmed === "-s" || trimmed === "-i" || trimmed === "su" || trimmed === "-s zsh") return "/bin/zsh";
  if (trimmed.startsWith("/")) return trimmed;
  const name = trimmed.split(/\s+/)[0] ?? "";
  const folder = BIN.has(name) ? "/bin" : SBIN.has(name) ? "/usr/sbin" : "/usr/bin";
  return `${folder}/${trimmed}`;
}

/** The few commands whose effect matters in the simulated Mac; all others succeed quietly. */
function effect(directory: Directory, disk: Disk, account: Account, command: string): string {
  const [program = "", ...words] = command.split(/\s+/);
  const name = program.slice(program.lastIndexOf("/") + 1);
  if (name === "whoami") return "root";
  if (name === "id") return "uid=0(root) gid=0(wheel)";
  if (opensRootShell(command)) return `root# (a root shell of ${account.username})`;
  if (name === "rm") for (const path of words.filter((word) => word.startsWith("/"))) disk.remove(path);
  if (name === "cat")
    return words.map((path) => disk.read(path) ?? `cat: ${path}: No such file or directory`).join("\n");
  if (name === "dseditgroup") editGroup(directory, words);
  if (name === "installer") return "installer: The install was successful.";
  return "";
}

/** `dseditgroup -o edit -a|-d USER -t user admin` */
function editGroup(directory: Directory, words: readonly string[]): void {
  if (words.at(-1) !== "admin") return;
  const added = words[words.indexOf("-a") + 1];
  const removed = words[words.indexOf("-d") + 1];
  if (words.includes("-a") && added !== undefined) directory.addAdmin(added);
  if (words.includes("-d") && removed !== undefined) directory.removeAdmin(removed);
}
