import type { Account, AdminEntry } from "../../agent/core/membership.ts";
import type { Instant } from "../../core/time.ts";
import type { SimulatedMac } from "../mac/mac.ts";
import type { NetworkState } from "../mac/network.ts";
import type { CastMac } from "./sim-cast.ts";

/** Somebody who is an administrator without having been one at the start. */
export interface Intruder {
  readonly account: Account;
  readonly since: Instant;
  /** The request that the agent gave the rights for; undefined when somebody else did. */
  readonly requestId: string | undefined;
  readonly endsBy: Instant | undefined;
  /** Since when no session on the Mac's record explains it. */
  unexplainedSince: Instant | undefined;
}

/** What a process of the agent has heard of the service. */
export interface Heard {
  /** The number of the process. */
  readonly starts: number;
  readonly baselineAt?: Instant;
  readonly endAt?: Instant;
  /** The record on disk before it was heard: as long as it stands there, the next process knows nothing of it. */
  readonly recordBefore: string | undefined;
}

/** One Mac of the simulation with what its watchers know of it: all of it is read from outside the agent. */
export interface MacSide {
  readonly cast: CastMac;
  /** Another object after a wipe. */
  mac: SimulatedMac;
  readonly baselineGuids: ReadonlySet<string>;
  readonly intruders: Map<string, Intruder>;
  /** How often something has changed on this Mac, and what the checks have seen of it. */
  changes: number;
  looked: number;
  /** True while an attack runs: what changes then is not the agent's doing. */
  isAttacked: boolean;
  /** The Mac's key as it went over the line last: what a temporary administrator can read. */
  key: string | undefined;
  /** Since when the agent can do its work: on, awake, running, with a directory that works. */
  ableSince: Instant;
  isStopped: boolean;
  /** What the agent's process of this number has heard of the service: the session's baseline, and its end. */
  heard: Heard | undefined;
  /** Since when nothing keeps SAP Privileges open any more; undefined while something does, or it is locked. */
  openSince: Instant | undefined;
  /** The tools of the Mac that do not work, and how often each was broken. */
  readonly broken: Map<string, number>;
  /** How many starts of the agent there had been when its record was last deleted or edited. */
  recordTouchedAtStart: number | undefined;
  /** The same for the last time. */
  recordTouchedLast: number;
  /** The record was touched at some time since the Mac was set up: a rule of sudo that was made before is unknown. */
  wasRecordTouched: boolean;
  /** Sudo commands that people ran with rights of a session, by request. */
  readonly commands: Map<string, string[]>;
  /** The deadline of the session as the record had it when it was last looked at. */
  lastDeadline:
    | { readonly armId: string; readonly bootSession: string; readonly continuousSeconds: number }
    | undefined;
  /** The key that was taken last, and the one that it replaced. */
  provenKey: string | undefined;
  replacedKey: string | undefined;
  /** Somebody else has got a key of this Mac from the service, so that its own may be good no longer. */
  isKeyTaken: boolean;
  /** How often each program was run by sudo on this Mac, allowed or not. */
  readonly typed: Map<string, number>;
  /** How the network fails, and since when; undefined while it works. */
  cutOff: { readonly state: NetworkState; readonly since: Instant } | undefined;
  /** How many starts of the agent there had been when one was last told whom to probe. */
  configuredAtStart: number | undefined;
  /** Requests in whose session somebody touched the log, the record, the agent or the files it watches. */
  readonly disturbed: Set<string>;
  /** Whom the agent rightly takes for IT's own doing, until IT has taken the rights away. */
  readonly accepted: Set<string>;
  /** Accounts that were replaced by others of the same uid. */
  readonly renamed: Set<string>;
  /** Baseline administrators whom an attack demoted once; what they get back later is not what they had. */
  readonly demotedGuids: Set<string>;
  /** Baseline administrators who are none now. */
  missingBaseline: readonly string[];
  wipes: number;
  /** The sessions on which the trial of this seed has begun and that are not over. */
  readonly tried: Set<string>;
}

/** Somebody has just deleted or edited the agent's record, when there had been so many starts of it. */
export function noteRecordTouched(side: MacSide, starts: number): void {
  side.recordTouchedAtStart ??= starts;
  side.recordTouchedLast = starts;
  side.wasRecordTouched = true;
}

/** True once what a process has heard is on record for those that follow it: written since, and untouched since. */
export function isHeardOnRecord({ heard, recordTouchedLast, mac }: MacSide): boolean {
  return heard !== undefined && heard.starts > recordTouchedLast && heard.recordBefore !== mac.record();
}

const lastParsed = new WeakMap<SimulatedMac, { readonly text: string; readonly record?: RecordOnDisk }>();

/** The agent's record as it is on disk; undefined where there is none, or none that can be read. */
export function recordOnDisk(mac: SimulatedMac): RecordOnDisk | undefined {
  const text = mac.record();
  if (text === undefined) return undefined;
  const last = lastParsed.get(mac);
  if (last?.text === text) return last.record;
  const record = parseRecord(text);
  lastParsed.set(mac, { text, ...(record === undefined ? {} : { record }) });
  return record;
}

/** The session that runs on this Mac, as its agent's record on disk has it. */
export function sessionOnDisk(mac: SimulatedMac): SessionOnDisk | undefined {
  return recordOnDisk(mac)?.session;
}

function parseRecord(text: string): RecordOnDisk | undefined {
  try {
    return JSON.parse(text) as RecordOnDisk;
  } catch {
    return undefined;
  }
}

/** What the checks read of the agent's record. */
export interface RecordOnDisk {
  readonly session?: SessionOnDisk;
  /** The administrators that are explained while no session runs. */
  readonly known?: readonly AdminEntry[];
  readonly requests: readonly { readonly status?: string }[];
  readonly outbox: readonly { readonly call: { readonly requestId?: string } }[];
  readonly restartDue: boolean;
}

/** The part of the agent's record that the checks read. */
export interface SessionOnDisk {
  readonly requestId: string;
  readonly armId: string;
  readonly phase: "granting" | "active" | "ending";
  readonly person: { readonly uid: number; readonly generatedUid: string };
  readonly minutes: number;
  readonly baseline: { readonly admins: readonly AdminEntry[] };
  readonly deadline?: { readonly bootSession: string; readonly continuousSeconds: number };
}

/** True while the agent of this Mac can act at once. */
export function isAble(side: MacSide): boolean {
  const { isOn, isAsleep, isAgentRunning } = side.mac.condition();
  return isOn && !isAsleep && isAgentRunning && !side.isStopped && side.broken.size === 0;
}
