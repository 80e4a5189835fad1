import { changesBetween } from "./baseline.ts";
import { applyStatus } from "./waiting.ts";
import type { Calls, Outcome } from "./calls.ts";
import { backOff, call, type Context, isBusy, isDue, keepTicking, newId, report } from "./context.ts";
import {
  adminEntries,
  type AdminEntry,
  entriesOf,
  entryInWords,
  fits,
  isSameAccount,
  type Person,
} from "./membership.ts";
import { deadlineAfter } from "./now.ts";
import { type Baseline, newLog, type Session } from "./record.ts";

const RETRY_CAP_SECONDS = 300;
const RE_ENROLL_CAP_SECONDS = 300;

const CHANGED_RECORD = "the session's record was changed while the agent was not running";

type MacAnswer = Calls["mac"]["answer"];
type MacSession = NonNullable<MacAnswer["session"]>;

/** On every start the Mac asks what it should be; before that it enrols, if it never did. */
export function startupTick(ctx: Context): void {
  tidyUp(ctx);
  doubtRecord(ctx);
  noteKeychain(ctx);
  const { enroll, mac, config, enrolledHere } = ctx.memory;
  // Whether there is a key is not known: a second enrolment would ask IT, and the first look that can read it tells.
  if (ctx.observed.enrolled === undefined) return keepTicking(ctx);
  if (!ctx.observed.enrolled) {
    if (!isBusy(ctx, "enroll") && isDue(ctx, enroll)) call(ctx, { name: "enroll" });
    return;
  }
  if (config === undefined && !isBusy(ctx, "mac") && isDue(ctx, mac)) call(ctx, { name: "mac" });
  // An enrolment is enough: until somebody is known, nobody who takes rights would be noticed (law L5).
  if (config !== undefined || enrolledHere) learnAdmins(ctx);
}

/**
 * Nobody is given rights who has them already (law L16), so a baseline that explains the session's own person is
 * forged; this much can be told without the service.
 */
function doubtRecord(ctx: Context): void {
  const { session } = ctx.record;
  const forged = session?.baseline.admins.filter((entry) => fits(entry, session.person)) ?? [];
  if (session === undefined || forged.length === 0) return;
  const admins = session.baseline.admins.filter((entry) => !forged.includes(entry));
  session.baseline = { ...session.baseline, admins };
  report(ctx, "tampered", [CHANGED_RECORD], session.requestId);
  ctx.memory.serviceEnd = "tampered";
}

/** IT hears once of a keychain that does not do its work, as soon as anything can be sent. */
function noteKeychain(ctx: Context): void {
  const { keychainTrouble: trouble } = ctx.observed;
  if (trouble === undefined || ctx.memory.keychainTold === trouble) return;
  ctx.memory.keychainTold = trouble;
  report(ctx, "device_error", [trouble]);
}

/** A process that died while it prepared a session, or whose record vanished, may have left its drop-in. */
function tidyUp(ctx: Context): void {
  const { startedAt, last } = ctx.memory;
  const isFirstLook = startedAt.awakeSeconds === last.awakeSeconds;
  if (isFirstLook && ctx.record.session === undefined) ctx.steps.push({ do: "remove_drop_in" });
}

/** The service gave a key, or not: again means waiting for an approver. */
export function onEnrolled(ctx: Context, outcome: Outcome<unknown>): void {
  if (outcome.came !== "answer") return backOff(ctx, ctx.memory.enroll, RE_ENROLL_CAP_SECONDS);
  ctx.memory.enrolledHere = true;
}

/** The service said what this Mac should be. Where it and the record differ, rights go first. */
export function onMac(ctx: Context, outcome: Outcome<MacAnswer>): void {
  if (outcome.came !== "answer") return backOff(ctx, ctx.memory.mac, RETRY_CAP_SECONDS);
  const { answer } = outcome;
  ctx.memory.config = answer.config;
  meetSession(ctx, answer.session);
  for (const open of answer.openRequests) {
    const isKnown =
      ctx.record.requests.some(({ requestId }) => requestId === open.requestId) ||
      ctx.record.session?.requestId === open.requestId;
    if (isKnown || (open.status !== "pending" && open.status !== "approved")) continue;
    const { uid, generatedUid, username } = open;
    ctx.record.requests.push({
      person: { uid, generatedUid, username },
      idempotencyKey: newId(ctx),
      askedAtWall: 0,
      requestId: open.requestId,
      status: "pending",
      start: "auto",
    });
    const adopted = ctx.record.requests.at(-1);
    if (adopted !== undefined) applyStatus(ctx, adopted, open);
  }
}

function meetSession(ctx: Context, theirs: MacSession | undefined): void {
  const { session, outbox } = ctx.record;
  if (session !== undefined) vouch(ctx, session, theirs);
  if (session !== undefined && session.phase !== "ending") {
    const isSame = theirs?.armId === session.armId;
    if (!isSame) ctx.memory.serviceEnd ??= "revoked";
    else if (theirs?.status === "ending") ctx.memory.serviceEnd ??= theirs.endReason ?? "revoked";
    return;
  }
  if (theirs === undefined || session !== undefined) return;
  const isTold = outbox.some(({ call: owed }) => owed.name === "removed" && owed.armId === theirs.armId);
  if (!isTold) takeOver(ctx, theirs);
}

