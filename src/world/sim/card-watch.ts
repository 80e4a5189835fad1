import { AUDIT_LINES_MAX } from "../../app/render-card.ts";
import { cardOf } from "../../app/views/card.ts";
import { cardMessage } from "../../adapters/slack/messages/card.ts";
import type { Policy } from "../../core/policy-config.ts";
import { type AccessRequest, isOpen } from "../../core/request.ts";
import type { Instant } from "../../core/time.ts";
import type { AuditDraft, AuditEntry, CardState, Change, Store } from "../../ports/store.ts";
import type { SlackEvent } from "../slack/events.ts";
import { buttonsOf } from "../slack/people.ts";
import type { MessageContent } from "../slack/state.ts";
import { allowedButtons } from "./allowed-buttons.ts";
import { keyOfPost } from "./post-key.ts";
import type { RecordBook } from "./record-book.ts";

/** Holds every root message that reaches Slack against the stored versions of its request (law L14). */
export interface CardWatch {
  /** To be told of each change that was stored. */
  stored(change: Change): void;
  /** To be told of everything that happens in Slack. */
  seen(event: SlackEvent): void;
  /** To be told of each card state that was stored: it says which version the root message shows. */
  claimed(requestId: string, card: CardState): void;
  /** When all has come to rest: the card is a fresh render of what the store holds, whole history and all. */
  checkAtRest(store: Store): Promise<void>;
}

interface Version {
  readonly version: number;
  readonly request: AccessRequest;
  /** How many lines the trail had with this version. */
  readonly lines: number;
  readonly at: Instant;
}

interface Life {
  readonly versions: Version[];
  readonly trail: AuditEntry[];
}

/** Makes the watch of a world in which nothing is stored yet. */
export function createCardWatch(policy: Policy, book: RecordBook): CardWatch {
  const lives = new Map<string, Life>();
  /** What each root message shows, by its time stamp, and the newest version that this may be. */
  const shown = new Map<string, { readonly text: string; readonly version: number }>();

  function stored(change: Change): void {
    const life = lives.get(change.stream) ?? { versions: [], trail: [] };
    lives.set(change.stream, life);
    for (const line of change.audit) life.trail.push(entryOf(change.stream, line, life.trail.length + 1));
    if (change.request === undefined) return;
    const { value, expectedVersion } = change.request;
    const lines = life.trail.length;
    life.versions.push({ version: expectedVersion + 1, request: value, lines, at: change.at });
  }

  function seen(event: SlackEvent): void {
    if (event.event !== "posted" && event.event !== "edited") return;
    const [requestId = "", kind] = keyOfPost(event.post).split(":");
    const life = lives.get(requestId);
    if (kind !== "card" || life === undefined) return;
    const about = { requestId, ...serialOf(life) };
    const text = JSON.stringify(event.content);
    const before = shown.get(event.post.ts)?.version ?? 0;
    const version = life.versions.findLast((one) => showsVersion(life, one, text));
    const isStored = version !== undefined && version.version >= before;
    book.check("L14", "a card shows a stored version, and none before the last", isStored, () => ({
      text: `${version === undefined ? "no version" : `${version.version} after ${before}`}: ${event.content.text}`,
      ...about,
    }));
    shown.set(event.post.ts, { text, version: version?.version ?? before });
    if (version !== undefined) checkButtons(event.content, version, policy, book);
  }

  function claimed(requestId: string, { ref, renderedVersion }: CardState): void {
    const life = lives.get(requestId);
    if (life === undefined || ref === undefined || renderedVersion === 0) return;
    const version = life.versions.find((one) => one.version === renderedVersion);
    const text = shown.get(ref.ts)?.text ?? "";
    const isTrue = version !== undefined && showsVersion(life, version, text);
    book.check("L14", "a card shows the version that is noted for it", isTrue, () => ({
      text: `version ${renderedVersion}: ${text.slice(0, 100)}`,
      requestId,
      ...serialOf(life),
    }));
  }

  async function checkAtRest(store: Store): Promise<void> {
    for (const [requestId, life] of lives) {
      const card = await store.readCard(requestId);
      const record = await store.loadRequest(requestId);
      if (card?.ref === undefined || record === undefined) continue;
      const trail = await store.readAudit(requestId, 0, AUDIT_LINES_MAX);
      const fresh = textOf(record.request, trail);
      const isFresh = shown.get(card.ref.ts)?.text === fresh && card.renderedVersion === record.version;
      book.check("L14", "at rest a card shows what is stored", isFresh, () => ({
        text: `version ${card.renderedVersion} of ${record.version}: ${shown.get(card.ref?.ts ?? "")?.text.slice(0, 200)}`,
        requestId,
        ...serialOf(life),
      }));
    }
  }

  return { stored, seen, claimed, checkAtRest };
}

/**
 * Whether a message is what this version looks like. The history of a request that is over is read after the request
 * itself: by then it may have lines of a later version, which is then shown right after.
 */
function showsVersion({ trail }: Life, { request, lines }: Version, text: string): boolean {
  for (let count = lines; count <= trail.length; count += 1) {
    if (textOf(request, trail.slice(0, Math.min(count, AUDIT_LINES_MAX))) === text) return true;
    // Of an open request no history is shown, so more of it changes nothing.
    if (isOpen(request)) return false;
  }
  return false;
}

function textOf(request: AccessRequest, trail: readonly AuditEntry[]): string {
  return JSON.stringify(cardMessage(cardOf(request, trail)));
}

/** Neither a button that the core would refuse to everybody, nor one too few. */
function checkButtons(
  content: MessageContent,
  { request, version, at }: Version,
  policy: Policy,
  book: RecordBook,
): void {
  const { requestId, serial } = request.ask;
  const found = buttonsOf(content);
  const labels = found.map(({ actionId }) => actionId).toSorted();
  const expected = allowedButtons(request, at, policy).toSorted();
  const isSame = labels.join() === expected.join() && found.every(({ value }) => value === requestId);
  book.check("L14", "the buttons are what the state allows", isSame, () => ({
    text: `${labels.join(", ")} instead of ${expected.join(", ")} in version ${version}, ${request.status}`,
    requestId,
    serial,
  }));
}

function serialOf({ versions }: Life): { readonly serial?: string } {
  const serial = versions[0]?.request.ask.serial;
  return serial === undefined ? {} : { serial };
}

/** A line as the card reads it; its hashes, which no card shows, are left out. */
function entryOf(stream: string, line: AuditDraft, seq: number): AuditEntry {
  return { ...line, stream, seq, previousHash: "", hash: "" };
}
