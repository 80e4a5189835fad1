import type { Account, AdminEntry } from "../../agent/core/membership.ts";
import type { Instant } from "../../core/time.ts";
import { hashKey } from "../../app/device-keys.ts";
import type { StoredMac } from "../../ports/store.ts";
import type { SimulatedMac } from "../mac/mac.ts";
import type { NetworkState } from "../mac/network.ts";
import type { Noticed } from "./noticed.ts";
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
  /** How long agents that could take the rights away have run meanwhile, all processes together, in ms. */
  ranMs: number;
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
  changeSeen: number;
  /** True while an attack runs: what changes then is not the agent's doing. */
  isAttacked: boolean;
  /** The Mac's key as it went over the line last: what a temporary administrator can read. */
  key: string | undefined;
  /** Since when the agent can do its work: on, awake, running, with a directory and a record that work. */
  ableSince: Instant;
  /** Since when it can take rights away, whether or not it can write its record. */
  canRemoveSince: Instant;
  /** The last look at this Mac: when it was, the number of the agent's process, whether it could take rights away. */
  looked: { readonly at: Instant; readonly starts: number; readonly could: boolean } | undefined;
  isStopped: boolean;
  /** What the agent's process of this number has heard of the service: the session's baseline, and its end. */
  heard: Heard | undefined;
  /** Since when nothing keeps SAP Privileges open any more; undefined while something does, or it is locked. */
  openSince: Instant | undefined;
  /** The tools of the Mac that do not work, each with its last breakdown. */
  readonly broken: Map<string, symbol>;
  /** How many starts of the agent there had been when its record was last deleted or edited. */
  recordTouchedAtStart: number | undefined;
  /** The same for the last time. */
  recordTouchedLast: number;
  /** Rules of sudo that were there while no record on disk said what was there before. */
  readonly unknownRules: Set<string>;
  /** To whom rights were given, when, and when they were gone, by request. */
  readonly grants: Map<
    string,
    { readonly generatedUid: string; readonly at: Instant; readonly goneAt?: Instant }
  >;
  /** Sudo commands that people ran with rights of a session, by request. */
  readonly commands: Map<string, string[]>;
  /** The deadline of the session as the record had it when it was last looked at. */
  lastDeadline:
    | { readonly armId: string; readonly bootSession: string; readonly continuousSeconds: number }
    | undefined;
  /** The key that was taken last, and those that it and the ones before it replaced. */
  provenKey: string | undefined;
  readonly replacedKeys: Set<string>;
  /** Somebody else has got a key of this Mac from the service, so that its own may be good no longer. */
  isKeyTaken: boolean;
  /** How often each program was run by sudo on this Mac, allowed or not. */
  readonly typed: Map<string, number>;
  /** Since when the network has not failed. */
  reachableSince: Instant;
  /** How the network fails, and since when; undefined while it works. */
  cutOff: { readonly state: NetworkState; readonly since: Instant } | undefined;
  /** How many starts of the agent there had been when one was last told whom to probe. */
  configuredAtStart: number | undefined;
  /** The attempt in whose session somebody put a launch daemon onto this Mac, where it has been since. */
  daemonOf: string | undefined;
  /** Requests in whose session somebody touched the log, the record, the agent or the files it watches. */
  readonly disturbed: Set<string>;
  /** Whom the agent rightly takes for IT's own doing, until IT has taken the rights away. */
  readonly accepted: Set<string>;
  /** Those of them who were administrators when the wiped Mac was set up. */
  readonly metAtSetUp: Set<string>;
  /** Baseline administrators whom an attack demoted once; what they get back later is not what they had. */
  readonly demotedGuids: Set<string>;
  /** Those of them whom the end of a session has to make administrators again. */
  readonly owedBack: Set<string>;
  /** Baseline administrators who are none now. */
  missingBaseline: readonly string[];
  wipes: number;
  /** When it was wiped last. */
  wipedAt: Instant | undefined;
  /** The sessions on which the trial of this seed has begun and that are not over. */
  readonly tried: Set<string>;
  /** What IT has to hear of this Mac. */
  readonly noticed: Noticed;
}

/** Somebody has just deleted or edited the agent's record, when there had been so many starts of it. */
export function noteRecordTouched(side: MacSide, starts: number): void {
  side.recordTouchedAtStart ??= starts;
  side.recordTouchedLast = starts;
  noteRules(side);
}

/**
 * Notes the rules of sudo that nobody can tell from those of before: they are on the Mac while its record on disk is
 * gone, broken, edited or has never held what there was. Whoever reads such a record next takes them as known, and
 * tells IT. A rule that is made later, or was gone meanwhile, is not among them.
 */
export function noteRules(side: MacSide): void {
  const { mac, unknownRules, recordTouchedAtStart } = side;
  const present = mac.sudoRules();
  for (const path of unknownRules) if (!present.includes(path)) unknownRules.delete(path);
  if (present.length === 0) return;
  const isKnowing = recordTouchedAtStart === undefined && recordOnDisk(mac)?.knownSudo !== undefined;
  if (!isKnowing) for (const path of present) unknownRules.add(path);
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

/**
 * True where an agent cannot know who is an administrator rightly: before the Mac has enrolled, and on a wiped one as
 * long as it could not write down whom it found there.
 */
export function isBlind({ mac, wipes }: MacSide): boolean {
  return !mac.condition().isEnrolled || (wipes > 0 && recordOnDisk(mac)?.known === undefined);
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
  /** The files of sudo that are, by path. */
  readonly knownSudo?: Readonly<Record<string, string>>;
  readonly requests: readonly { readonly status?: string }[];
  readonly outbox: readonly { readonly call: OwedOnDisk }[];
  readonly restartDue: boolean;
}

/** A call that the agent owes the service; what only a report has is missing from the others. */
export interface OwedOnDisk {
  readonly name: string;
  readonly requestId?: string;
  readonly reportId?: string;
  readonly kind?: string;
  readonly items?: readonly string[];
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
  readonly ending?: { readonly reason: string; readonly findings: readonly string[] };
}

/** The last keeps an agent that starts waiting. */
const HINDRANCES = ["removalFails", "directoryUnreadable", "recordUnreadable"];

/**
 * True while the agent of this Mac can take rights away at once. Of the tools only those count without which nobody
 * could: a removal is done before the record is written, and needs no drop-in and no addition.
 */
export function canRemove(side: MacSide): boolean {
  const { isOn, isAsleep, isAgentRunning } = side.mac.condition();
  const { broken } = side;
  const isHindered = HINDRANCES.some((fault) => broken.has(fault));
  return isOn && !isAsleep && isAgentRunning && !side.isStopped && !isHindered;
}

/** True while it can do all that it should, and its record says so: what it knows stands there at once. */
export function isAble(side: MacSide): boolean {
  return canRemove(side) && !side.broken.has("recordUnwritable");
}

/** True where neither the key that this Mac showed last nor the one that was taken last is good any longer, since somebody else got another one for it. */
export function isShutOut({ isKeyTaken, key, provenKey }: MacSide, stored: StoredMac | undefined): boolean {
  if (!isKeyTaken || stored === undefined) return false;
  const own = [key, provenKey].flatMap((one) => (one === undefined ? [] : [hashKey(one)]));
  return !own.some((hash) => hash === stored.keyHash || hash === stored.nextKeyHash);
}
