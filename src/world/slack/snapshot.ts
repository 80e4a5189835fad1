import type { KnownBlock, ModalView } from "@slack/types";
import type { Instant } from "../../core/time.ts";
import { type SlackFile, type SlackPost, type SlackState, instantOfTs } from "./state.ts";

/** A message as a page can draw it. */
export interface SnapshotPost {
  readonly ts: string;
  readonly at: Instant;
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
  readonly files: readonly SlackFile[];
  readonly editedAt?: Instant;
  /** The thread below it, oldest first. */
  readonly replies: readonly SnapshotPost[];
}

/** The whole workspace as plain JSON; nothing in it changes afterwards. */
export interface SlackSnapshot {
  readonly channel: { readonly id: string; readonly name: string; readonly posts: readonly SnapshotPost[] };
  readonly people: readonly {
    readonly id: string;
    readonly name: string;
    readonly realName: string;
    readonly directs: readonly SnapshotPost[];
    readonly privates: readonly {
      readonly at: Instant;
      readonly text: string;
      readonly blocks: readonly KnownBlock[];
    }[];
    readonly dialog?: ModalView;
  }[];
}

/** Copies what can be seen in the workspace now. */
export function takeSnapshot(state: SlackState): SlackSnapshot {
  const channel = [...state.conversations.values()].find((conversation) => conversation.kind === "channel");
  const snapshot: SlackSnapshot = {
    channel: {
      id: channel?.id ?? "",
      name: channel?.name ?? "",
      posts: postsOf(channel?.posts ?? []),
    },
    people: [...state.people.values()].map(({ id, name, realName }) => {
      const dialog = state.dialogs.get(id)?.view;
      return {
        id,
        name,
        realName,
        directs: postsOf(state.conversations.get(`D${id.slice(1)}`)?.posts ?? []),
        privates: state.privates
          .filter((message) => message.userId === id)
          .map((message) => ({ at: message.at, ...message.content })),
        ...(dialog === undefined ? {} : { dialog }),
      };
    }),
  };
  return structuredClone(snapshot);
}

function postsOf(posts: readonly SlackPost[]): readonly SnapshotPost[] {
  const draw = (post: SlackPost): SnapshotPost => ({
    ts: post.ts,
    at: instantOfTs(post.ts),
    ...post.content,
    files: post.files,
    ...(post.editedAt === undefined ? {} : { editedAt: post.editedAt }),
    replies: posts.filter((reply) => reply.threadTs === post.ts).map(draw),
  });
  return posts.filter((post) => post.threadTs === undefined).map(draw);
}
