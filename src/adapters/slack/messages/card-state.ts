import type {
  ActiveRequest,
  AccessRequest,
  Approval,
  ApprovedRequest,
  EndedRequest,
  Ending,
  EndingRequest,
  Proof,
  SessionLog,
} from "../../../core/request.ts";
import { END_REASON_WORDS, actorWords, clockTime, counted, dayAndTime, exactTime } from "./words.ts";

/** Where a request stands in two or three words; plain, for headlines and lists. */
export function headlineOf(request: AccessRequest): string {
  switch (request.status) {
    case "pending":
      return `Admin rights for ${request.ask.durationMinutes} minutes?`;
    case "approved":
      return `Approved for ${request.approval.minutes} minutes`;
    case "arming":
      return "Approved, the Mac is taking it up";
    case "active":
      return "Admin now";
    case "ending":
      return request.proof.state === "still_admin" ? "STILL ADMIN" : "Ending";
    case "ended":
      return endedHeadline(request);
    case "denied":
      return "Denied";
    case "cancelled":
      return "Cancelled";
    case "expired_unanswered":
      return "Closed without an answer";
    case "lapsed":
      return "Approval lapsed";
  }
}

function endedHeadline(request: EndedRequest): string {
  switch (request.proof.state) {
    case "removed":
      return request.proof.granted ? "Ended, rights removed" : "Ended, rights never given";
    case "closed_unverified":
    case "re_enrolled":
    case "awaited":
    case "not_confirmed":
      return "Closed, removal not confirmed";
    case "still_admin":
      return "STILL ADMIN";
  }
}

/** What happened and what is next, as lines of mrkdwn; none while nobody has decided. */
export function stateLines(request: AccessRequest): readonly string[] {
  switch (request.status) {
    case "pending":
      return request.autoApprovalDeclined === undefined ? [] : ["Off-hours approval left this to a person."];
    case "approved":
      return approvedLines(request);
    case "arming":
      return [
        approvalLine(request.approval, request.ask.durationMinutes),
        `The Mac is taking it up and has to confirm by ${exactTime(request.arming.confirmBy)}.`,
      ];
    case "active":
      return activeLines(request);
    case "ending":
    case "ended":
      return endLines(request);
    case "denied":
      return [`*Denied* by ${actorWords(request.denial.by)} at ${dayAndTime(request.denial.at)}.`];
    case "cancelled":
      return [
        ...(request.approval === undefined
          ? []
          : [approvalLine(request.approval, request.ask.durationMinutes)]),
        `*Cancelled* by ${actorWords(request.cancellation.by)} at ${dayAndTime(request.cancellation.at)}.`,
      ];
    case "expired_unanswered":
      return [`Nobody answered. Closed at ${dayAndTime(request.closedAt)}.`];
    case "lapsed":
      return [
        approvalLine(request.approval, request.ask.durationMinutes),
        `*Lapsed* at ${dayAndTime(request.lapsedAt)}: the Mac did not take it up in time.`,
      ];
  }
}

function approvalLine(approval: Approval, askedMinutes: number): string {
  const instead = approval.minutes === askedMinutes ? "" : ` (asked for ${askedMinutes})`;
  const by = actorWords(approval.by);
  return `*Approved for ${approval.minutes} minutes*${instead} by ${by} at ${dayAndTime(approval.at)}.`;
}

const SIGNAL_WORDS: Readonly<Record<ApprovedRequest["signal"], string>> = {
  pending: "The signal to the Mac is being set in Iru.",
  set: "The signal to the Mac is set in Iru; the minutes start when the Mac confirms the rights.",
  failed: "*The signal to the Mac could not be set in Iru*; see the thread.",
};

function approvedLines(request: ApprovedRequest): readonly string[] {
  return [
    approvalLine(request.approval, request.ask.durationMinutes),
    SIGNAL_WORDS[request.signal],
    `Lapses at ${clockTime(request.lapsesAt)} unless the Mac takes it up before.`,
  ];
}

function activeLines(request: ActiveRequest): readonly string[] {
  const { startedAt, endsAt, heartbeatLostAt } = request.grant;
  return [
    `*Admin until ${clockTime(endsAt)}*, confirmed on the Mac at ${exactTime(startedAt)}.`,
    approvalLine(request.approval, request.ask.durationMinutes),
    ...(heartbeatLostAt === undefined
      ? []
      : [`No sign of life since ${exactTime(heartbeatLostAt)}. The Mac keeps its own deadline.`]),
  ];
}

function lockWords({ by, at, confirmed, refused }: NonNullable<Ending["lock"]>): string {
  if (confirmed) return `*Lock:* the Mac was locked on the order of ${actorWords(by)}.`;
  const order = `*Lock:* ordered by ${actorWords(by)} at ${exactTime(at)}`;
  return refused === true
    ? `${order}, *refused by Iru*; see the thread.`
    : `${order}, not yet accepted by Iru.`;
}

function endLines(request: EndingRequest | EndedRequest): readonly string[] {
  const { reason, since, by, lock } = request.ending;
  const who = by.kind === "slack" ? `, by ${actorWords(by)}` : "";
  return [
    `*${request.status === "ended" ? "Ended" : "Ending"}:* ${END_REASON_WORDS[reason]}${who} at ${dayAndTime(since)}.`,
    `*Rights:* ${proofWords(request.proof)}`,
    ...(lock === undefined ? [] : [lockWords(lock)]),
    `*Log:* ${logWords(request.log)}`,
    approvalLine(request.approval, request.ask.durationMinutes),
  ];
}

/** What is known about the rights being gone: silence is neither "gone" nor "still admin" (law L5). */
export function proofWords(proof: Proof): string {
  switch (proof.state) {
    case "awaited":
      return "waiting for the Mac's proof that they are gone.";
    case "not_confirmed":
      return `*not confirmed.* The Mac said at ${exactTime(proof.at)} that it could not verify it; it keeps trying.`;
    case "still_admin":
      return `*STILL ADMIN*, read on the Mac itself at ${exactTime(proof.at)}.`;
    case "removed":
      return proof.granted
        ? `removed, verified on the Mac at ${exactTime(proof.removedAt)}.`
        : `never given, verified on the Mac at ${exactTime(proof.removedAt)}.`;
    case "closed_unverified":
      return `*not confirmed.* Closed as unverified by ${actorWords(proof.by)} at ${dayAndTime(proof.at)}.`;
    case "re_enrolled":
      return `*not confirmed.* The Mac was enrolled anew at ${dayAndTime(proof.at)}, so the session is closed.`;
  }
}

/** Where the command log is. */
export function logWords(log: SessionLog): string {
  switch (log.state) {
    case "none":
      return "none yet.";
    case "streaming":
      return "arriving from the Mac.";
    case "missing":
      return `*MISSING* since ${exactTime(log.at)}. A late log is still taken.`;
    case "collected":
      return `stored, ${counted(log.lines, "line")}${log.late ? ", late" : ""}; the file is in the thread.`;
  }
}
