import type { SudoFiles } from "./baseline.ts";
import type { EndReason, Call, Minutes } from "./calls.ts";
import { EMPTY_CHAIN } from "./log-chain.ts";
import type { AdminEntry, Person } from "./membership.ts";
import type { Deadline } from "./now.ts";

/** What the person filled in. */
export interface RequestForm {
  reason: string;
  category: "install" | "debug" | "config" | "security" | "developer" | "other";
  durationMinutes: Minutes;
  email?: string | undefined;
}

/** A request that has not become a session yet. */
export interface Waiting {
  person: Person;
  /** Sent with each try of the request, so that a repeat makes no second one. */
  idempotencyKey: string;
  /** What is sent, the same with each try; missing for a request that the service told us of. */
  form?: (RequestForm & { hostname: string }) | undefined;
  askedAtWall: number;
  /** Present once the service has it. */
  requestId?: string | undefined;
  status: "asking" | "pending" | "approved";
  approvedMinutes?: Minutes | undefined;
  signal?: "pending" | "set" | "failed" | undefined;
  /** `auto`: take it up when ready; `ask`: ask the person first; `later`: wait for the person. */
  start: "auto" | "ask" | "later";
}

/** What the Mac was before the grant. */
export interface Baseline {
  admins: readonly AdminEntry[];
  accounts: Person[];
  /** `area: path` to a hash or value, for all that is compared at the end; missing when the record was lost. */
  items?: Record<string, string> | undefined;
  /** Stands for items that are not known any more: they were too long to be kept by the service. */
  rest?: Summary | undefined;
  /** Where the sudo log stood; missing when the record was lost. */
  log?: { inode: string; size: number } | undefined;
}

/** What is kept of something too long. */
export interface Summary {
  count: number;
  sha256: string;
}

/** How far the sudo log was read, and the chain of chunks made of it. */
export interface LogState {
  /** The log file's inode as text. */
  inode: string;
  /** Everything before this byte was turned into chunks or counted. */
  offset: number;
  /** SHA-256 of the text just before `offset` (at most 4 KiB), so that a rewrite shows; empty before the first look. */
  tailHash: string;
  nextSeq: number;
  previousHash: string;
  chunkedAtSeconds: number;
  hasHeader: boolean;
  /** Lines of other people, left out. */
  otherLines: number;
  /** Notes of the agent's own that go with the next lines. */
  notes?: string[] | undefined;
  /** The service does not take the log any further, and why: nothing more is shipped, and the session ends. */
  refused?: string | undefined;
}

/** An end under way: what is being done, and what was found on the way. */
export interface Ending {
  reason: EndReason;
  /** What is being done: take the rights, end root processes, remove the drop-in, compare, tell the service. */
  stage: "rights" | "processes" | "drop_in" | "compare" | "close";
  sinceWall: number;
  sinceSeconds: number;
  /** When the membership was first read as gone. */
  removedAtWall?: number | undefined;
  hungUpAtSeconds?: number | undefined;
  /** Another process had closed the session and shipped its log; it is closed again, since nobody vouches for that. */
  isLogShipped?: boolean | undefined;
  /** What the exit report will say. */
  findings: string[];
}

/**
 * A session, from the moment before the rights are given until the Mac has proven them gone. A process that reads it
 * from disk believes of it what docs/threat-model.md says in its table, and no more: a temporary administrator can
 * have written it.
 */
export interface Session {
  requestId: string;
  armId: string;
  person: Person;
  minutes: Minutes;
  baseline: Baseline;
  phase: "granting" | "active" | "ending";
  deadline: Deadline;
  /** Whether rights may have been given. */
  granted: boolean;
  sinceWall: number;
  /** In continuous seconds of the deadline's boot. */
  sinceSeconds: number;
  startedAtWall?: number | undefined;
  startTold: boolean;
  warned: boolean;
  /** When the agent was last known to watch, in awake seconds of the deadline's boot. */
  watchedAtAwake: number;
  /** When the service last said what this session is, as far as it was saved, in awake seconds of the deadline's boot. */
  heardAtAwake?: number | undefined;
  log: LogState;
  ending?: Ending | undefined;
}

/** The calls that must reach the service whatever happens to this process. */
export type OwedCall = Extract<
  Call,
  { name: "log" | "report" | "end" | "networkLoss" | "removed" | "cancel" }
>;

/** Something the service must still hear. */
export interface Outgoing {
  id: string;
  call: OwedCall;
  /** A chunk of a chain whose head was lost: the service's 409 says where it stands. */
  rechain?: boolean | undefined;
}

/**
 * What the agent keeps on disk (`/var/root/.iru-elevation/meta.json`). It is saved before rights are given (law L3)
 * and before anything is first sent that must survive a crash.
 */
export interface AgentRecord {
  form: 1;
  /** The admin entries that are explained while no session runs; missing until the service was asked once. */
  known?: readonly AdminEntry[] | undefined;
  /** How the record with `known` was lost, until IT has been told who is an administrator instead. */
  knownLost?: "absent" | "unreadable" | undefined;
  /** The files of sudo that are explained while no session runs; missing until they were first looked at. */
  knownSudo?: SudoFiles | undefined;
  requests: Waiting[];
  session?: Session | undefined;
  outbox: Outgoing[];
  /** A session ended: start afresh when the service has heard everything. */
  restartDue: boolean;
}

/** The record of a Mac where nothing has happened yet. */
export function emptyRecord(): AgentRecord {
  return { form: 1, requests: [], outbox: [], restartDue: false };
}

/** A log that starts at `offset` of the file with this inode. */
export function newLog(inode: string, offset: number): LogState {
  return {
    inode,
    offset,
    tailHash: "",
    ...EMPTY_CHAIN,
    chunkedAtSeconds: 0,
    hasHeader: false,
    otherLines: 0,
  };
}
