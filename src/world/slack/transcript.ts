import { shortId } from "../../core/ids.ts";
import { type Instant, SECOND_MS } from "../../core/time.ts";
import type { SlackEvent } from "./events.ts";
import { lineChanges } from "./line-changes.ts";
import { QUESTION_MARK, type Wording, renderBlocks, renderMrkdwn } from "./plain-text.ts";
import type { MessageContent, SlackConversation, SlackPost, SlackState } from "./state.ts";

/**
 * Everything that could be seen in the workspace, in order, as text: who posted what where, what an edit changed
 * line by line, who clicked what, and what was shown to one person only. Times count from `startedAt`; request ids,
 * hashes and message time stamps are replaced by their order of appearance, so two runs of one story compare equal.
 */
export function writeTranscript(state: SlackState, startedAt: Instant): string {
  const places = new Map<SlackPost, string>();
  const wording: Wording = {
    userName: (userId) => nameOf(state, userId),
    time: (seconds) => elapsed(seconds * SECOND_MS - startedAt),
  };
  const lines = state.events.flatMap((event) => {
    const [first = "", ...rest] = describe(event, state, places, wording);
    return [`${elapsed(event.at - startedAt)}  ${first}`, ...rest.map((line) => `    ${line}`.trimEnd()), ""];
  });
  return normalise(lines.join("\n"), JSON.stringify(state.events.map(payloadOf)));
}

function describe(
  event: SlackEvent,
  state: SlackState,
  places: Map<SlackPost, string>,
  wording: Wording,
): readonly string[] {
  switch (event.event) {
    case "posted":
      return [placeOf(event.conversation, event.post, places), ...linesOf(event, wording)];
    case "edited":
      return [
        `${placeOf(event.conversation, event.post, places)} changes`,
        // The questions go with their buttons; only new ones are worth reading.
        ...lineChanges(contentLines(event.before, wording), contentLines(event.content, wording)).filter(
          (line) => !line.startsWith(`- ${QUESTION_MARK}`),
        ),
      ];
    case "shown":
      return [`only @${nameOf(state, event.userId)} is shown`, ...contentLines(event.content, wording)];
    case "dialog_opened":
      return [`@${nameOf(state, event.userId)} sees the dialog "${event.view.title.text}"`];
    case "clicked": {
      const stale = event.isStale ? ", which is no longer there" : "";
      const place = placeOf(event.conversation, event.post, places);
      return [`@${nameOf(state, event.userId)} clicks [${event.label}]${stale} on ${place}`];
    }
    case "submitted": {
      const words = event.words === "" ? "empty" : `with: ${event.words}`;
      return [`@${nameOf(state, event.userId)} sends the dialog "${event.title}", ${words}`];
    }
    case "commanded":
      return [`@${nameOf(state, event.userId)} types ${event.command}`];
    case "answered":
      return [`@${nameOf(state, event.userId)} gets the answer ${event.status} ${event.body}`.trimEnd()];
  }
}

/** `#it-access 1` is the first root message of the channel, `@anna 2` the second direct message with Anna. */
function placeOf(conversation: SlackConversation, post: SlackPost, places: Map<SlackPost, string>): string {
  const known = places.get(post);
  if (known !== undefined) return known;
  const mark = conversation.kind === "channel" ? "#" : "@";
  const roots = conversation.posts.filter((candidate) => candidate.threadTs === undefined);
  const root = conversation.posts.find((candidate) => candidate.ts === post.threadTs) ?? post;
  const rootPlace = `${mark}${conversation.name} ${roots.indexOf(root) + 1}`;
  const place = root === post ? rootPlace : `${rootPlace}, thread`;
  places.set(post, place);
  return place;
}

function linesOf(event: Extract<SlackEvent, { event: "posted" }>, wording: Wording): readonly string[] {
  return [
    ...contentLines(event.content, wording),
    ...event.post.files.flatMap((file) => [
      `(file ${file.name})`,
      ...file.text
        .replace(/\n$/, "")
        .split("\n")
        .map((line) => `  ${line}`),
    ]),
  ];
}

function contentLines(content: MessageContent, wording: Wording): readonly string[] {
  return content.blocks.length === 0
    ? renderMrkdwn(content.text, wording).split("\n")
    : renderBlocks(content.blocks, wording);
}

function nameOf(state: SlackState, userId: string): string {
  return state.people.get(userId)?.name ?? (userId === state.botUserId ? "hallpass" : userId);
}

/** `+1:02:03` after the start; fractions of a second only where there are some. */
function elapsed(ms: number): string {
  const sign = ms < 0 ? "-" : "+";
  const rest = Math.abs(ms);
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  const millis = rest % 1_000 === 0 ? "" : `.${String(rest % 1_000).padStart(3, "0")}`;
  return `${sign}${Math.floor(rest / 3_600_000)}:${two((rest / 60_000) % 60)}:${two((rest / 1_000) % 60)}${millis}`;
}

const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const SHA256 = /\b[0-9a-f]{64}\b/g;

/** Where ids may stand that the text shows in part only: button values among them. */
function payloadOf(event: SlackEvent): unknown {
  return "content" in event ? event.content : undefined;
}

/** Ids and hashes by order of appearance; a short id becomes the same as its long one. */
function normalise(text: string, source: string): string {
  const ids = new Set(`${source}${text}`.match(UUID) ?? []);
  const hashes = new Set(text.match(SHA256) ?? []);
  let normal = text;
  for (const [index, id] of [...ids].entries()) {
    normal = normal.replaceAll(id, `<id ${index + 1}>`).replaceAll(shortId(id), `<id ${index + 1}>`);
  }
  for (const [index, hash] of [...hashes].entries()) {
    normal = normal.replaceAll(hash, `<sha256 ${index + 1}>`);
  }
  return normal;
}
