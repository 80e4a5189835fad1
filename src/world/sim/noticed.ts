import type { Instant } from "../../core/time.ts";
import type { CheckName } from "./check-names.ts";
import type { AgentCall } from "./checks-agent.ts";
import { type MacSide, recordOnDisk, type SessionOnDisk, sessionOnDisk } from "./mac-side.ts";

/** A report as it stood on the agent's record. */
export interface OwedReport {
  readonly requestId: string | undefined;
  readonly kind: string;
  readonly items: readonly string[];
  /** Since when it has not been on a record that somebody deleted, cut or wiped; nobody can send it any more. */
  isLost: boolean;
}

/** Something of which IT has to be told, by a report of this Mac and a message that shows it. */
export interface ToBeTold {
  readonly law: string;
  readonly name: CheckName;
  readonly since: Instant;
  readonly kinds: readonly string[];
  readonly requestId?: string;
  /** What the report has to name. */
  readonly names: string;
  /** Or what it may say instead. */
  readonly instead?: string;
  /** Why IT has to hear of it, in words. */
  readonly text: string;
}

/** What one Mac has noticed, and what of that IT has to hear, by what it is about. */
export interface Noticed {
  readonly reports: Map<string, OwedReport>;
  readonly toBeTold: Map<string, ToBeTold>;
  /** The record that was seen last. */
  lastRecord: string | undefined;
  /** The session whose record somebody edited or deleted, as long as no later process has heard of it. */
  touched:
    | {
        readonly armId: string;
        readonly requestId: string;
        readonly starts: number;
        /** It still has the session, but not as it was; else it is gone, or cannot be read. */
        readonly isEdited: boolean;
      }
    | undefined;
  /** A process has heard what that record should say, and may die before it has written it down. */
  hearing:
    | {
        readonly starts: number;
        readonly record: string | undefined;
        readonly at: Instant;
        readonly kinds: readonly string[];
      }
    | undefined;
  /** The process of this number has enrolled the Mac: whom it finds was there before it. */
  enrolledAtStart: number | undefined;
  /** Since when the agent could have read that somebody still is an administrator, and of which session. */
  stillAdmin: { readonly armId: string; readonly starts: number; readonly since: Instant } | undefined;
}

/** How the names of expectations begin that come of a record which is gone. */
const UNKNOWING = "unknowing";

/** Of a Mac that has noticed nothing yet. */
export function createNoticed(): Noticed {
  return {
    reports: new Map(),
    toBeTold: new Map(),
    lastRecord: undefined,
    touched: undefined,
    hearing: undefined,
    enrolledAtStart: undefined,
    stillAdmin: undefined,
  };
}

/** IT has to be told of this. */
export function expectTold(side: MacSide, about: string, toBeTold: ToBeTold): void {
  if (!side.noticed.toBeTold.has(about)) side.noticed.toBeTold.set(about, toBeTold);
}

/** Looks at what the agent owes the service; to be called after every change of the Mac. */
export function noteOwed(side: MacSide, now: Instant): void {
  const { mac, noticed } = side;
  const text = mac.record();
  if (text === noticed.lastRecord) return;
  noticed.lastRecord = text;
  noteLearnt(side, text);
  const record = recordOnDisk(mac);
  // Without a record nothing is owed any more, unless a process that knows it writes it again.
  if (record === undefined) return loseAll(noticed);
  for (const { call } of record.outbox) {
    const { name, reportId, requestId, kind = "", items = [] } = call;
    if (name === "report" && reportId !== undefined)
      noticed.reports.set(reportId, { requestId, kind, items, isLost: false });
  }
  const { session } = record;
  if (session?.ending?.reason !== "tampered") return;
  expectTold(side, `tampered ${session.armId}`, {
    law: "L15",
    name: "IT hears of tampering that was noticed",
    since: 0,
    kinds: ["tampered"],
    requestId: session.requestId,
    names: "",
    text: `a session ended for tampering at ${now}`,
  });
}

/** Whatever this Mac had to say is gone with its disk. */
export function noteWiped({ noticed }: MacSide): void {
  loseAll(noticed);
  noticed.lastRecord = undefined;
  noticed.touched = undefined;
  noticed.hearing = undefined;
  noticed.enrolledAtStart = undefined;
  noticed.stillAdmin = undefined;
  // What it was about to say when it could read who is an administrator it says no more.
  for (const about of noticed.toBeTold.keys()) {
    if (about.startsWith(UNKNOWING)) noticed.toBeTold.delete(about);
  }
}

function loseAll({ reports }: Noticed): void {
  for (const report of reports.values()) report.isLost = true;
}

/** The record of this session was edited or deleted; whoever learns later what it should say has to tell IT. */
export function noteTouched(side: MacSide, session: SessionOnDisk | undefined, isEdited: boolean): void {
  if (session === undefined) return;
  const { armId, requestId } = session;
  side.noticed.touched = { armId, requestId, starts: side.mac.agentStarts(), isEdited };
}

