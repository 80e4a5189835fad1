import { applyStatus } from "./waiting.ts";
import type { Calls, Outcome } from "./calls.ts";
import { backOff, call, type Context, isBusy, isDue, newId, report } from "./context.ts";
import { adminEntries, entriesOf, entryInWords, type Person } from "./membership.ts";
import { deadlineAfter } from "./now.ts";
import { newLog, type Session } from "./record.ts";

const RETRY_CAP_SECONDS = 300;
const RE_ENROLL_CAP_SECONDS = 300;

type MacAnswer = Calls["mac"]["answer"];
type MacSession = NonNullable<MacAnswer["session"]>;

/** On every start the Mac asks what it should be; before that it enrols, if it never did. */
export function startupTick(ctx: Context): void {
  const { enroll, mac, config } = ctx.memory;
  if (!ctx.observed.enrolled) {
    if (!isBusy(ctx, "enroll") && isDue(ctx, enroll)) call(ctx, { name: "enroll" });
    return;
  }
  if (config === undefined && !isBusy(ctx, "mac") && isDue(ctx, mac)) call(ctx, { name: "mac" });
}

/** The service gave a key, or not: again means waiting for an approver. */
export function onEnrolled(ctx: Context, outcome: Outcome<unknown>): void {
  if (outcome.came === "answer") ctx.memory.enrolledHere = true;
  else backOff(ctx, ctx.memory.enroll, RE_ENROLL_CAP_SECONDS);
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
  learnAdmins(ctx);
}

function meetSession(ctx: Context, theirs: MacSession | undefined): void {
  const { session, outbox } = ctx.record;
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
 * The service knows a session that is not on record: the record vanished, or the agent died between the service's
 * yes and its saving. Rights are taken away, and what can still be told is told.
 */
function takeOver(ctx: Context, theirs: MacSession): void {
  const { admins } = ctx.observed;
  const account = admins?.accounts.find(({ generatedUid }) => generatedUid === theirs.generatedUid);
  const person: Person = {
    uid: theirs.uid,
    generatedUid: theirs.generatedUid,
    username: account?.username ?? `uid ${theirs.uid}`,
  };
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
    baseline: {
      admins: ctx.record.known ?? before.filter((entry) => !own.includes(entry)),
      accounts: [],
    },
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
  if (record.known !== undefined || observed.admins === undefined) return;
  record.known = record.session?.baseline.admins ?? adminEntries(observed.admins);
  if (memory.recordAtStart === "read" || memory.enrolledHere || record.session !== undefined) return;
  const names = record.known.map((entry) => entryInWords(entry, observed.admins));
  const how = memory.recordAtStart === "absent" ? "was missing" : "could not be read";
  report(ctx, "drift", [`the agent's record ${how}; administrators now: ${names.join(", ")}`]);
}
