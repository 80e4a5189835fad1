import type { Effect, PrivateAnswer } from "../../core/effects.ts";
import type { RequestEventType } from "../../core/events.ts";
import { INVARIANTS } from "../../core/invariants.ts";
import { LIFECYCLE } from "../../core/lifecycle.ts";
import type { Policy } from "../../core/policy-config.ts";
import { mayHoldRights } from "../../core/alarms.ts";
import { type AccessRequest, isOpen, type Status } from "../../core/request.ts";
import { STEP_INVARIANTS } from "../../core/step-invariants.ts";
import type { Change, OutboxItem, StoredMac, StoredRequest } from "../../ports/store.ts";
import type { RecordBook } from "./record-book.ts";
import { speaksOf, speaksOfStep } from "./premises.ts";
import { reasonOfAnswer } from "./refusal-reasons.ts";

/** What the store was asked to keep for one stream, and what became of its effects. */
export interface DurableStream {
  readonly effects: Map<string, Effect>;
  readonly states: Map<string, OutboxItem["state"]>;
  /** How often each effect was begun. */
  readonly tries: Map<string, number>;
  readonly events: string[];
  /** The keys of the effects of which IT was told that they are stuck. */
  readonly failed: Set<string>;
}

/**
 * What the store holds, learned from the changes that it said it stored: the truth that a Mac, Slack and Iru are held
 * against, whatever the service believes. At the end of a run it is itself compared with the store.
 */
export interface DurableState {
  readonly requests: ReadonlyMap<string, StoredRequest>;
  readonly macs: ReadonlyMap<string, StoredMac>;
  readonly streams: ReadonlyMap<string, DurableStream>;
  /** The idempotency key that each request was submitted with. */
  readonly submissions: ReadonlyMap<string, string>;
  /** Every piece of a log, as `request:number`. */
  readonly chunks: ReadonlySet<string>;
  /** Every change in its order, as one line of JSON each: two stores, or two runs of a seed, must agree on it. */
  readonly history: readonly string[];
  /** To be told of each change that was stored. */
  stored(change: Change): void;
}

/** The events that decide a request: at most one of them may happen to it (law L2). */
const DECIDING: ReadonlySet<string> = new Set(["approved", "denied", "expired_unanswered"]);

/** Makes the mirror of an empty store; every change is held against the laws as it comes. */
export function createDurableState(policy: Policy, book: RecordBook): DurableState {
  const requests = new Map<string, StoredRequest>();
  const macs = new Map<string, StoredMac>();
  const streams = new Map<string, DurableStream>();
  const history: string[] = [];
  const submissions = new Map<string, string>();
  const submitted = new Set<string>();
  const chunks = new Set<string>();
  let nightApprovals = 0;

  function streamOf(name: string): DurableStream {
    const known = streams.get(name) ?? {
      effects: new Map(),
      states: new Map(),
      tries: new Map(),
      events: [],
      failed: new Set(),
    };
    streams.set(name, known);
    return known;
  }

  /** A submission makes one request, and the off-hours rule approves as many in its one night as it may. */
  function checkOrigin(requestId: string, { type, commandId, actor }: Change["audit"][number]): void {
    if (type === "requested") {
      const isNew = !submitted.has(commandId);
      submitted.add(commandId);
      submissions.set(requestId, commandId.slice(commandId.indexOf(":") + 1));
      book.check("L7", "a submission makes one request", isNew, () => ({ text: commandId, requestId }));
    }
    if (type !== "approved" || actor.kind !== "policy" || policy.offHours.mode !== "enabled") return;
    nightApprovals += 1;
    const isWithin = nightApprovals <= policy.offHours.capPerNight;
    const text = `${nightApprovals} approvals in one night`;
    book.check("L9", "night approvals keep to their cap", isWithin, () => ({ text, requestId }));
  }

  function stored(change: Change): void {
    history.push(JSON.stringify(change));
    const stream = streamOf(change.stream);
    noteAudit(change, requests.get(change.stream), stream, book);
    for (const line of change.audit) checkOrigin(change.stream, line);
    for (const effect of change.effects) {
      if (effect.type === "private_answer") countAnswer(effect.answer, change.stream, book);
      if (!stream.effects.has(effect.key)) stream.effects.set(effect.key, effect);
    }
    if (change.mac !== undefined) {
      const { value, expectedVersion } = change.mac;
      macs.set(value.serial, { ...value, version: expectedVersion + 1 });
    }
    if (change.chunk !== undefined) chunks.add(`${change.stream}:${change.chunk.seq}`);
    if (change.request !== undefined) keepRequest(change, requests, policy, book);
  }

  return { requests, macs, streams, submissions, chunks, history, stored };
}

