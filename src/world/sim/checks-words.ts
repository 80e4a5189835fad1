import { PEOPLE } from "../cast.ts";
import type { SlackEvent } from "../slack/events.ts";
import type { RecordBook } from "./record-book.ts";
import type { SimWorld } from "./sim-world.ts";

/** A mention of one person, or a date: the only marks that are ours to make. */
const OWN_MARK = /<@([UW][A-Z0-9]+)>|<!date\^\d+\^[^|<>^]+\|[^|<>^]+>/g;
const ENTITY = /&(?:amp|lt|gt);/g;

const IDS: ReadonlySet<string> = new Set(Object.values(PEOPLE).map(({ id }) => id));

/** Law L10 over everything that Slack is given to show, also what is replaced soon: words of people make no marks. */
export function watchWords(book: RecordBook): (event: SlackEvent) => void {
  return (event) => {
    if (event.event !== "posted" && event.event !== "edited" && event.event !== "shown") return;
    const strange = markedTexts(event.content).flatMap((text) => strangeMark(text) ?? []);
    book.check("L10", "what people write stays words", strange.length === 0, () => ({
      text: `${strange.join(", ")} in ${event.content.text}`,
    }));
  };
}

/** The mark or the bare character that nobody of ours made; undefined where there is none. */
function strangeMark(text: string): string | undefined {
  for (const [mark, id] of text.matchAll(OWN_MARK)) if (id !== undefined && !IDS.has(id)) return mark;
  return /[<>&]/.exec(text.replaceAll(OWN_MARK, "").replaceAll(ENTITY, ""))?.[0];
}

/** Every text in which Slack reads marks: mrkdwn, and the words of a message that stand in notifications. */
function markedTexts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(markedTexts);
  const { type, text, blocks } = value as Readonly<Record<string, unknown>>;
  const isMarked = typeof text === "string" && (type === "mrkdwn" || blocks !== undefined);
  return [...(isMarked ? [text] : []), ...Object.values(value).flatMap(markedTexts)];
}

/** Law L10 when all has come to rest: what people wrote reads as they wrote it. */
export async function checkWords(world: SimWorld): Promise<void> {
  for (const requestId of world.durable.requests.keys()) await checkShown(world, requestId);
}

/** What was asked for, where from, and why not: on the card as it was written, neither cut nor escaped twice. */
async function checkShown({ slack, lives, durable, book }: SimWorld, requestId: string): Promise<void> {
  const request = durable.requests.get(requestId)?.request;
  const card = await lives.store().readCard(requestId);
  const post = slack.cards().find(({ ts }) => ts === card?.ref?.ts);
  if (request === undefined || post === undefined) return;
  const shown = textsIn(post.content.blocks);
  const { reason, hostname } = request.ask;
  const denial = request.status === "denied" ? request.denial.reason : undefined;
  const code = `\`${escaped(hostname)}\``;
  const missing = [
    ...[reason, denial].filter((words) => words !== undefined && !shown.includes(words)),
    ...(shown.some((text) => text.includes(code)) ? [] : [hostname]),
  ];
  book.check("L10", "what people write is shown as they wrote it", missing.length === 0, () => ({
    text: missing.join(", "),
    requestId,
    serial: request.ask.serial,
  }));
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/** Every text of a message's blocks. */
function textsIn(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, part]) =>
    name === "text" && typeof part === "string" ? [part] : textsIn(part),
  );
}
