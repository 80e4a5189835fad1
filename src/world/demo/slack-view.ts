import type { SlackSnapshot, SnapshotPost } from "../slack/snapshot.ts";
import type { DemoMessage, DemoPerson, DemoRole, DemoSlack } from "./snapshot.ts";

/** Who of the workspace is shown on the page, and as what. */
export type Cast = Readonly<Record<string, DemoRole>>;

/** The simulated workspace as the page shows it. People who are not of the cast are left out. */
export function slackView(slack: SlackSnapshot, cast: Cast): DemoSlack {
  const shown = slack.people.filter(({ id }) => cast[id] !== undefined);
  return {
    channelName: slack.channel.name,
    people: shown.map(({ id, realName }): DemoPerson => ({
      id,
      name: firstName(realName),
      role: cast[id] ?? "member",
    })),
    messages: slack.channel.posts.map((post) => messageOf(post, slack.channel.id)),
    directMessages: Object.fromEntries(
      shown.map(({ id, directs }) => [id, directs.map((post) => messageOf(post, `D${id.slice(1)}`))]),
    ),
    privateAnswers: Object.fromEntries(
      shown.map(({ id, privates }) => [
        id,
        privates.map((answer, index) => ({ id: `${id}-${index}`, ...answer })),
      ]),
    ),
    dialogs: Object.fromEntries(
      shown.flatMap(({ id, dialog }) => (dialog === undefined ? [] : [[id, dialog]])),
    ),
  };
}

/** What people call each other. */
export function firstName(realName: string): string {
  return realName.split(" ")[0] ?? realName;
}

function messageOf(post: SnapshotPost, channelId: string): DemoMessage {
  const { ts, at, text, blocks } = post;
  return {
    ts,
    channelId,
    at,
    author: "Hallpass",
    text,
    blocks,
    isEdited: post.editedAt !== undefined,
    files: post.files.map(({ id, name, text: content }) => ({ id, name, text: content })),
    replies: post.replies.map((reply) => messageOf(reply, channelId)),
  };
}
