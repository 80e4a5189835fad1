import type {
  Button,
  ContextBlock,
  KnownBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from "@slack/types";
import { h, type VElement, type VNode } from "../dom/vnode.ts";
import { mrkdwn, type Wording } from "../text/mrkdwn.ts";

/** What the blocks of one message need to know. */
export interface BlockContext extends Wording {
  /** A click on a button, before any confirmation. */
  press(button: Button): void;
  /** The action whose click is under way, if one is. */
  readonly pressed: string | undefined;
}

/** The blocks of a message as Slack would draw them, as far as Hallpass uses Block Kit. */
export function blocksView(blocks: readonly KnownBlock[], context: BlockContext): VElement[] {
  return blocks.map((block, index) => blockView(block, String(index), context));
}

function blockView(block: KnownBlock, key: string, context: BlockContext): VElement {
  switch (block.type) {
    case "header":
      return h("h4", { key, class: "block-header" }, block.text.text);
    case "section":
      return sectionView(block, key, context);
    case "context":
      return h("div", { key, class: "block-context" }, ...contextLines(block, context));
    case "divider":
      return h("hr", { key, class: "block-divider" });
    case "actions":
      return h(
        "div",
        { key, class: "block-actions" },
        block.elements
          .filter((element): element is Button => element.type === "button")
          .map((button) => buttonView(button, context)),
      );
    default:
      return h("div", { key, class: "block-unknown" }, `A block that this demo cannot draw (${block.type}).`);
  }
}

function sectionView(block: SectionBlock, key: string, context: BlockContext): VElement {
  const isWords = block.text?.type === "plain_text";
  return h(
    "div",
    { key, class: isWords ? "block-section block-words" : "block-section" },
    block.text !== undefined && h("div", { class: "block-text" }, ...textView(block.text, context)),
    block.fields !== undefined &&
      h(
        "div",
        { class: "block-fields" },
        block.fields.map((field) => h("div", { class: "block-field" }, ...textView(field, context))),
      ),
  );
}

function contextLines(block: ContextBlock, context: BlockContext): VElement[] {
  return block.elements.flatMap((element) =>
    element.type === "image" ? [] : [h("div", {}, ...textView(element, context))],
  );
}

function buttonView(button: Button, context: BlockContext): VElement {
  const isUnderWay = context.pressed === button.action_id;
  return h(
    "button",
    {
      key: button.action_id,
      type: "button",
      class: `button ${styleClass(button.style)}`,
      "data-action": button.action_id,
      "aria-label": button.accessibility_label,
      "aria-busy": isUnderWay ? "true" : undefined,
      on: {
        click: () => {
          if (context.pressed === undefined) context.press(button);
        },
      },
    },
    button.text.text,
  );
}

/** The class for Block Kit's `style` of a button. */
export function styleClass(style: string | undefined): string {
  if (style === "primary") return "button-primary";
  return style === "danger" ? "button-danger" : "";
}

/** A text object: a person's own words as they are, line by line, or mrkdwn. */
export function textView(text: MrkdwnElement | PlainTextElement, wording: Wording): VNode[] {
  if (text.type === "mrkdwn") return mrkdwn(text.text, wording);
  return text.text.split("\n").flatMap((line, index) => (index === 0 ? [line] : [h("br", {}), line]));
}
