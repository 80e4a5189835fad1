import type { EndReason, MacConfig } from "./calls.ts";
import type { SeenLog } from "./log-position.ts";
import { freshNetwork, type Network } from "./network.ts";
import type { Now } from "./now.ts";
import type { Baseline } from "./record.ts";
import type { Readable } from "./unread.ts";

/** When something may be tried again, in continuous seconds, and how often it failed in a row. */
export interface Retry {
  dueSeconds: number;
  failures: number;
}

/** What this process knows of a request that is no session yet. */
export interface RequestMemory {
  /** Sending it, or polling for it. */
  next: Retry;
  /** When this process first took it up. */
  sinceSeconds: number;
  /** The act to answer once the service has it. */
  actId?: string | undefined;
  version?: number | undefined;
  approvalTold: boolean;
  /** The approved minutes that the person is being asked about. */
  asking: boolean;
  /** Runs of the Iru agent for it, and when the last one ended. */
  runs: number;
  ranAtSeconds?: number | undefined;
  undeliveredTold: boolean;
  /** The checks before a grant failed; not again before then. */
  prepare: Retry;
}

/** The checks before a grant, and the arming they lead to. */
export interface Preparation {
  requestId: string;
  armId: string;
  sinceSeconds: number;
  baseline: Baseline;
  dropInWritten: boolean;
  hasSnapshot: boolean;
  probed: boolean;
  canaryNonce?: string | undefined;
  log?: { inode: string; size: number } | undefined;
  armFirstSentSeconds?: number | undefined;
  armDueSeconds: number;
  /** A try to arm was not answered, and may have armed. */
  armUnanswered?: boolean | undefined;
  /** A check failed, with the reason in words. */
  problem?: string | undefined;
}

/** The grant that this very process was told to make; a restarted process has none and takes rights away. */
export interface GrantRun {
  armId: string;
  armedAtSeconds: number;
  privilegesAtSeconds?: number | undefined;
  privilegesOver: boolean;
  directoryAtSeconds?: number | undefined;
}

/** How something is guarded against change while no session runs. */
export interface Guard {
  /** It was found as known since rights could last be taken without a session, and since this process started. */
  isSettled: boolean;
  /** When something was last reported as undone, in continuous seconds. */
  reportedAtSeconds: number;
  /** Looks of this process in which something was undone. */
  undone: number;
}

function freshGuard(): Guard {
  return { isSettled: false, reportedAtSeconds: -Infinity, undone: 0 };
}

/** What this process knows beyond the record. A restart forgets it. */
export interface Memory {
  startedAt: Now;
  last: Now;
  wokeAtAwake: number;
  /** How the record was found when this process started. */
  recordAtStart: "read" | "absent" | "unreadable";
  enrolledHere: boolean;
  /** The record that another process left was gone over; what is on it since is this process's own. */
  hasReread: boolean;
  /** Subjects of the session that this process has reported, so that each is reported once. */
  reported: string[];
  /** What IT was told of the keychain. */
  keychainTold?: string | undefined;
  /** What runs beside the loop, by name, and when it began, in awake seconds. */
  busy: Record<string, number>;
  config?: MacConfig | undefined;
  mac: Retry;
  /** The service seems to have a session or a request that this Mac does not have: it is asked anew what this Mac should be. */
  standDoubted: boolean;
  /** Requests that were given up while that question was under way: its answer may still speak of them. */
  droppedMeanwhile: string[];
  /** Attempts whose end the service has heard from this process; an older answer may still speak of them. */
  proven: string[];
  enroll: Retry;
  requests: Record<string, RequestMemory>;
  preparation?: Preparation | undefined;
  grantRun?: GrantRun | undefined;
  network: Network;
  beat: Retry;
  /** What the last look at the session's sudo log saw. */
  seenLog?: SeenLog | undefined;
  held: Retry & { version?: number | undefined };
  start: Retry & { firstSentSeconds?: number | undefined };
  /** The service said that the session is over. */
  serviceEnd?: EndReason | undefined;
  doneWanted: boolean;
  /** Since when the record could not be saved, in awake seconds. */
  unsavedSince?: number | undefined;
  /** Canaries in a row whose line was not found. */
  canary: { dueSeconds: number; misses: number };
  /** Nonces of this process's canaries, which are not shipped. */
  nonces: string[];
  owed: Record<string, Retry>;
  /** Ids of owed items, or `mac`, that got no answer of the service at their last try. */
  unreached: string[];
  /** The outgoing item that is being sent. */
  sending?: string | undefined;
  dropInRemoved: boolean;
  /** The comparison at the end of a session; null when it could not be made. */
  compared?: Record<string, string> | null | undefined;
  /** What could not be read in the last looks at a session, and since when, in awake seconds. */
  unreadSince: Partial<Record<Readable, number>>;
  /** What is watched while no session runs. */
  guard: { admins: Guard; sudo: Guard };
  relock: { dueSeconds: number; runs: number };
  rootShells: Record<string, { command: string; started: string }>;
}

/** What was found and done in an earlier session, or for one that came to nothing, counts no more. */
export function forgetFindings(memory: Memory): void {
  memory.dropInRemoved = false;
  memory.compared = undefined;
  memory.rootShells = {};
  memory.reported = [];
  memory.seenLog = undefined;
  memory.unreadSince = {};
}

/** The memory of a process that has just started. */
export function freshMemory(now: Now, recordAtStart: Memory["recordAtStart"]): Memory {
  const at = now.continuousSeconds;
  const retry = (): Retry => ({ dueSeconds: at, failures: 0 });
  return {
    startedAt: now,
    last: now,
    wokeAtAwake: 0,
    recordAtStart,
    enrolledHere: false,
    hasReread: false,
    reported: [],
    busy: {},
    mac: retry(),
    standDoubted: false,
    droppedMeanwhile: [],
    proven: [],
    enroll: retry(),
    requests: {},
    network: freshNetwork(now),
    beat: retry(),
    held: retry(),
    start: retry(),
    doneWanted: false,
    canary: { dueSeconds: at, misses: 0 },
    nonces: [],
    owed: {},
    unreached: [],
    dropInRemoved: false,
    unreadSince: {},
    guard: { admins: freshGuard(), sudo: freshGuard() },
    relock: { dueSeconds: at, runs: 0 },
    rootShells: {},
  };
}
