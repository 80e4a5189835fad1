import type {
  ActionsBlock,
  Button,
  ConfirmationDialog,
  ContextBlock,
  HeaderBlock,
  MrkdwnElement,
  PlainTextElement,
  SectionBlock,
} from "@slack/types";
import { LIMITS } from "../block-kit-limits.ts";
import { clip, plainWords, singleLine } from "../escape.ts";

/** mrkdwn of our own making; people's words in it are escaped already. Slack adds no links of its own to it. */
export function mrkdwn(text: string): MrkdwnElement {
  return { type: "mrkdwn", text, verbatim: true };
}

/** Words as they are, on one line, cut to `maxLength`; never empty. */
export function plainLine(text: string, maxLength: number): PlainTextElement {
  return { type: "plain_text", text: clip(singleLine(text), maxLength).trim() || "-", emoji: false };
}

/** Words as they are, with their line breaks, cut to `maxLength`; never empty. */
export function plainParagraph(text: string, maxLength: number): PlainTextElement {
  return { type: "plain_text", text: clip(plainWords(text), maxLength).trim() || "-", emoji: false };
}

/** A headline; people's words are fine in it. */
export function header(text: string): HeaderBlock {
  return { type: "header", text: plainLine(text, LIMITS.headerText) };
}

/** A paragraph of our own mrkdwn. */
export function section(text: string): SectionBlock {
  return { type: "section", text: mrkdwn(text) };
}

/** A paragraph of a person's own words, shown as they were written, with a small heading. */
export function quoted(heading: string, words: string): readonly [ContextBlock, SectionBlock] {
  return [context(`*${heading}*`), { type: "section", text: plainParagraph(words, LIMITS.sectionText) }];
}

/** Small grey lines of our own mrkdwn. */
export function context(...lines: readonly string[]): ContextBlock {
  return { type: "context", elements: lines.map((line) => mrkdwn(line)) };
}

/** Pairs of a label and a value in our own mrkdwn, two pairs a row. */
export function facts(pairs: readonly (readonly [label: string, value: string])[]): SectionBlock {
  return { type: "section", fields: pairs.map(([label, value]) => mrkdwn(`*${label}*\n${value}`)) };
}

/** What makes a button. */
export interface ButtonParts {
  readonly label: string;
  readonly actionId: string;
  readonly value: string;
  readonly style?: "primary" | "danger";
  readonly confirm?: ConfirmationDialog;
}

/** One button. */
export function button(parts: ButtonParts): Button {
  return {
    type: "button",
    text: plainLine(parts.label, LIMITS.buttonText),
    action_id: parts.actionId,
    value: parts.value,
    ...(parts.style === undefined ? {} : { style: parts.style }),
    ...(parts.confirm === undefined ? {} : { confirm: parts.confirm }),
  };
}

/** A row of buttons. */
export function buttons(...elements: readonly Button[]): ActionsBlock {
  return { type: "actions", elements: [...elements] };
}

/** The question that Slack asks before it sends a click. Plain words only, so that names need no escape. */
export function confirmation(parts: {
  readonly title: string;
  readonly text: string;
  readonly yes: string;
  readonly style: "primary" | "danger";
}): ConfirmationDialog {
  return {
    title: plainLine(parts.title, LIMITS.confirmTitle),
    text: plainLine(parts.text, LIMITS.confirmText),
    confirm: plainLine(parts.yes, LIMITS.confirmButton),
    deny: plainLine("Go back", LIMITS.confirmButton),
    style: parts.style,
  };
}
