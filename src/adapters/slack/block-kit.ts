import type { KnownBlock, ModalView } from "@slack/types";
import { z } from "zod";
import { TerminalError } from "../../ports/errors.ts";
import { LIMITS } from "./block-kit-limits.ts";

/** What the chat sends: blocks, and the plain words for notifications, screen readers and search. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

// Only tokens that our own builders make: a mention of one person, and a date. So a mention of a whole channel or a
// link that slipped through the escaping is caught here once more (law L10).
const TOKEN = /<@[UW][A-Z0-9]{2,20}>|<!date\^\d{1,12}\^[^|<>^]{1,60}\|[^|<>^]{1,60}>/g;

const wellFormed = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .refine((text) => text.isWellFormed(), "must be well-formed Unicode");

const ownTokensOnly = (text: string) => !/[<>]/.test(text.replaceAll(TOKEN, ""));
const mrkdwnText = (max: number) => wellFormed(max).refine(ownTokensOnly, "must hold no markup but our own");

const plain = (max: number) =>
  z.strictObject({ type: z.literal("plain_text"), text: wellFormed(max), emoji: z.boolean().optional() });
const mrkdwn = (max: number) =>
  z.strictObject({ type: z.literal("mrkdwn"), text: mrkdwnText(max), verbatim: z.literal(true) });
const either = (max: number) => z.discriminatedUnion("type", [plain(max), mrkdwn(max)]);
const style = z.enum(["primary", "danger"]).optional();
const blockId = z.string().min(1).max(LIMITS.blockId).optional();
const actionId = z.string().min(1).max(LIMITS.actionId);

const confirm = z.strictObject({
  title: plain(LIMITS.confirmTitle),
  text: plain(LIMITS.confirmText),
  confirm: plain(LIMITS.confirmButton),
  deny: plain(LIMITS.confirmButton),
  style,
});

const button = z.strictObject({
  type: z.literal("button"),
  text: plain(LIMITS.buttonText),
  action_id: actionId,
  value: z.string().min(1).max(LIMITS.buttonValue),
  style,
  confirm: confirm.optional(),
  accessibility_label: z.string().min(1).max(LIMITS.buttonAccessibilityLabel).optional(),
});

const textInput = z.strictObject({
  type: z.literal("plain_text_input"),
  action_id: actionId,
  multiline: z.boolean().optional(),
  max_length: z.number().int().min(1).max(LIMITS.inputMaxLength).optional(),
  placeholder: plain(LIMITS.inputPlaceholder).optional(),
  focus_on_load: z.boolean().optional(),
});

const header = z.strictObject({
  type: z.literal("header"),
  text: plain(LIMITS.headerText),
  block_id: blockId,
});
const divider = z.strictObject({ type: z.literal("divider"), block_id: blockId });
const section = z
  .strictObject({
    type: z.literal("section"),
    text: either(LIMITS.sectionText).optional(),
    fields: z.array(either(LIMITS.sectionFieldText)).min(1).max(LIMITS.sectionFields).optional(),
    block_id: blockId,
  })
  .refine((block) => block.text !== undefined || block.fields !== undefined, "must have text or fields");
const context = z.strictObject({
  type: z.literal("context"),
  elements: z.array(either(LIMITS.textObject)).min(1).max(LIMITS.contextElements),
  block_id: blockId,
});
const actions = z
  .strictObject({
    type: z.literal("actions"),
    elements: z.array(button).min(1).max(LIMITS.actionsElements),
    block_id: blockId,
  })
  .refine(
    (block) => allDiffer(block.elements.map((element) => element.action_id)),
    "action_id must be unique",
  )
  .refine(
    (block) => block.elements.filter((element) => element.style === "primary").length <= 1,
    "at most one button is the primary one",
  );
const input = z.strictObject({
  type: z.literal("input"),
  label: plain(LIMITS.inputLabel),
  element: textInput,
  hint: plain(LIMITS.inputHint).optional(),
  optional: z.boolean().optional(),
  block_id: blockId,
});

const blocksDiffer = (blocks: readonly { readonly block_id?: string | undefined }[]) =>
  allDiffer(blocks.flatMap((block) => block.block_id ?? []));

/** The blocks of a message, as far as we use them; everything else is refused. */
export const messageBlocks = z
  .array(z.discriminatedUnion("type", [header, divider, section, context, actions]))
  .min(1)
  .max(LIMITS.messageBlocks)
  .refine(blocksDiffer, "block_id must be unique");

const message = z.strictObject({ text: mrkdwnText(LIMITS.messageText), blocks: messageBlocks });

/** A dialog, as far as we use it. */
export const modalView = z.strictObject({
  type: z.literal("modal"),
  title: plain(LIMITS.viewTitle),
  submit: plain(LIMITS.viewButton),
  close: plain(LIMITS.viewButton),
  callback_id: z.string().min(1).max(LIMITS.callbackId),
  private_metadata: z.string().max(LIMITS.privateMetadata),
  blocks: z
    .array(z.discriminatedUnion("type", [input, section, context, divider]))
    .min(1)
    .max(LIMITS.viewBlocks)
    .refine(blocksDiffer, "block_id must be unique"),
});

/** Throws `TerminalError` naming the places at fault (never their text) when Slack would not take the message. */
export function assertLegalMessage(candidate: SlackMessage): void {
  check(message, candidate, "message");
}

/** Throws `TerminalError` naming the places at fault when Slack would not take the dialog. */
export function assertLegalView(candidate: ModalView): void {
  check(modalView, candidate, "dialog");
}

function check(schema: z.ZodType, candidate: unknown, what: string): void {
  const result = schema.safeParse(candidate);
  if (result.success) return;
  const places = result.error.issues.map((issue) => `${issue.path.join(".") || what}: ${issue.message}`);
  throw new TerminalError(
    `Slack would refuse this ${what}, so it was not sent: ${places.slice(0, 5).join("; ")}`,
  );
}

function allDiffer(names: readonly string[]): boolean {
  return new Set(names).size === names.length;
}
