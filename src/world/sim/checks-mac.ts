import { type Account, fits } from "../../agent/core/membership.ts";
import { type Instant, MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { NetworkState } from "../mac/network.ts";
import { checkRunning } from "./checks-running.ts";
import type { DurableState } from "./durable-state.ts";
import {
  canRemove,
  type Intruder,
  isAble,
  isBlind,
  isHeardOnRecord,
  type MacSide,
  recordOnDisk,
  type SessionOnDisk,
  sessionOnDisk,
} from "./mac-side.ts";
import { noteOwedBack } from "./owed-back.ts";
import type { RecordBook } from "./record-book.ts";

/** The service's yes may be this old when the rights are given: 45 s, and what the giving itself takes. */
const YES_GOOD_MS = 75 * SECOND_MS;
/** What an agent that can act may take to undo what must not be. */
export const REACT_MS = 12 * SECOND_MS;
/** The Mac tries for half a minute to confirm the rights before it gives them up. */
const POLL_MS = 35 * SECOND_MS;
/** A Mac that woke waits half a minute for its network; then come the looks, and calls that hang. */
const LOSS_MS = 150 * SECOND_MS;
const LOSS_COUNTS_FROM_MS = 30 * SECOND_MS;
const OUTAGE_MS = 270 * SECOND_MS;
/** The deadline runs from the moment the rights were verified, which is after they were given. */
const VERIFY_MS = 35 * SECOND_MS;

/** Watches the admin group of one Mac; to be called after every change of it. */
export function watchAdmins(side: MacSide, durable: DurableState, book: RecordBook, now: Instant): void {
  const { mac, baselineGuids, intruders, isAttacked } = side;
  const present = mac.administrators();
  for (const account of present) {
    const { generatedUid } = account;
    if (baselineGuids.has(generatedUid) || intruders.has(generatedUid)) continue;
    const isNotOurs = isAttacked || side.accepted.has(generatedUid);
    const granted = isNotOurs ? undefined : checkGrant(side, account, durable, book, now);
    intruders.set(generatedUid, {
      account,
      since: now,
      requestId: granted?.requestId,
      endsBy: granted?.endsBy,
      unexplainedSince: undefined,
      ranMs: 0,
    });
    book.note(side.cast.serial, granted?.requestId, () => `${account.username} becomes an administrator`);
  }
  const before = intruders.size;
  for (const [guid, { account, requestId }] of intruders) {
    if (present.some(({ generatedUid }) => generatedUid === guid)) continue;
    intruders.delete(guid);
    const grant = requestId === undefined ? undefined : side.grants.get(requestId);
    if (requestId !== undefined && grant?.goneAt === undefined && grant !== undefined)
      side.grants.set(requestId, { ...grant, goneAt: now });
    book.note(side.cast.serial, requestId, () => `${account.username} is no administrator any more`);
  }
  forgetSetUp(side, present);
  const missing = [...baselineGuids].filter(
    (guid) => !present.some(({ generatedUid }) => generatedUid === guid),
  );
  if (isAttacked) for (const guid of missing) side.demotedGuids.add(guid);
  // Who was demoted by an attack and came back through SAP Privileges has such rights no longer than it gives them.
  const taken = missing.filter(
    (guid) => !side.missingBaseline.includes(guid) && !side.demotedGuids.has(guid),
  );
  noteOwedBack(side, missing);
  side.missingBaseline = missing;
  // What an edited record can bring about is rights that stay: without any it is only a record, as soon as the agent
  // knows again who its administrators are, and no session is on it, or what the service has of that one.
  const isVouched = sessionOnDisk(mac) === undefined || isHeardOnRecord(side);
  const isKnowing = recordOnDisk(mac)?.known !== undefined && isVouched;
  if (intruders.size === 0 && !isAttacked && isKnowing) side.recordTouchedAtStart = undefined;
  // Where nothing is taken from anybody, nothing is taken by mistake.
  const isTaking = taken.length + before - intruders.size > 0;
  if (isTaking) {
    book.check("L16", "nobody is demoted by mistake", taken.length === 0, () => ({
      text: `${taken.join(", ")} lost the rights that they had before`,
      serial: side.cast.serial,
    }));
  }
}

/** Who lost what a wiped Mac was set up with gets rights like anybody, unless a session has yet to give them back. */
function forgetSetUp({ mac, metAtSetUp, accepted }: MacSide, present: readonly Account[]): void {
  if (metAtSetUp.size === 0 || sessionOnDisk(mac) !== undefined) return;
  for (const guid of metAtSetUp) {
    if (present.some(({ generatedUid }) => generatedUid === guid)) continue;
    metAtSetUp.delete(guid);
    accepted.delete(guid);
  }
}

/** Laws L1 and L3 at the moment the agent gives rights. */
function checkGrant(
  side: MacSide,
  account: Account,
  durable: DurableState,
  book: RecordBook,
  now: Instant,
): { readonly requestId: string; readonly endsBy: Instant } | undefined {
  const { serial } = side.cast;
  const session = sessionOnDisk(side.mac);
  const stored = session === undefined ? undefined : durable.requests.get(session.requestId)?.request;
  const request = stored !== undefined && "arming" in stored ? stored : undefined;
  const isPermitted =
    request !== undefined &&
    request.ask.serial === serial &&
    request.ask.generatedUid === account.generatedUid &&
    request.ask.uid === account.uid &&
    request.arming.armId === session?.armId &&
    now - request.arming.armedAt <= YES_GOOD_MS;
  book.check("L1", "no grant without permission", isPermitted, () => ({
    text: `${account.username} was given rights; on record ${JSON.stringify(session?.requestId)}, stored ${stored?.status}`,
    serial,
    ...(session === undefined ? {} : { requestId: session.requestId }),
  }));
  book.check("L3", "the deadline is on disk before the rights", session?.deadline !== undefined, () => ({
    text: `no deadline on record when ${account.username} was given rights`,
    serial,
  }));
  if (request === undefined) return undefined;
  const { requestId } = request.ask;
  book.count("sessions");
  side.grants.set(requestId, { generatedUid: account.generatedUid, at: now });
  return { requestId, endsBy: now + request.approval.minutes * MINUTE_MS + VERIFY_MS };
}

/** Laws L4 and L5 as time goes on: nobody keeps rights that the Mac could have taken away. */
export function checkTime(side: MacSide, durable: DurableState, book: RecordBook, now: Instant): void {
  checkRunning(side, book, now, REACT_MS);
  if (!isAble(side)) side.ableSince = now + 1;
  if (!canRemove(side)) {
    side.canRemoveSince = now + 1;
    return;
  }
  if (side.intruders.size === 0 || now - side.canRemoveSince < REACT_MS) return;
  const session = sessionOnDisk(side.mac);
  const { serial } = side.cast;
  checkDeadline(side, session, book);
  for (const intruder of side.intruders.values()) {
    const { account, requestId, endsBy } = intruder;
    const isOwn = session?.phase !== "ending" && session?.person.generatedUid === account.generatedUid;
    intruder.unexplainedSince = isOwn ? undefined : (intruder.unexplainedSince ?? now);
    const believes = believesSince(side, account);
    if (believes === undefined) continue;
    const about = { serial, ...(requestId === undefined ? {} : { requestId }) };
    // Before its last minute nothing is due: most sessions end before they come to it.
    if (endsBy !== undefined && now >= endsBy - MINUTE_MS) {
      const latest = Math.max(endsBy, believes.endAt);
      book.check("L4", "the Mac ends it on time", now <= latest + REACT_MS, () => ({
        text: `${account.username} is an administrator ${(now - latest) / 1000} s after the latest end`,
        ...about,
      }));
    }
    if (believes.baselineAt === ALWAYS) {
      checkConfirmed(side, intruder, durable, book, now);
      checkCutOff(side, intruder, book, now);
    }
    const { isEnrolled } = side.mac.condition();
    if (side.wipes > 0 && session === undefined && isBlind(side)) {
      side.accepted.add(account.generatedUid);
      side.metAtSetUp.add(account.generatedUid);
    }
    const isUnknown = !isEnrolled || side.accepted.has(account.generatedUid);
    if (isUnknown) intruder.unexplainedSince = undefined;
    const { unexplainedSince } = intruder;
    if (unexplainedSince === undefined) continue;
    const from = Math.max(unexplainedSince, side.canRemoveSince, believes.baselineAt);
    if (now === from) continue;
    book.check("L5", "rights without a session are taken away", now - from <= REACT_MS, () => ({
      text: `${account.username} is an administrator without a session for ${(now - from) / 1000} s`,
      ...about,
    }));
  }
}

/** Law L3: rights that the service has not heard of within its window are none; a Mac that woke tries once more. */
function checkConfirmed(
  { canRemoveSince, cast }: MacSide,
  { account, requestId }: Intruder,
  durable: DurableState,
  book: RecordBook,
  now: Instant,
): void {
  const request = requestId === undefined ? undefined : durable.requests.get(requestId)?.request;
  const isUnconfirmed = request !== undefined && "arming" in request && !("grant" in request);
  if (!isUnconfirmed) return;
  const isLate = Math.max(request.arming.confirmBy, canRemoveSince) + REACT_MS + POLL_MS < now;
  book.check("L3", "rights that the service never heard of are taken away", !isLate, () => ({
    text: `${account.username} has rights that were never confirmed`,
    serial: cast.serial,
    ...(requestId === undefined ? {} : { requestId }),
  }));
}

/** Law L4: whatever the service, the clock or a restart say, the deadline on record only ever comes nearer. */
function checkDeadline(side: MacSide, session: SessionOnDisk | undefined, book: RecordBook): void {
  const { lastDeadline, cast, recordTouchedAtStart } = side;
  const { deadline, armId = "" } = session ?? {};
  const isKept = deadline !== undefined && recordTouchedAtStart === undefined;
  side.lastDeadline = isKept ? { armId, ...deadline } : undefined;
  if (!isKept || lastDeadline?.armId !== armId || lastDeadline.bootSession !== deadline.bootSession) return;
  const laterBy = deadline.continuousSeconds - lastDeadline.continuousSeconds;
  book.check("L4", "the deadline never moves later", laterBy <= 0, () => ({
    text: `later by ${laterBy} s`,
    serial: cast.serial,
    ...(session === undefined ? {} : { requestId: session.requestId }),
  }));
}

/**
 * Law L9: who cannot be told that it is over has no rights. Where the probe of the network fails too, three looks are
 * enough; where only the service is silent it is given three minutes, and so it is by an agent that the service has not
 * answered since its start, as it does not know whom to probe. Calls that hang come on top.
 */
function checkCutOff(side: MacSide, { account, requestId }: Intruder, book: RecordBook, now: Instant): void {
  const { cutOff, canRemoveSince, cast, mac } = side;
  if (cutOff === undefined || requestId === undefined) return;
  const isUnprobed = mac.agentStarts() !== side.configuredAtStart;
  const isProbeFine = isUnprobed || PROBED.has(cutOff.state);
  const cutFor = now - Math.max(cutOff.since, canRemoveSince);
  // So short a loss ends nothing anywhere.
  if (cutFor < LOSS_COUNTS_FROM_MS) return;
  const isSoon = cutFor <= (isProbeFine ? OUTAGE_MS : LOSS_MS);
  book.check("L9", "a Mac that is cut off gives no rights", isSoon, () => ({
    text: `${account.username} has rights after ${cutFor / 1_000} s of ${cutOff.state}`,
    serial: cast.serial,
    requestId,
  }));
}

/** What fails without the probe's noticing. */
const PROBED: ReadonlySet<NetworkState> = new Set(["service_blocked", "service_busy", "captive_page"]);

const ALWAYS = -Infinity;

/** True when the record on disk has this account among the administrators of before, or knows nothing of them. */
function isBelieved({ mac }: MacSide, account: Account): boolean {
  const record = recordOnDisk(mac);
  const before = record?.session?.baseline.admins ?? record?.known;
  return before === undefined || before.some((entry) => fits(entry, account));
}

/**
 * Who edits or deletes the record while no agent watches makes the next one believe anything, until it hears from the
 * service what was there before the session, and when that ends; see docs. Undefined as long as it has not: so it is
 * for those whom the record still takes for administrators of before, whatever a process that died since has heard.
 */
export function believesSince(
  side: MacSide,
  account: Account,
): { readonly baselineAt: Instant; readonly endAt: Instant } | undefined {
  const { recordTouchedAtStart, mac, heard } = side;
  const starts = mac.agentStarts();
  if (recordTouchedAtStart === undefined || recordTouchedAtStart === starts)
    return { baselineAt: ALWAYS, endAt: ALWAYS };
  const isHeard = heard?.starts === starts || (isHeardOnRecord(side) && !isBelieved(side, account));
  if (!isHeard || heard?.baselineAt === undefined) return undefined;
  return { baselineAt: heard.baselineAt, endAt: heard.endAt ?? Infinity };
}
