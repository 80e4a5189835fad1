import { applyStatus } from "./waiting.ts";
import type { Calls, Outcome } from "./calls.ts";
import { backOff, call, type Context, isBusy, isDue, keepTicking, newId, report } from "./context.ts";
import { adminEntries, entryInWords } from "./membership.ts";
import { rereadRecord } from "./reread.ts";
import { meetLateSession, meetSession } from "./vouch.ts";

const RETRY_CAP_SECONDS = 300;
const RE_ENROLL_CAP_SECONDS = 300;
/** The service asks Iru about the Mac first, several times if need be; a key that nobody waits for any more is lost. */
const ENROLL_LIMIT_SECONDS = 45;

type MacAnswer = Calls["mac"]["answer"];

/**
 * On every start, and where a session is in doubt, the Mac asks what it should be; before that it enrols, if it never did.
 */
export function startupTick(ctx: Context): void {
  rereadRecord(ctx);
  noteLoss(ctx);
  noteKeychain(ctx);
  const { enroll, mac, config, enrolledHere, standDoubted } = ctx.memory;
  // Whether there is a key is not known: a second enrolment would ask IT, and the first look that can read it tells.
  if (ctx.observed.enrolled === undefined) return keepTicking(ctx);
  if (!ctx.observed.enrolled) {
    if (!isBusy(ctx, "enroll") && isDue(ctx, enroll)) call(ctx, { name: "enroll" }, ENROLL_LIMIT_SECONDS);
    return;
  }
  // Whoever has a session, or is about to take one up, asks afterwards.
  const isFree = ctx.record.session === undefined && ctx.memory.preparation === undefined;
  const isWanted = config === undefined || (standDoubted && isFree);
  if (isWanted && !isBusy(ctx, "mac") && isDue(ctx, mac)) {
    // What is doubted from now on, this answer cannot know.
    ctx.memory.standDoubted = false;
    ctx.memory.droppedMeanwhile = [];
    call(ctx, { name: "mac" });
  }
  // An enrolment is enough: until somebody is known, nobody who takes rights would be noticed (law L5).
  if (config !== undefined || enrolledHere) learnAdmins(ctx);
}

/**
 * Kept on record: this process may begin a new one and die before it knows whom to name, or before its keychain tells
 * whether the Mac is enrolled. One that is not loses nothing.
 */
function noteLoss({ record, memory, observed }: Context): void {
  const { recordAtStart, enrolledHere } = memory;
  const isNew = observed.enrolled === false || enrolledHere;
  if (recordAtStart === "read" || record.known !== undefined || isNew) return;
  // Where nothing can be saved nothing after a save is done: asking the service who has rights must not wait for it.
  if (memory.unsavedSince !== undefined && memory.config === undefined) return;
  record.knownLost ??= recordAtStart;
}

/** IT hears once of a keychain that does not do its work, as soon as anything can be sent. */
function noteKeychain(ctx: Context): void {
  const { keychainTrouble: trouble } = ctx.observed;
  if (trouble === undefined || ctx.memory.keychainTold === trouble) return;
  ctx.memory.keychainTold = trouble;
  report(ctx, "device_error", [trouble]);
}

/** The service gave a key, or not: again means waiting for an approver. */
export function onEnrolled(ctx: Context, outcome: Outcome<unknown>): void {
  if (outcome.came !== "answer") return backOff(ctx, ctx.memory.enroll, RE_ENROLL_CAP_SECONDS, outcome);
  ctx.memory.enrolledHere = true;
}

/** The service said what this Mac should be. Where it and the record differ, rights go first. */
export function onMac(ctx: Context, outcome: Outcome<MacAnswer>): void {
  // All that is owed waits for this answer.
  if (outcome.came === "silent") ctx.memory.unreached.push("mac");
  if (outcome.came !== "answer") {
    ctx.memory.standDoubted = true;
    return backOff(ctx, ctx.memory.mac, RETRY_CAP_SECONDS, outcome);
  }
  const { answer } = outcome;
  ctx.memory.mac.failures = 0;
  const isFirst = ctx.memory.config === undefined;
  ctx.memory.config = answer.config;
  if (isFirst) meetSession(ctx, answer.session);
  else meetLateSession(ctx, answer.session);
  const withdrawn = new Set(
    ctx.record.outbox.flatMap(({ call }) => (call.name === "cancel" ? [call.requestId] : [])),
  );
  for (const open of answer.openRequests) {
    const isKnown =
      withdrawn.has(open.requestId) ||
      ctx.record.requests.some(({ requestId }) => requestId === open.requestId) ||
      ctx.record.session?.requestId === open.requestId ||
      ctx.memory.droppedMeanwhile.includes(open.requestId);
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

/** The first list of administrators is what is found, less whoever has a session. Where one was lost, IT is told. */
function learnAdmins(ctx: Context): void {
  const { record, memory, observed } = ctx;
  if (record.known !== undefined) return;
  if (observed.admins === undefined) return keepTicking(ctx);
  record.known = record.session?.baseline.admins ?? adminEntries(observed.admins);
  record.knownSudo ??= observed.sudoFiles;
  const lost = record.knownLost;
  record.knownLost = undefined;
  if (lost === undefined || memory.enrolledHere || record.session !== undefined) return;
  const names = record.known.map((entry) => entryInWords(entry, observed.admins));
  const how = lost === "absent" ? "was missing" : "could not be read";
  report(ctx, "drift", [
    `the agent's record ${how}; administrators now: ${names.join(", ")}`,
    `files of sudo now: ${Object.keys(record.knownSudo ?? {}).join(", ")}`,
  ]);
}
