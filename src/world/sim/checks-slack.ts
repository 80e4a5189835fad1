import type { Effect } from "../../core/effects.ts";
import type { AccessRequest } from "../../core/request.ts";
import { PEOPLE } from "../cast.ts";
import { buttonsOf } from "../slack/people.ts";
import type { SlackPost } from "../slack/state.ts";
import { checkWords } from "./checks-words.ts";
import { keyOfPost } from "./post-key.ts";
import type { SimWorld } from "./sim-world.ts";

/** What Slack must show at the end: every message that was asked for, once, and no button that does nothing. */
export async function checkSlack(world: SimWorld): Promise<void> {
  const { durable, slack, book } = world;
  const posts = countByKey(world);
  for (const [requestId, { request }] of durable.requests) {
    const about = { requestId, serial: request.ask.serial };
    if (request.identity.state === "resolved")
      once(world, posts, `${requestId}:card`, "the root message", about);
    const stream = durable.streams.get(requestId);
    [...(stream?.effects.values() ?? [])].forEach((effect, index) => {
      if (!isPosted(effect, request)) return;
      const isGivenUp = stream?.states.get(String(index + 1)) === "failed";
      book.check("L7", "no message is given up", !isGivenUp, () => ({ text: effect.key, ...about }));
      if (isGivenUp) return;
      once(world, posts, `${requestId}:${effect.key}`, effect.key, about);
    });
  }
  for (const requestId of durable.requests.keys()) await checkUpload(world, requestId);
  for (const post of slack.cards()) {
    const request = durable.requests.get(keyOfPost(post).split(":")[0] ?? "")?.request;
    if (request === undefined) continue;
    const card = await world.lives.store().readCard(request.ask.requestId);
    // A second copy that Slack was handed behind the service's back is nobody's to redraw; its clicks are refused.
    if (card?.ref?.ts !== post.ts && world.extraPosts.has(keyOfPost(post))) continue;
    const labels = buttonsOf(post.content).map(({ label }) => label);
    book.check("L14", "what is over has no buttons", labels.length === 0, () => ({
      text: labels.join(", "),
      requestId: request.ask.requestId,
      serial: request.ask.serial,
    }));
  }
  await world.cards.checkAtRest(world.lives.store());
  await checkWords(world);
}

/** Law L8: the file that IT sees is the whole log as it is stored. */
async function checkUpload(world: SimWorld, requestId: string): Promise<void> {
  const chunks = await world.lives.store().readLogChunks(requestId, 0, 1_000);
  const lines = chunks.flatMap((chunk) => chunk.lines);
  const stored = lines.length === 0 ? "(no privileged commands were run)\n" : `${lines.join("\n")}\n`;
  const key = `${requestId}:log`;
  for (const post of allPosts(world.slack).filter((one) => one.files.length > 0 && keyOfPost(one) === key)) {
    const isWhole = post.files[0]?.text === stored;
    const text = `${post.files[0]?.text.length} characters instead of ${stored.length}`;
    world.book.check("L8", "IT sees the whole log", isWhole, () => ({ text, requestId }));
  }
}

function isPosted(effect: Effect, request: AccessRequest): boolean {
  switch (effect.type) {
    case "thread":
    case "upload_log":
      return true;
    case "direct":
      if (effect.to !== "requester") return true;
      return request.identity.state === "resolved" && request.identity.directMessageTo !== undefined;
    default:
      return false;
  }
}

function countByKey({ slack }: SimWorld): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const post of allPosts(slack)) {
    const key = keyOfPost(post);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}

function allPosts(slack: SimWorld["slack"]): readonly SlackPost[] {
  const roots = slack.cards();
  return [
    ...roots,
    ...roots.flatMap(({ ts }) => slack.thread(ts)),
    ...Object.values(PEOPLE).flatMap(({ id }) => slack.directs(id)),
  ];
}

function once(
  { extraPosts, book }: SimWorld,
  posts: ReadonlyMap<string, number>,
  key: string,
  what: string,
  about: { readonly requestId: string; readonly serial: string },
): void {
  const count = posts.get(key) ?? 0;
  const extra = extraPosts.get(key) ?? 0;
  book.check("L7", "every message exactly once", count >= 1 && count - extra <= 1, () => ({
    text: `${what} stands ${count} times, of which the service could not know ${extra}`,
    ...about,
  }));
}
