import type { RequestId } from "../core/ids.ts";
import { type AccessRequest, isOpen } from "../core/request.ts";
import { type Instant, MINUTE_MS, SECOND_MS } from "../core/time.ts";
import type { MessageRef, RequestCard } from "../ports/chat.ts";
import { MessageGone, TerminalError } from "../ports/errors.ts";
import type { CardState } from "../ports/store.ts";
import type { Service } from "./service.ts";
import { cardOf } from "./views/card.ts";

/** Slack is asked to show a changed card at most this often. */
export const RENDER_EVERY_MS = 2 * SECOND_MS;
/** A root message that Slack would not take is tried again this much later: settings and software get mended. */
const REFUSED_AGAIN_MS = 5 * MINUTE_MS;
/** A card shows the history that these many lines tell. */
export const AUDIT_LINES_MAX = 200;
/** Clocks of the chat and ours may differ by this much when an earlier post is looked for. */
const LOOK_BACK_MS = 5 * 60 * SECOND_MS;

const NEW_CARD: CardState = { attempted: false, renderedVersion: 0, renderedAt: 0 };

/** How the card stands after a try: `waitUntil` when it changed too recently to be shown again now. */
export interface RenderOutcome {
  readonly card: CardState;
  readonly waitUntil?: number;
}

/**
 * Brings the root message up to the stored version. It is rendered afresh from the record each time, never queued
 * (law L14). Throws `RetryableError`. A message that Slack would not take is kept in `card.problem` and tried again
 * seldom: the thread, with whatever IT has to know, waits for it.
 */
export async function renderCard(service: Service, requestId: RequestId): Promise<RenderOutcome> {
  const { store, chat, clock } = service;
  let card = (await store.readCard(requestId)) ?? NEW_CARD;
  const stored = await store.loadRequest(requestId);
  if (stored === undefined || isAwaitingIdentity(stored.request)) return { card };
  if (card.renderedVersion >= stored.version) return { card };
  const now = clock.now();
  const waitUntil = nextTryAt(card);
  // One that was shown in the future was shown while the clock was ahead.
  if (now < waitUntil && card.renderedAt <= now) return { card, waitUntil };
  // The card of an open request shows no history.
  const history = isOpen(stored.request) ? [] : await store.readAudit(requestId, 0, AUDIT_LINES_MAX);
  const view = cardOf(stored.request, history);
  try {
    const key = `${requestId}:card`;
    if (card.ref !== undefined && (await isUpdated(service, card.ref, view))) {
      return await keep(service, requestId, { ...card, renderedVersion: stored.version, renderedAt: now });
    }
    // One that was deleted is forgotten, and the request shown by a new one.
    if (card.ref !== undefined) card = NEW_CARD;
    const found = card.attempted
      ? await chat.findCard(key, stored.request.ask.requestedAt - LOOK_BACK_MS)
      : undefined;
    if (found !== undefined)
      return await keep(service, requestId, { ...NEW_CARD, attempted: true, ref: found });
    await store.writeCard(requestId, { ...card, attempted: true });
    const ref = await chat.postCard(view, key);
    return await keep(service, requestId, {
      ref,
      attempted: true,
      renderedVersion: stored.version,
      renderedAt: now,
    });
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    service.log.error("the root message cannot be shown", { requestId, why: error.message });
    if (card.ref !== undefined) {
      return await keep(service, requestId, { ...card, renderedVersion: stored.version, renderedAt: now });
    }
    const failed = { ...card, attempted: true, renderedAt: now, problem: error.message };
    return { ...(await keep(service, requestId, failed)), waitUntil: now + REFUSED_AGAIN_MS };
  }
}

/** False when the message is not there any more. */
async function isUpdated(service: Service, ref: MessageRef, view: RequestCard): Promise<boolean> {
  try {
    await service.chat.updateCard(ref, view);
    return true;
  } catch (error) {
    if (!(error instanceof MessageGone)) throw error;
    service.log.warn("the root message is posted anew", { ts: ref.ts, why: error.message });
    return false;
  }
}

/**
 * Has the root message looked for by the next `renderCard`, since its thread is said to be gone: only a root message
 * that is not there itself is posted anew.
 */
export async function doubtCard(service: Service, requestId: RequestId): Promise<void> {
  const card = await service.store.readCard(requestId);
  if (card !== undefined) await service.store.writeCard(requestId, { ...card, renderedVersion: 0 });
}

/** From when on the card may be shown, or tried, again; 0 for at once. */
function nextTryAt(card: CardState): Instant {
  if (card.ref !== undefined) return card.renderedAt + RENDER_EVERY_MS;
  return card.problem === undefined ? 0 : card.renderedAt + REFUSED_AGAIN_MS;
}

/** Who is asking will be known in a moment; of a request that is over before, it never will. */
function isAwaitingIdentity(request: AccessRequest): boolean {
  return request.identity.state === "pending" && isOpen(request);
}

async function keep(service: Service, requestId: RequestId, card: CardState): Promise<RenderOutcome> {
  await service.store.writeCard(requestId, card);
  return { card };
}
