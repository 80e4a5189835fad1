import type { Calls } from "./calls.ts";
import { type Context, report } from "./context.ts";
import { forgetFindings } from "./memory.ts";
import { adminEntries, type AdminEntry, entriesOf, fits, type Person, personOf } from "./membership.ts";
import { deadlineAfter } from "./now.ts";
import { type Baseline, type Ending, newLog, type OwedCall } from "./record.ts";
import { vouchedBaseline } from "./sent-baseline.ts";

type MacSession = NonNullable<Calls["mac"]["answer"]["session"]>;
type ProofOnRecord = Extract<OwedCall, { name: "removed" }>;

/** Why a session is taken over: the reason of its end, what the exit report says, and as what it is told at once. */
interface Why extends Pick<Ending, "reason" | "isLogShipped"> {
  readonly text: string;
  readonly kind?: "tampered" | "device_error";
}

/** How a session came to be missing: its proof is on record, or this process has been running without it. */
interface Lost {
  readonly proof?: ProofOnRecord | undefined;
  readonly isLate?: boolean;
}

/**
 * The service knows a session that is not on record: the record vanished, the agent died between the service's yes and
 * its saving, the end is on record with `proof` and the service has not heard of it, or the service's yes came late.
 * Rights are taken away, and what can still be told is told; a proof is made anew from what this process reads.
 */
export function takeOver(ctx: Context, theirs: MacSession, { proof, isLate }: Lost): void {
  const { admins } = ctx.observed;
  const { known } = ctx.record;
  forgetFindings(ctx.memory);
  const person = personOf(admins, theirs);
  const own = admins === undefined ? [] : entriesOf(admins, person);
  const before = (known ?? (admins === undefined ? [] : adminEntries(admins))).filter(
    (entry) => !own.includes(entry) && !fits(entry, person),
  );
  const baseline = isLate === true ? undefined : vouchedWithout(theirs, person);
  const isBelied =
    own.length > 0 || known?.some((entry) => baseline?.admins.includes(entry) === false) === true;
  const why =
    proof !== undefined && theirs.status !== "arming"
      ? whyProven(proof, isBelied)
      : isLate === true && own.length === 0
        ? LATE
        : whyLost(ctx, theirs, own);
  ctx.record.session = {
    requestId: theirs.requestId,
    armId: theirs.armId,
    person,
    minutes: 5,
    baseline: baseline ?? { admins: before, accounts: [] },
    phase: "ending",
    deadline: deadlineAfter(ctx.now, 0),
    granted: own.length > 0 || (theirs.status !== "arming" && isLate !== true),
    sinceWall: ctx.now.wall,
    sinceSeconds: 0,
    startTold: theirs.status !== "arming",
    warned: true,
    watchedAtAwake: ctx.now.awakeSeconds,
    log: newLog("", 0),
    ending: {
      reason: theirs.endReason ?? why.reason,
      stage: "rights",
      sinceWall: ctx.now.wall,
      sinceSeconds: ctx.now.continuousSeconds,
      findings: [why.text],
      ...(why.isLogShipped === true ? { isLogShipped: true } : {}),
    },
  };
  if (why.kind !== undefined) report(ctx, why.kind, [why.text], theirs.requestId);
}

/**
 * What the service was sent before the session. Nobody is given rights who has them already (law L16), so one that
 * explains the session's own person was sent by somebody else with this Mac's key; nor is it asked for where this very
 * process knows who was administrator before.
 */
function vouchedWithout({ baseline: sent }: MacSession, person: Person): Baseline | undefined {
  if (sent === undefined) return undefined;
  const baseline = vouchedBaseline(sent);
  return { ...baseline, admins: baseline.admins.filter((entry) => !fits(entry, person)) };
}

/** Another process owed the proof. Where nothing belies it that is a crash at the very end, which is no news. */
function whyProven({ reason }: ProofOnRecord, isBelied: boolean): Why {
  if (isBelied) {
    return {
      reason: "tampered",
      kind: "tampered",
      text: "the end of the session on this Mac's record was false",
    };
  }
  const text =
    "the agent was started again at the end: its proof was made anew, the log's last lines may be missing";
  return { reason, isLogShipped: true, text };
}

const LATE: Why = {
  reason: "device_error",
  kind: "device_error",
  text: "the service has a session that this Mac had given up, or never asked for",
  isLogShipped: true,
};

function whyLost(ctx: Context, theirs: MacSession, own: readonly AdminEntry[]): Why {
  const wasCrash = theirs.status === "arming" && own.length === 0 && ctx.memory.recordAtStart === "read";
  const reason = wasCrash ? "device_error" : "tampered";
  const text = wasCrash
    ? "the agent was started again while it took up the approval"
    : "the agent's record of the session was lost";
  return { reason, kind: reason, text };
}
