import { PEOPLE } from "../cast.ts";
import type { SimWorld } from "./sim-world.ts";

/** A mention of one person, or a date: the only marks that are ours to make. */
const OWN_MARK = /<@([UW][A-Z0-9]+)>|<!date\^\d+\^[^|<>^]+\|[^|<>^]+>/g;
const ENTITY = /&(?:amp|lt|gt);/g;

/** Law L10 over all that Slack shows: words of people make no marks, and read as they were written. */
export async function checkWords(world: SimWorld): Promise<void> {
  const { slack, book } = world;
  const ids: ReadonlySet<string> = new Set(Object.values(PEOPLE).map(({ id }) => id));
  for (const text of markedTexts(slack.snapshot())) {
    const strange = strangeMark(text, ids);
    book.check("L10", "what people write stays words", strange === undefined, () => ({
      text: `${strange} in ${text}`,
    }));
  }
  for (const requestId of world.durable.requests.keys()) await checkShown(world, requestId);
}

/** The mark or the bare character that nobody of ours made; undefined where there is none. */
function strangeMark(text: string, ids: ReadonlySet<string>): string | undefined {
  for (const [mark, id] of text.matchAll(OWN_MARK)) if (id !== undefined && !ids.has(id)) return mark;
  return /[<>&]/.exec(text.replaceAll(OWN_MARK, "").replaceAll(ENTITY, ""))?.[0];
}

/** Every text in which Slack reads marks: mrkdwn, and the words of a message that stand in notifications. */
function markedTexts(value: unknown): readonly string[] {
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(markedTexts);
  const { type, text, blocks } = value as Readonly<Record<string, unknown>>;
  const isMarked = typeof text === "string" && (type === "mrkdwn" || blocks !== undefined);
  const inner = Object.entries(value).filter(([name]) => name !== "files");
  return [...(isMarked ? [text] : []), ...inner.flatMap(([, part]) => markedTexts(part))];
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
