import type { CommandResult, DeviceKeys } from "../../agent/ports.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DeliveredItems, IruDelivery } from "../iru/delivery.ts";
import type { Directory } from "./directory.ts";
import type { Disk } from "./disk.ts";
import type { Network } from "./network.ts";
import type { Power } from "./power.ts";
import type { Privileges } from "./privileges.ts";
import type { Processes } from "./processes.ts";
import type { Sudo } from "./sudo.ts";

/** A dialog that the Mac showed to one of its users. */
export interface ShownAlert {
  /** Virtual time. */
  readonly at: number;
  readonly uid: number;
  readonly title: string;
  readonly text: string;
}

/** The question whether to start now, while it is on the screen. */
export interface StartQuestion {
  readonly uid: number;
  readonly minutes: number;
  readonly answer: (chosen: "start" | "later") => void;
}

/** Who is logged in graphically, and who of them is at the console. */
export interface ConsoleState {
  sessions: number[];
  atConsole: number | undefined;
}

/** Faults that a test can switch on. */
export interface MacFaults {
  /** Taking a member out of the admin group does nothing. */
  removalFails: boolean;
  /** Putting a member in says it worked and does nothing. */
  additionFails: boolean;
  /** The directory cannot be read. */
  directoryUnreadable: boolean;
  /** What sudo goes by and its log cannot be read. */
  sudoUnreadable: boolean;
  /** No processes can be listed. */
  processesUnreadable: boolean;
  /** The record cannot be read. */
  recordUnreadable: boolean;
  /** The record cannot be written (disk full). */
  recordUnwritable: boolean;
  /** The keychain cannot be read. */
  keychainUnreadable: boolean;
  /** The keychain cannot be written. */
  keychainUnwritable: boolean;
  /** The sudo drop-in cannot be written. */
  dropInFails: boolean;
}

/** All parts of one simulated Mac. What is on its disk survives processes and boots. */
export interface MacState {
  readonly serial: string;
  hostname: string;
  readonly utcOffsetMinutes: number;
  readonly clock: Clock;
  readonly power: Power;
  readonly directory: Directory;
  readonly disk: Disk;
  readonly processes: Processes;
  readonly sudo: Sudo;
  readonly privileges: Privileges;
  readonly network: Network;
  readonly iru: IruDelivery;
  readonly console: ConsoleState;
  readonly faults: MacFaults;
  readonly alerts: ShownAlert[];
  question: StartQuestion | undefined;
  /** The agent's record, as text. */
  record: string | undefined;
  keys: DeviceKeys;
  enrollmentToken: string | undefined;
  isIruRunning: boolean;
  delivered: DeliveredItems | undefined;
  /** Tells everybody who watches this Mac that something changed. */
  readonly changed: () => void;
}

export const OK: CommandResult = { code: 0, text: "" };
