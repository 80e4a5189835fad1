import { parseInteraction } from "../../adapters/slack/parse.ts";
import type { PrivateAnswer } from "../../core/effects.ts";
import type { Actor } from "../../core/request.ts";
import type { Instant } from "../../core/time.ts";
import type { SlackAct } from "../../ports/slack-inlet.ts";
import type { AuditEntry } from "../../ports/store.ts";
import { reasonOfAnswer } from "./refusal-reasons.ts";
import type { SimWorld } from "./sim-world.ts";

/** A click or a dialog that the service has acknowledged. */
export interface Acknowledged {
  readonly act: SlackAct & { readonly requestId: string };
  readonly from: Instant;
  readonly until: Instant;
}

/** Serves what Slack delivers, and notes of which decisions the service has said that it has them. */
export function noteClicks(serve: (request: Request) => Promise<Response>, now: () => Instant) {
  const acknowledged: Acknowledged[] = [];
  return {
    acknowledged,
    async serve(request: Request): Promise<Response> {
      const from = now();
      const isInteraction = new URL(request.url).pathname === "/slack/actions";
      const body = isInteraction ? await request.clone().text() : "";
      const response = await serve(request);
      const inbound = isInteraction && response.status === 200 ? parseInteraction(body) : undefined;
      if (inbound?.kind === "act" && "requestId" in inbound.act)
        acknowledged.push({ act: inbound.act, from, until: now() });
      return response;
    },
  };
}

/** What each act tries to decide, and which decisions leave it nothing to decide. */
const LOSES_TO: Readonly<Partial<Record<SlackAct["act"], readonly string[]>>> = {
  approve: ["approved", "denied", "cancelled", "expired_unanswered"],
  deny: ["approved", "denied", "cancelled", "expired_unanswered"],
  deny_asked: ["approved", "denied", "cancelled", "expired_unanswered"],
  cancel: ["denied", "cancelled", "expired_unanswered"],
  revoke: ["ending_begun"],
};

const TRAIL_MAX = 10_000;
/** Deny asks for a reason first: what is decided while that is on its way may be stored so much later. */
const STORED_AFTER_MS = 2_000;

/** Law L2: whoever decides too late is told privately who, or what, was first. */
export async function checkLosers(world: SimWorld): Promise<void> {
  const shown = new Map<string, number>();
  const seen = new Set<string>();
  for (const click of world.acknowledged) {
    const { actId, requestId } = click.act;
    // Slack says it again where our answer was lost: it is one click all the same.
    if (seen.has(actId) || !world.durable.requests.has(requestId)) continue;
    seen.add(actId);
    const trail = await world.lives.store().readAudit(requestId, 0, TRAIL_MAX);
    checkClick(world, click, trail, shown);
  }
}

function checkClick(
  world: SimWorld,
  { act, from, until }: Acknowledged,
  trail: readonly AuditEntry[],
  shown: Map<string, number>,
): void {
  const { actId, userId, requestId } = act;
  const losesTo = LOSES_TO[act.act];
  // Decided, or refused as what security people want to see.
  if (trail.some(({ commandId }) => commandId === actId)) return;
  const before = trail.filter(({ at }) => at <= until);
  const isRepeat = before.some((line) => isOwn(act, line));
  const { effects, states } = world.durable.streams.get(requestId) ?? {
    effects: new Map(),
    states: new Map(),
  };
  const key = `private:${actId}`;
  const effect = effects.get(key);
  const answer = effect?.type === "private_answer" ? effect.answer : undefined;
  const about = { requestId, serial: world.durable.requests.get(requestId)?.request.ask.serial ?? "" };
  const isAsking = act.act === "deny_asked";
  // Whoever may deny is asked for a reason, which decides nothing; an act without a way to answer cannot be answered.
  if (!isAsking && act.responseUrl !== undefined) {
    const isKept = answer !== undefined || isRepeat;
    world.book.check("L7", "an act that was acknowledged is decided or answered", isKept, () => ({
      text: `${userId} with ${act.act} was acknowledged, and nothing is stored of it`,
      ...about,
    }));
  }
  const winners = before.filter(({ type }) => losesTo?.includes(type) === true);
  const hasLost = winners.some(({ at }) => !isAsking || at < from - STORED_AFTER_MS);
  const isToWait = answer !== undefined && reasonOfAnswer(answer) === "identity_pending";
  if (!hasLost || isRepeat || isToWait) return;
  const isNamed = answer !== undefined && winners.some((line) => names(answer, line));
  world.book.check("L2", "whoever decides too late is told who was first", isNamed, () => ({
    text: `${userId} with ${act.act} lost to ${winners.map(({ type }) => type).join(", ")}: ${JSON.stringify(answer)}`,
    ...about,
  }));
  const state = states.get(String([...effects.keys()].indexOf(key) + 1));
  // Slack, or a proxy in between, refused the way to the answer for good, as it does when the click is too long ago.
  if (answer === undefined || state === "failed") return;
  const isDone = state === "done";
  const words = wordsOf(answer);
  const place = `${userId} ${words.join()}`;
  shown.set(place, (shown.get(place) ?? 0) + 1);
  const count = world.slack
    .privates(userId)
    .map(({ content }) => JSON.stringify(content))
    .filter((text) => words.every((some) => text.includes(some))).length;
  world.book.check(
    "L2",
    "whoever decides too late is told privately",
    isDone && count >= (shown.get(place) ?? 0),
    () => ({
      text: `${userId} was shown ${count} times: ${words.join(" ")}`,
      ...about,
    }),
  );
}

/** The same person's same decision once more: a silent success. */
function isOwn(act: SlackAct, { type, actor, data }: AuditEntry): boolean {
  // Whoever ended it: the session of whoever is done is over.
  if (act.act === "end_by_requester") return type === "ending_begun";
  if (actor.kind !== "slack" || actor.userId !== act.userId) return false;
  switch (act.act) {
    case "approve":
      return type === "approved" && minutesOf(data) === act.minutes;
    case "deny":
    case "deny_asked":
      return type === "denied";
    case "cancel":
      return type === "cancelled";
    case "lock":
      return type === "lock_requested";
    case "close_unverified":
      return type === "closed_unverified";
    default:
      return type === "ending_begun";
  }
}

function minutesOf(data: unknown): unknown {
  return (data as { readonly approval?: { readonly minutes?: number } }).approval?.minutes;
}

/** True when the answer says that it was this decision; time has no name, hence the words. */
function names({ text, decidedBy }: PrivateAnswer, { type, actor }: AuditEntry): boolean {
  if (type === "expired_unanswered") return text.includes("nobody answered it in time");
  return decidedBy !== undefined && JSON.stringify(decidedBy) === JSON.stringify(actor);
}

function wordsOf({ text, decidedBy }: PrivateAnswer): readonly string[] {
  return decidedBy === undefined ? [text] : [text, `Decided by ${nameOf(decidedBy)}`];
}

function nameOf(actor: Actor): string {
  switch (actor.kind) {
    case "slack":
      return `<@${actor.userId}>`;
    case "policy":
      return `the off-hours rule (on call: <@${actor.onCallUserId}>)`;
    case "mac":
      return "the user, on the Mac";
    case "system":
      return "Hallpass";
  }
}
