import type { SudoFiles } from "./baseline.ts";
import type { AdminReading } from "./membership.ts";
import type { AgentEvent } from "./steps.ts";

/** Who has a graphical session, and who of them is at the console. */
export interface ConsoleReading {
  readonly atConsole?: number;
  readonly sessions: readonly number[];
}

/** SAP Privileges: installed, and opened for its users by the managed elevation profile. */
export interface PrivilegesReading {
  readonly installed: boolean;
  readonly unlocked: boolean;
}

/** The sudo log and what it depends on, as far as it can be read. */
export interface SudoReading {
  readonly dropIn: "ours" | "changed" | "absent";
  readonly files: SudoFiles;
  /** Missing when there is no log file. Its contents come as one character a byte (latin1). */
  readonly log?: {
    readonly inode: string;
    readonly size: number;
    /** The bytes just before the offset asked for, at most 4 KiB. */
    readonly before: string;
    /** The bytes from the offset asked for, at most `LOG_WINDOW_BYTES`. */
    readonly text: string;
  };
}

/** A root process born of a session: started by the session's person, directly or not, after its start. */
export interface RootProcess {
  readonly pid: number;
  readonly command: string;
  /** When it started, as text for people. */
  readonly started: string;
  /** An installer of the system, which is let run to its end. */
  readonly isInstaller: boolean;
}

/** Everything the brain can see at one moment. */
export interface Observed {
  readonly serial: string;
  readonly hostname: string;
  readonly agentSha256: string;
  /** Minutes east of UTC: sudo writes local time. */
  readonly utcOffsetMinutes: number;
  /** Whether the Mac has a key of the service; missing when the keychain could not be read. */
  readonly enrolled?: boolean;
  /** What the keychain did not do when it was last used. */
  readonly keychainTrouble?: string;
  /** The record on disk against what this process last read or wrote. */
  readonly recordOnDisk: "same" | "absent" | "changed";
  readonly console: ConsoleReading;
  /** Missing when the directory could not be read. */
  readonly admins?: AdminReading;
  readonly privileges: PrivilegesReading;
  /** Read only while no session is on record; missing when they could not be read. */
  readonly sudoFiles?: SudoFiles;
  /** Read only while a session is on record. */
  readonly sudo?: SudoReading;
  readonly rootProcesses?: readonly RootProcess[];
  /** In the order in which they happened. */
  readonly events: readonly AgentEvent[];
  /** A fresh UUID, from which the brain derives what ids it needs. */
  readonly freshId: string;
  /** A number in [0, 1), for jitter. */
  readonly chance: number;
}