/** After somebody changed the record by hand: what does not stand there any more nobody can send. */
export function noteTakenOff({ mac, noticed }: MacSide): void {
  const owed = new Set(recordOnDisk(mac)?.outbox.map(({ call }) => call.reportId));
  for (const [reportId, report] of noticed.reports) if (!owed.has(reportId)) report.isLost = true;
}

/** Holds what the service has answered a Mac against what is on the Mac's record. */
export async function noteAnswer(
  side: MacSide,
  { path, body }: AgentCall,
  response: Response,
  now: Instant,
): Promise<void> {
  if (!response.ok) return;
  const { noticed, mac } = side;
  if (path === "/removed") return noteProven(side, body, now);
  if (path === "/enroll") noticed.enrolledAtStart = mac.agentStarts();
  if (path !== "/mac" || response.status !== 200) return;
  const { session } = (await response.clone().json()) as { readonly session?: { readonly armId?: string } };
  noteUnknowing(side, session !== undefined, now);
  if (session === undefined) noteNothingToEnd(side);
  const { touched } = noticed;
  if (touched === undefined || session?.armId !== touched.armId || mac.agentStarts() === touched.starts)
    return;
  // An agent that ran on has written its record again, and has nothing to learn.
  if (!touched.isEdited && sessionOnDisk(mac)?.armId === touched.armId) {
    noticed.touched = undefined;
    return;
  }
  noticed.hearing = {
    starts: mac.agentStarts(),
    record: mac.record(),
    at: now,
    // Where the rights were given back before, an end that was written into the record by hand is told as one.
    kinds: side.intruders.size > 0 ? ["tampered", "device_error"] : ["tampered", "device_error", "exit"],
  };
}

/** A process that has written its record since it heard what that should say has to have told of the difference. */
function noteLearnt(side: MacSide, record: string | undefined): void {
  const { mac, noticed } = side;
  const { hearing, touched } = noticed;
  if (hearing === undefined || touched === undefined || record === hearing.record) return;
  noticed.hearing = undefined;
  if (hearing.starts !== mac.agentStarts()) return;
  noticed.touched = undefined;
  expectTold(side, `touched ${touched.armId}`, {
    law: "L5",
    name: "IT hears of a record that was touched",
    since: 0,
    kinds: hearing.kinds,
    requestId: touched.requestId,
    names: "",
    text: `the service has told the agent at ${hearing.at} what its record should say`,
  });
}

/**
 * Where somebody took the session off the record, and somebody with the Mac's key proved it to be over before the Mac
 * asked for it, nobody is left who knows what there was before it.
 */
function noteNothingToEnd(side: MacSide): void {
  if (side.recordTouchedLast > 0 && sessionOnDisk(side.mac) === undefined) side.owedBack.clear();
}

/**
 * A process that began without knowing the administrators, since its record was taken away, tells whom it finds; not
 * where the Mac was enrolled after that: what the list is from then on nobody had on record.
 */
function noteUnknowing(side: MacSide, hasSession: boolean, now: Instant): void {
  const { mac, noticed, recordTouchedLast } = side;
  const record = recordOnDisk(mac);
  const isOther =
    mac.agentStarts() > recordTouchedLast && (noticed.enrolledAtStart ?? 0) <= recordTouchedLast;
  if (recordTouchedLast === 0 || !isOther || hasSession || record?.known !== undefined) return;
  expectTold(side, `${UNKNOWING} ${mac.agentStarts()}`, {
    law: "L5",
    name: "IT hears of a record that was touched",
    since: now,
    kinds: ["drift"],
    names: "administrators now: ",
    text: "the agent began without its record",
  });
}

/** With the proof comes what was found on the Mac at the end. */
function noteProven(side: MacSide, { armId, requestId, granted }: AgentCall["body"], now: Instant): void {
  if (granted !== true) return;
  expectTold(side, `exit ${String(armId)}`, {
    law: "L8",
    name: "IT hears what a session left behind",
    since: 0,
    kinds: ["exit"],
    requestId: String(requestId),
    names: "",
    text: `the Mac proved at ${now} that the rights are gone`,
  });
  // An agent whose record was touched knows less of what there was before.
  if (side.daemonOf !== armId || side.recordTouchedAtStart !== undefined) return;
  expectTold(side, `daemon ${String(armId)}`, {
    law: "L8",
    name: "IT hears of a launch daemon that a session left behind",
    since: 0,
    kinds: ["exit"],
    requestId: String(requestId),
    names: "com.evil",
    instead: "changed is not known",
    text: `the Mac proved at ${now} that the rights are gone, and a launch daemon is there`,
  });
}
