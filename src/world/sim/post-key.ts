import type { SlackPost } from "../slack/state.ts";

/** The effect key that a post carries: in its metadata, or at the end of its words for a file. */
export function keyOfPost(post: SlackPost): string {
  const payload: unknown = post.metadata?.event_payload;
  const key: unknown =
    typeof payload === "object" && payload !== null ? Reflect.get(payload, "key") : undefined;
  return typeof key === "string" ? key : (/Reference: `([^`]+)`/.exec(post.content.text)?.[1] ?? "");
}