/** A refusal in Slack is counted by what was said. */
function countAnswer(answer: PrivateAnswer, stream: string, book: RecordBook): void {
  const reason = reasonOfAnswer(answer);
  if (reason !== undefined) book.count(`refusal ${reason}`);
  book.check("L14", "a refusal in Slack says its reason", reason !== undefined, () => ({
    text: answer.text,
    requestId: stream,
  }));
}

function keepRequest(
  change: Change,
  requests: Map<string, StoredRequest>,
  policy: Policy,
  book: RecordBook,
): void {
  if (change.request === undefined) return;
  const { value, expectedVersion, dueAt } = change.request;
  const { requestId, serial } = value.ask;
  const before = requests.get(requestId);
  const about = { serial, requestId };
  for (const rule of INVARIANTS) {
    const holds = rule.holds(value, policy);
    // A rule that says nothing of this request is no check; should it be broken all the same, that counts.
    if (!holds || speaksOf(rule.name, value))
      book.checkRule(rule, holds, () => ({ text: value.status, ...about }));
  }
  for (const rule of before === undefined ? [] : STEP_INVARIANTS) {
    const was = before?.request ?? value;
    const holds = rule.holds(was, value);
    if (!holds || speaksOfStep(rule.name, was, value))
      book.checkRule(rule, holds, () => ({ text: `${was.status} to ${value.status}`, ...about }));
  }
  if (before === undefined || !("approval" in before.request)) checkApproval(value, policy, book);
  book.check("L7", "a version follows the one before", (before?.version ?? 0) === expectedVersion, () => ({
    text: `${expectedVersion} after ${before?.version}`,
    ...about,
  }));
  checkOnlyOne(value, requests, book);
  requests.set(requestId, {
    version: expectedVersion + 1,
    request: value,
    ...(dueAt === undefined ? {} : { dueAt }),
  });
}

/** Law L9 on a fresh approval. */
function checkApproval(value: AccessRequest, policy: Policy, book: RecordBook): void {
  if (!("approval" in value) || value.approval === undefined) return;
  const { requestId, serial } = value.ask;
  const { by } = value.approval;
  if (policy.offHours.mode === "enabled") return;
  book.check("L9", "nothing is approved by itself where that is switched off", by.kind === "slack", () => ({
    text: `approved by ${by.kind}`,
    requestId,
    serial,
  }));
}

/** One open request for each user of a Mac, and one granted session for each Mac. */
function checkOnlyOne(
  value: AccessRequest,
  requests: ReadonlyMap<string, StoredRequest>,
  book: RecordBook,
): void {
  const { requestId, serial, generatedUid } = value.ask;
  const others = [...requests.values()]
    .map(({ request }) => request)
    .filter(({ ask }) => ask.serial === serial && ask.requestId !== requestId);
  const about = { requestId, serial };
  // With another one of the same user, or of the same Mac, there is something that could be doubled.
  const ofUser = others.filter(({ ask }) => ask.generatedUid === generatedUid);
  if (isOpen(value) && ofUser.length > 0) {
    const isAlone = !ofUser.some(isOpen);
    book.check("L2", "one open request of a user", isAlone, () => ({ text: "there are two", ...about }));
  }
  if (!mayHoldRights(value) || others.length === 0) return;
  const isOnly = !others.some(mayHoldRights);
  book.check("L1", "one granted session on a Mac", isOnly, () => ({ text: "there are two", ...about }));
}

function noteAudit(
  change: Change,
  before: StoredRequest | undefined,
  stream: DurableStream,
  book: RecordBook,
): void {
  let status: Status | undefined = before?.request.status;
  const serial = before?.request.ask.serial ?? change.request?.value.ask.serial;
  for (const { type, actor, data } of change.audit) {
    stream.events.push(type);
    if (type === "effect_failed") stream.failed.add(String(Reflect.get(data as object, "key")));
    book.note(
      serial,
      change.stream,
      () => `stored ${type} by ${actorInWords(actor)} ${JSON.stringify(data)}`,
    );
    if (type === "refused") book.count(`refusal ${String(Reflect.get(data as object, "refused"))}`);
    if (type === "requested") status = "pending";
    const next: Status | undefined =
      status === undefined ? undefined : LIFECYCLE[status][type as RequestEventType];
    if (status === undefined || next === undefined) continue;
    book.count(`transition ${status} ${type}`);
    status = next;
    if (!DECIDING.has(type)) continue;
    const decisions = stream.events.filter((event) => DECIDING.has(event));
    book.check("L2", "one decision", decisions.length === 1, () => ({
      text: decisions.join(", "),
      requestId: change.stream,
      ...(serial === undefined ? {} : { serial }),
    }));
  }
}

function actorInWords(actor: Change["audit"][number]["actor"]): string {
  switch (actor.kind) {
    case "mac":
      return actor.serial;
    case "slack":
      return actor.userId;
    case "policy":
      return actor.rule;
    case "system":
      return actor.part;
  }
}
