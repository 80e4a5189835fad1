import type { SudoFiles } from "./core/baseline.ts";
import type { Minutes } from "./core/calls.ts";
import type { AdminEntry, AdminReading, Person } from "./core/membership.ts";
import type { Now } from "./core/now.ts";
import type { ConsoleReading, PrivilegesReading, RootProcess, SudoReading } from "./core/observed.ts";

/** What a command said. Exit codes of macOS tools prove little; what counts is read back afterwards. */
export interface CommandResult {
  readonly code: number;
  /** Standard error and output, for reports. */
  readonly text: string;
}

/** What hardly ever changes while the agent runs. */
export interface MachineFacts {
  /** Apple serial number. */
  readonly serial: string;
  /** The computer's name, any Unicode. */
  readonly hostname: string;
  /** Lower-case hex SHA-256 of the running agent file. */
  readonly agentSha256: string;
  /** Minutes east of UTC. */
  readonly utcOffsetMinutes: number;
}

/** The Mac's clocks. */
export interface MachineClock {
  now(): Now;
  /** Resolves after `ms` of awake time (sleep of the Mac does not count), or early when `signal` is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /**
   * Calls `listener` when something may need a look: the admin group's file, those of sudo, the managed preferences of
   * SAP Privileges, the console, a wake.
   */
  onChange(listener: () => void): () => void;
}

/**
 * Reading the Mac. Each call may reject when the Mac cannot be read, and settles within 10 s whatever becomes of the
 * tool or file behind it: a look waits for all of them before it takes any rights away, so what hangs (opendirectoryd
 * stuck, a named pipe put among the files of sudo) has to be given up and to reject. `takeSnapshot` may take longer.
 */
export interface MachineReader {
  facts(): Promise<MachineFacts>;
  readConsole(): Promise<ConsoleReading>;
  /** A full reading of the admin group: names, GeneratedUIDs, nested groups, primary groups, uid 0. */
  readAdmins(): Promise<AdminReading>;
  readPrivileges(): Promise<PrivilegesReading>;
  /** What sudo goes by besides the admin group. */
  readSudoFiles(): Promise<SudoFiles>;
  /** The sudo log from byte `offset` on, with what its recording depends on. */
  readSudo(offset: number): Promise<SudoReading>;
  /** Root processes of this boot started by this person, directly or not, at or after `sinceSeconds` (continuous). */
  readRootProcesses(person: Person, sinceSeconds: number): Promise<readonly RootProcess[]>;
  /**
   * Everything compared at the end of a session, as `area: path` to a hash or value: accounts, the root account,
   * sudoers (`sudoers: path`, with the hashes of `readSudoFiles`), pam.d, LaunchDaemons and Agents, helper tools, cron,
   * profiles, ssh, authorization rights, hosts, /etc/resolver, the admin trust settings (whoever adds a root and sends
   * our name elsewhere can play the service), setuid files in named folders.
   */
  takeSnapshot(): Promise<Readonly<Record<string, string>>>;
}

/**
 * Changing the Mac. A result says what the tool said, not that it worked. The loop waits for each but `runPrivileges` and
 * `runIru`, so each settles within 30 s: a tool that hangs is killed, and has failed.
 */
export interface MachineHands {
  /** Puts the account with this uid and GeneratedUID into the admin group; refuses when they belong to two. */
  addAdmin(person: Person): Promise<CommandResult>;
  /** Undoes one reason of being admin; for `uid0` the account is disabled. */
  removeEntry(entry: AdminEntry): Promise<CommandResult>;
  restoreEntry(entry: AdminEntry): Promise<CommandResult>;
  /** Runs PrivilegesCLI as the person in the person's own session, within a time limit of its own. */
  runPrivileges(act: "add" | "remove", person: Person, reason: string): Promise<CommandResult>;
  /** Writes our sudoers drop-in, checked by `visudo -cf` before it is moved into place. */
  writeDropIn(): Promise<CommandResult>;
  removeDropIn(): Promise<CommandResult>;
  /** Runs `command` through sudo as root and looks for its line in the sudo log. */
  runCanary(
    command: string,
  ): Promise<{ readonly found: boolean; readonly log?: { readonly inode: string; readonly size: number } }>;
  /** Moves a file out of sudoers.d, keeping it aside. */
  removeSudoersFile(path: string): Promise<CommandResult>;
  signal(signal: "HUP" | "KILL", pids: readonly number[]): Promise<CommandResult>;
  /** `iru run --reset-daily` under the lock `/var/run/iru-run.lock`; never inside a library item. */
  runIru(): Promise<CommandResult>;
}

/** Speaking to a person in the person's own session. */
export interface MachineSpeech {
  /** Shows an alert and does not wait for it. Without a session of this uid nothing is shown. */
  alert(uid: number, title: string, text: string): Promise<void>;
  /** Asks whether to start the session now; no answer counts as `later`. */
  askStart(uid: number, minutes: Minutes): Promise<"start" | "later">;
}

/** The Mac as the agent uses it. */
export interface Machine extends MachineClock, MachineReader, MachineHands, MachineSpeech {}

/** The record's file: `/var/root/.iru-elevation/meta.json`, mode 600. */
export interface RecordFile {
  /** The whole text, or undefined when there is no file. Rejects when it cannot be read. */
  read(): Promise<string | undefined>;
  /** Replaces it as a whole: temporary file in the same folder, fsync, rename. Rejects when it was not saved. */
  write(text: string): Promise<void>;
}

/** The Mac's key for the service. `next` was given at the end of a session and not used yet. */
export interface DeviceKeys {
  readonly current?: string;
  readonly next?: string;
}

/** The System keychain. */
export interface KeyStore {
  read(): Promise<DeviceKeys>;
  write(keys: DeviceKeys): Promise<void>;
  /** What the MDM gave this Mac to enrol with, if anything. */
  enrollmentToken(): Promise<string | undefined>;
}

/** Where ids and chance come from. */
export interface AgentIds {
  /** A fresh lower-case UUID. */
  uuid(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
