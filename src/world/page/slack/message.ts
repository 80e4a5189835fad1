import type { Button, KnownBlock } from "@slack/types";
import type { DemoFile, DemoMessage, DemoPrivateAnswer } from "../../demo/snapshot.ts";
import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import { isOpen, type View } from "../state.ts";
import { mrkdwn } from "../text/mrkdwn.ts";
import { relativeTime, timeElement } from "../text/times.ts";
import { blocksView, type BlockContext } from "./blocks.ts";
import { pressButton } from "./press.ts";
import { wordingOf } from "./wording.ts";

/** A message in the channel with its thread below it. */
export function messageView(view: View, message: DemoMessage, isLatest: boolean): VElement {
  return h(
    "article",
    { key: message.ts, class: "message", tabindex: "-1", "aria-label": `Message from ${message.author}` },
    avatar(),
    h(
      "div",
      { class: "message-body" },
      byline(view, message),
      h("div", { class: "message-blocks" }, ...contents(view, message)),
      message.replies.length > 0 && threadView(view, message, isLatest),
    ),
  );
}

/** The answer to a click or command, seen by one person only. */
export function privateAnswerView(view: View, answer: DemoPrivateAnswer): VElement {
  const context: BlockContext = { ...wordingOf(view), press: () => undefined, pressed: undefined };
  return h(
    "article",
    { key: answer.id, class: "message message-private", tabindex: "-1" },
    avatar(),
    h(
      "div",
      { class: "message-body" },
      h("div", { class: "only-you" }, icon("eye"), "Only visible to you"),
      byline(view, { author: "Hallpass", at: answer.at, isEdited: false }),
      h(
        "div",
        { class: "message-blocks" },
        ...(answer.blocks.length > 0
          ? blocksView(answer.blocks, context)
          : [h("div", { class: "block-text" }, ...mrkdwn(answer.text, context))]),
      ),
    ),
  );
}

function avatar(): VElement {
  return h("div", { class: "avatar avatar-app" }, icon("pass"));
}

function byline(view: View, message: Pick<DemoMessage, "author" | "at" | "isEdited">): VElement {
  return h(
    "div",
    { class: "byline" },
    h("span", { class: "author" }, message.author),
    h("span", { class: "app-tag" }, "App"),
    timeElement(message.at, relativeTime(message.at, view.now)),
    message.isEdited && h("span", { class: "edited" }, "edited"),
  );
}

function contents(view: View, message: DemoMessage): VElement[] {
  const blocks: readonly KnownBlock[] = message.blocks;
  const context: BlockContext = {
    ...wordingOf(view),
    press: (button: Button) => pressButton(view, message, button),
    pressed: pressedIn(view, message),
  };
  const words =
    blocks.length > 0 || message.text === ""
      ? blocksView(blocks, context)
      : [h("div", { class: "block-text" }, ...mrkdwn(message.text, context))];
  return [...words, ...message.files.map((file) => fileView(view, file))];
}

function pressedIn(view: View, message: DemoMessage): string | undefined {
  const prefix = `click:${message.ts}:`;
  const name = Object.keys(view.state.underWay).find((each) => each.startsWith(prefix));
  return name?.slice(prefix.length);
}

function threadView(view: View, message: DemoMessage, isLatest: boolean): VElement {
  const { replies, ts } = message;
  const open = isOpen(view.state, `thread:${ts}`, isLatest);
  const last = replies.at(-1);
  return h(
    "section",
    { key: "thread", class: "thread", "aria-label": "Thread" },
    h(
      "button",
      {
        type: "button",
        class: "fold",
        "aria-expanded": open ? "true" : "false",
        on: { click: () => view.fold(`thread:${ts}`, !open) },
      },
      icon("more"),
      `${replies.length} ${replies.length === 1 ? "reply" : "replies"}`,
      last !== undefined && !open && h("span", { class: "muted" }, `last ${relativeTime(last.at, view.now)}`),
    ),
    open &&
      h(
        "ol",
        { class: "replies" },
        replies.map((reply) => replyView(view, reply)),
      ),
  );
}

function replyView(view: View, reply: DemoMessage): VElement {
  return h(
    "li",
    { key: reply.ts, class: "reply" },
    h("div", { class: "message-blocks" }, ...contents(view, reply)),
    timeElement(reply.at, relativeTime(reply.at, view.now)),
  );
}

function fileView(view: View, file: DemoFile): VElement {
  const name = `file:${file.id}`;
  const open = isOpen(view.state, name, false);
  const lines = file.text === "" ? 0 : file.text.replace(/\n$/, "").split("\n").length;
  return h(
    "div",
    { key: name, class: "file" },
    h(
      "button",
      {
        type: "button",
        class: "file-head",
        "aria-expanded": open ? "true" : "false",
        on: { click: () => view.fold(name, !open) },
      },
      icon("file"),
      h("span", { class: "file-name" }, file.name),
      h("span", { class: "muted" }, `${lines} ${lines === 1 ? "line" : "lines"}`),
      icon("more"),
    ),
    open && h("pre", { class: "file-text", tabindex: "0", "aria-label": `Text of ${file.name}` }, file.text),
  );
}
