import type { Button, KnownBlock, MrkdwnElement, PlainTextElement } from "@slack/types";

/** How the names and times inside a message are to be written. */
export interface Wording {
  /** The name of a user id, without the @. */
  userName(userId: string): string;
  /** A date token: seconds since 1970, its format and its fallback words. */
  time(seconds: number, format: string, fallback: string): string;
}

/**
 * A message as lines of text that a person can read and compare: `#` before a headline, `|` before a person's own
 * words, buttons in brackets (`*` marks the primary one, `!` a dangerous one), the question of a button below it.
 */
export function renderBlocks(blocks: readonly KnownBlock[], wording: Wording): readonly string[] {
  return blocks.flatMap((block) => renderBlock(block, wording));
}

/** Before the question that a button asks. */
export const QUESTION_MARK = "  ? ";

function renderBlock(block: KnownBlock, wording: Wording): readonly string[] {
  switch (block.type) {
    case "header":
      return [`# ${block.text.text}`];
    case "section":
      return [
        ...(block.text === undefined ? [] : renderText(block.text, wording)),
        ...(block.fields ?? []).map((field) => `  ${renderText(field, wording).join(": ")}`),
      ];
    case "context":
      return block.elements.flatMap((element) =>
        element.type === "image" ? [] : renderText(element, wording).map((line) => `  ${line}`),
      );
    case "actions":
      return renderButtons(block.elements.filter((element): element is Button => element.type === "button"));
    case "divider":
      return ["---"];
    default:
      return [`(${block.type})`];
  }
}

function renderButtons(buttons: readonly Button[]): readonly string[] {
  const row = buttons.map((button) => {
    const mark = button.style === "primary" ? "*" : button.style === "danger" ? "!" : "";
    return `[${button.text.text}${mark}]`;
  });
  const questions = buttons.flatMap((button) =>
    button.confirm === undefined
      ? []
      : [
          `${QUESTION_MARK}${button.text.text}: ${button.confirm.title?.text ?? ""} ${button.confirm.text.text}`,
        ],
  );
  return [row.join(" "), ...questions];
}

function renderText(text: MrkdwnElement | PlainTextElement, wording: Wording): readonly string[] {
  return text.type === "plain_text"
    ? text.text.split("\n").map((line) => `| ${line}`)
    : renderMrkdwn(text.text, wording).split("\n");
}

/** mrkdwn with names for mentions, times for date tokens and characters for entities; marks stay as they are. */
export function renderMrkdwn(text: string, wording: Wording): string {
  return text
    .replace(/<@([A-Z0-9]+)>/g, (_, userId: string) => `@${wording.userName(userId)}`)
    .replace(/<!date\^(\d+)\^([^|]*)\|([^>]*)>/g, (_, seconds: string, format: string, fallback: string) =>
      wording.time(Number(seconds), format, fallback),
    )
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}
