import { disown, drop, memoryOf } from "./acts.ts";
import { createSession } from "./arm.ts";
import { changesBetween, type SudoFiles, sudoFilesIn } from "./baseline.ts";
import type { Call, Calls, Outcome } from "./calls.ts";
import {
  alert,
  backOff,
  beside,
  call,
  type Context,
  isBusy,
  isDue,
  newId,
  owe,
  report,
  wakeAt,
  wishedSeconds,
} from "./context.ts";
import { adminEntries, difference, entriesOf, entryInWords, isSamePerson } from "./membership.ts";
import type { Preparation } from "./memory.ts";
import type { Baseline, Outgoing, Waiting } from "./record.ts";
import { sentBaseline } from "./sent-baseline.ts";
import { TITLE } from "./words.ts";

const CHECKS_MAX_SECONDS = 60;
const ARM_TRIES_SECONDS = 30;
const ARM_RETRY_SECONDS = 2;
const RETRY_CAP_SECONDS = 120;
const RECENT_ANSWER_SECONDS = 60;

/**
 * Everything that must be right before the service is asked for the last word: the person, the admin group, the
 * sudo log proven by a canary, the network, the baseline; then `/arm`. Nothing is granted here.
 */
export function prepare(ctx: Context, waiting: Waiting): void {
  const current = ctx.memory.preparation;
  if (current === undefined) return begin(ctx, waiting);
  if (current.problem !== undefined) return abandon(ctx, waiting, current, current.problem);
  if (current.armFirstSentSeconds !== undefined) return arm(ctx, waiting, current);
  const age = ctx.now.continuousSeconds - current.sinceSeconds;
  if (age > CHECKS_MAX_SECONDS)
    return abandon(ctx, waiting, current, "the checks before the start took too long");
  wakeAt(ctx, current.sinceSeconds + CHECKS_MAX_SECONDS + 1);
  if (current.dropInWritten && current.canaryNonce === undefined) {
    current.canaryNonce = newId(ctx);
    ctx.memory.nonces.push(current.canaryNonce);
    ctx.steps.push({ do: "canary", nonce: current.canaryNonce });
  }
  if (current.log === undefined || !current.hasSnapshot || !current.probed) return;
  const doubt = doubtOf(ctx, current.baseline);
  if (doubt === undefined) arm(ctx, waiting, current);
  else abandon(ctx, waiting, current, doubt);
}

/**
 * Why the baseline is no longer what was there before: whoever IT demoted meanwhile would be given the rights back
 * after the session, and a rule of sudo that is about to be undone would stay (laws L5, L16).
 */
function doubtOf({ observed, record }: Context, { admins, items = {} }: Baseline): string | undefined {
  if (observed.admins === undefined) return "the list of administrators cannot be read";
  const { extra, missing } = difference(admins, adminEntries(observed.admins));
  if (extra.length > 0 || missing.length > 0) return "the administrators are not those of a moment ago";
  const { knownSudo } = record;
  const sudo = sudoFilesIn(items);
  const isSame = (files: SudoFiles | undefined) =>
    files !== undefined && changesBetween(sudo, files).length === 0;
  return isSame(knownSudo) && isSame(observed.sudoFiles)
    ? undefined
    : "the settings of sudo are not those that are known";
}

function begin(ctx: Context, waiting: Waiting): void {
  // A snapshot of an earlier try says what was there before that one, and would come back in the midst of this one.
  if (isBusy(ctx, "snapshot")) return wakeAt(ctx, ctx.now.continuousSeconds + 1);
  // That an earlier try is over is to be heard first: where the service had said yes to it, it refuses any other.
  const isDisowned = ({ call: owed }: Outgoing) =>
    owed.name === "removed" && owed.requestId === waiting.requestId;
  if (ctx.record.outbox.some(isDisowned)) return;
  const { admins } = ctx.observed;
  const { known } = ctx.record;
  if (admins === undefined || known === undefined) return wakeAt(ctx, ctx.now.continuousSeconds + 1);
  const entries = adminEntries(admins);
  const { extra } = difference(known, entries);
  // Unexplained admins are being dealt with; nobody is armed beside them.
  if (extra.length > 0) return wakeAt(ctx, ctx.now.continuousSeconds + 1);
  if (!isSamePerson(admins, waiting.person)) {
    return refuse(
      ctx,
      waiting,
      "Your account is not the one that asked.",
      "the uid belongs to another account now",
    );
  }
  const paths = entriesOf(admins, waiting.person).map((entry) => entryInWords(entry, admins));
  if (paths.length > 0) {
    const why = `already an administrator: ${paths.join(", ")}`;
    return refuse(ctx, waiting, `You are ${why}.`, `refused before arming: ${why}`);
  }
  ctx.memory.preparation = {
    requestId: waiting.requestId as string,
    armId: newId(ctx),
    sinceSeconds: ctx.now.continuousSeconds,
    baseline: {
      admins: entries,
      accounts: admins.accounts.map(({ uid, generatedUid, username }) => ({ uid, generatedUid, username })),
    },
    dropInWritten: false,
    hasSnapshot: false,
    probed: false,
    armDueSeconds: ctx.now.continuousSeconds,
  };
  ctx.steps.push({ do: "write_drop_in" });
  beside(ctx, "snapshot", { do: "take_snapshot" });
  beside(ctx, "probe", { do: "probe", url: ctx.memory.config?.probeUrl ?? "" });
  wakeAt(ctx, ctx.now.continuousSeconds + CHECKS_MAX_SECONDS + 1);
}