/**
 * A temporary admin can kill the agent and edit its record, so that they belong to the administrators of before: what
 * the service was sent with `/arm` counts, and a record that differs from it was tampered with (laws L1, L5).
 */
function vouch(ctx: Context, session: Session, theirs: MacSession | undefined): void {
  if (theirs?.armId !== session.armId) {
    const text = "the service knows no such session as is on this Mac's record";
    if (session.phase !== "ending") report(ctx, "tampered", [text, adminsNow(ctx)], session.requestId);
    return;
  }
  const { baseline } = theirs;
  const isSame = isSameAccount(theirs, session.person);
  if (isSame && (baseline === undefined || isKept(session.baseline, baseline))) return;
  if (!isSame) session.person = personOf(ctx, theirs);
  if (baseline !== undefined) session.baseline = baselineOf(baseline, session.baseline);
  report(ctx, "tampered", [CHANGED_RECORD, adminsNow(ctx)], session.requestId);
  ctx.memory.serviceEnd = "tampered";
}

/** True when what the service has of the baseline is what is on record; files that were too long to send are left out. */
function isKept(own: Baseline, theirs: NonNullable<MacSession["baseline"]>): boolean {
  const text = ({ admins, accounts }: Pick<Baseline, "admins" | "accounts"> | typeof theirs) =>
    JSON.stringify([
      admins,
      accounts.map(({ uid, generatedUid, username }) => [uid, generatedUid, username]),
    ]);
  if (text(own) !== text(theirs)) return false;
  return theirs.items === undefined || changesBetween(own.items ?? {}, theirs.items).length === 0;
}

function baselineOf(theirs: NonNullable<MacSession["baseline"]>, own?: Baseline): Baseline {
  const { admins, accounts, items = own?.items } = theirs;
  return { admins: admins as AdminEntry[], accounts, items };
}

function adminsNow({ observed: { admins } }: Context): string {
  const names =
    admins === undefined
      ? ["not readable"]
      : adminEntries(admins).map((entry) => entryInWords(entry, admins));
  return `administrators now: ${names.join(", ")}`;
}

function personOf(ctx: Context, { uid, generatedUid }: MacSession): Person {
  const account = ctx.observed.admins?.accounts.find((one) => one.generatedUid === generatedUid);
  return { uid, generatedUid, username: account?.username ?? `uid ${uid}` };
}

/**
 * The service knows a session that is not on record: the record vanished, or the agent died between the service's
 * yes and its saving. Rights are taken away, and what can still be told is told.
 */
function takeOver(ctx: Context, theirs: MacSession): void {
  const { admins } = ctx.observed;
  const person = personOf(ctx, theirs);
  const own = admins === undefined ? [] : entriesOf(admins, person);
  const before = ctx.record.known ?? (admins === undefined ? [] : adminEntries(admins));
  const isAdmin = own.some((entry) => ctx.record.known?.includes(entry) !== true);
  const wasCrash = theirs.status === "arming" && !isAdmin && ctx.memory.recordAtStart === "read";
  const why = wasCrash
    ? "the agent was started again while it took up the approval"
    : "the agent's record of the session was lost";
  const session: Session = {
    requestId: theirs.requestId,
    armId: theirs.armId,
    person,
    minutes: 5,
    grant: ctx.memory.config?.grant ?? "directory",
    endProcesses: ctx.memory.config?.endProcesses ?? "kill",
    baseline:
      theirs.baseline === undefined
        ? { admins: ctx.record.known ?? before.filter((entry) => !own.includes(entry)), accounts: [] }
        : baselineOf(theirs.baseline),
    phase: "ending",
    deadline: deadlineAfter(ctx.now, 0),
    granted: isAdmin || theirs.status !== "arming",
    sinceWall: ctx.now.wall,
    sinceSeconds: 0,
    startTold: theirs.status !== "arming",
    warned: true,
    watchedAtAwake: ctx.now.awakeSeconds,
    log: newLog("", 0),
    reported: [],
    ending: {
      reason: theirs.endReason ?? (wasCrash ? "device_error" : "tampered"),
      stage: "rights",
      sinceWall: ctx.now.wall,
      sinceSeconds: ctx.now.continuousSeconds,
      findings: [why],
    },
  };
  ctx.record.session = session;
  report(ctx, wasCrash ? "device_error" : "tampered", [why], theirs.requestId);
}

/** The first list of administrators is what is found, less whoever has a session. Where one was lost, IT is told. */
function learnAdmins(ctx: Context): void {
  const { record, memory, observed } = ctx;
  if (record.known !== undefined) return;
  if (observed.admins === undefined) return keepTicking(ctx);
  record.known = record.session?.baseline.admins ?? adminEntries(observed.admins);
  record.knownSudo ??= observed.sudoFiles;
  if (memory.recordAtStart === "read" || memory.enrolledHere || record.session !== undefined) return;
  const names = record.known.map((entry) => entryInWords(entry, observed.admins));
  const how = memory.recordAtStart === "absent" ? "was missing" : "could not be read";
  report(ctx, "drift", [
    `the agent's record ${how}; administrators now: ${names.join(", ")}`,
    `files of sudo now: ${Object.keys(record.knownSudo ?? {}).join(", ")}`,
  ]);
}
