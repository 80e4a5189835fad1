import { keyOfPost } from "./post-key.ts";
import type { SimWorld } from "./sim-world.ts";

/** What IT can read: the words of every message of the channel and its threads, by effect key. */
export type ReadByIt = ReadonlyMap<string, readonly string[]>;

/** Reads the whole channel. */
export function readAsIt({ slack }: SimWorld): ReadByIt {
  const read = new Map<string, string[]>();
  for (const root of slack.cards()) {
    for (const post of [root, ...slack.thread(root.ts)]) {
      const key = keyOfPost(post);
      const words = essence(JSON.stringify(post.content));
      read.set(key, [...(read.get(key) ?? []), words]);
    }
  }
  return read;
}

/** True when a message with this key shows all these words, however they are escaped and broken into lines. */
export function isShown(read: ReadByIt, key: string, words: readonly string[]): boolean {
  const messages = read.get(key) ?? [];
  return messages.some((message) => words.every((some) => message.includes(essence(some))));
}

/** Letters and digits alone: what escaping, quoting and line breaks leave as it is. */
function essence(text: string): string {
  return text.replaceAll(/\\[nrt]/g, "").replaceAll(/[^A-Za-z0-9]/g, "");
}