/** This request can never be taken up: the person and IT are told, and it is cancelled (law L16). */
function refuse(ctx: Context, waiting: Waiting, toPerson: string, toIt: string): void {
  alert(ctx, waiting.person.uid, TITLE, toPerson);
  report(ctx, "device_error", [toIt], waiting.requestId);
  owe(ctx, { name: "cancel", requestId: waiting.requestId as string });
  drop(ctx, waiting);
}

function abandon(ctx: Context, waiting: Waiting, preparation: Preparation, problem: string): void {
  ctx.memory.preparation = undefined;
  ctx.steps.push({ do: "remove_drop_in" });
  const memory = memoryOf(ctx, waiting);
  if (memory.prepare.failures === 0) {
    alert(
      ctx,
      waiting.person.uid,
      TITLE,
      `Your session cannot start yet: ${problem}. It will be tried again.`,
    );
    report(ctx, "device_error", [`the session could not start: ${problem}`], waiting.requestId);
  }
  backOff(ctx, memory.prepare, RETRY_CAP_SECONDS);
  memory.prepare.dueSeconds = Math.max(memory.prepare.dueSeconds, ctx.now.continuousSeconds + 30);
  // The service may have armed without our hearing of it.
  if (preparation.armFirstSentSeconds !== undefined) disown(ctx, preparation);
}

function arm(ctx: Context, waiting: Waiting, preparation: Preparation): void {
  if (isBusy(ctx, "arm") || !isDue(ctx, { dueSeconds: preparation.armDueSeconds })) return;
  const baseline = sentBaseline(preparation.baseline);
  if (baseline === undefined) {
    return abandon(ctx, waiting, preparation, "this Mac has too many administrators or rules of sudo");
  }
  const now = ctx.now.continuousSeconds;
  preparation.armFirstSentSeconds ??= now;
  if (now - preparation.armFirstSentSeconds > ARM_TRIES_SECONDS) {
    return abandon(ctx, waiting, preparation, "the service could not be asked for its last word");
  }
  const { uid, generatedUid } = waiting.person;
  const { requestId, armId } = preparation;
  call(ctx, { name: "arm", requestId, armId, uid, generatedUid, baseline: { ...baseline } });
}

/** The service's last word before the grant (law L1): only its yes, fresh and for this very attempt, counts. */
export function onArmed(
  ctx: Context,
  asked: Extract<Call, { name: "arm" }>,
  outcome: Outcome<Calls["arm"]["answer"]>,
): void {
  const { preparation } = ctx.memory;
  const waiting = ctx.record.requests.find((other) => other.requestId === asked.requestId);
  const isOurs = preparation !== undefined && waiting !== undefined && preparation.armId === asked.armId;
  if (!isOurs) {
    if (outcome.came === "answer" && ctx.record.session?.armId !== asked.armId) {
      disown(ctx, asked);
    }
    return;
  }
  if (outcome.came === "answer") {
    const isFresh =
      ctx.now.continuousSeconds - (preparation.armFirstSentSeconds ?? -Infinity) <= ARM_TRIES_SECONDS + 10;
    if (!isFresh) return abandon(ctx, waiting, preparation, "the service's answer came too late");
    const doubt = doubtOf(ctx, preparation.baseline);
    if (doubt !== undefined) return abandon(ctx, waiting, preparation, doubt);
    return createSession(ctx, waiting, preparation, outcome.answer.approvedMinutes);
  }
  if (outcome.came === "refused") {
    // Another session of this Mac stands in the way, and this Mac has none.
    if (outcome.requestId !== undefined) ctx.memory.standDoubted = true;
    // A try before this one, whose answer was lost, may have been the one that armed.
    if (preparation.armUnanswered !== true) preparation.armFirstSentSeconds = undefined;
    memoryOf(ctx, waiting).next.dueSeconds = ctx.now.continuousSeconds;
    return abandon(ctx, waiting, preparation, outcome.detail);
  }
  preparation.armUnanswered = true;
  const wait = Math.max(ARM_RETRY_SECONDS, wishedSeconds(ctx, outcome));
  preparation.armDueSeconds = ctx.now.continuousSeconds + wait;
}

/** The drop-in was written, or not. */
export function onDropInWritten(ctx: Context, ok: boolean, text: string): void {
  const { preparation } = ctx.memory;
  if (preparation === undefined) return;
  if (ok) preparation.dropInWritten = true;
  else preparation.problem = `sudo's logging could not be set up (${text})`;
}

/** The canary's line was found in the sudo log, or not: without it nothing is granted (law L8). */
export function onPreparationCanary(
  ctx: Context,
  nonce: string,
  found: boolean,
  log: Preparation["log"],
): boolean {
  const { preparation } = ctx.memory;
  if (preparation?.canaryNonce !== nonce) return false;
  if (found && log !== undefined) preparation.log = preparation.baseline.log = log;
  else preparation.problem = "sudo's log does not record what it should";
  return true;
}

/** The snapshot for the baseline is there; null when it could not be made. */
export function onPreparationSnapshot(ctx: Context, items: Readonly<Record<string, string>> | null): boolean {
  const { preparation } = ctx.memory;
  if (preparation === undefined || preparation.hasSnapshot) return false;
  preparation.hasSnapshot = true;
  if (items === null) preparation.problem = "this Mac's state before the session could not be recorded";
  else preparation.baseline.items = { ...items };
  return true;
}

/** The probe before a grant: where it fails, the service must have answered lately. */
export function onPreparationProbe(ctx: Context, ok: boolean): void {
  const { preparation, network } = ctx.memory;
  if (preparation === undefined || preparation.probed) return;
  preparation.probed = true;
  const answered = ctx.now.awakeSeconds - network.lastAnswerAt <= RECENT_ANSWER_SECONDS;
  if (!ok && !answered) preparation.problem = "the network cannot be reached";
}
