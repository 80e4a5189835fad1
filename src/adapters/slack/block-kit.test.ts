import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import type { KnownBlock, ModalView } from "@slack/types";
import { TerminalError } from "../../ports/errors.ts";
import { assertLegalMessage, assertLegalView } from "./block-kit.ts";
import { LIMITS } from "./block-kit-limits.ts";

const text = (length: number) => ({ type: "plain_text" as const, text: "x".repeat(length) });
const words = (value: string) => ({ type: "mrkdwn" as const, text: value, verbatim: true });
const button = (change: object = {}) => ({
  type: "button" as const,
  text: text(75),
  action_id: "a".repeat(255),
  value: "v".repeat(2000),
  ...change,
});
const confirm = (change: object = {}) => ({
  title: text(100),
  text: text(300),
  confirm: text(30),
  deny: text(30),
  ...change,
});
const actions = (...elements: object[]) => ({ type: "actions" as const, elements }) as KnownBlock;
const section = (value: string) => ({ type: "section" as const, text: words(value) }) satisfies KnownBlock;

function isLegal(...blocks: object[]): boolean {
  try {
    assertLegalMessage({ text: "words", blocks: blocks as KnownBlock[] });
    return true;
  } catch (error) {
    assert.ok(error instanceof TerminalError);
    return false;
  }
}

test("a message at every limit is legal, one step over is not", () => {
  const many = (count: number) => Array.from({ length: count }, () => ({ type: "divider" }));
  assert.ok(isLegal(...many(50)));
  assert.ok(!isLegal(...many(51)));
  assert.ok(!isLegal());
  const atLimit: [string, (by: number) => object][] = [
    ["header", (by) => ({ type: "header", text: text(150 + by) })],
    ["section", (by) => section("x".repeat(3000 + by))],
    ["fields", (by) => ({ type: "section", fields: Array.from({ length: 10 + by }, () => text(1)) })],
    ["field", (by) => ({ type: "section", fields: [text(2000 + by)] })],
    ["context", (by) => ({ type: "context", elements: Array.from({ length: 10 + by }, () => text(1)) })],
    ["context text", (by) => ({ type: "context", elements: [text(3000 + by)] })],
    [
      "actions",
      (by) => actions(...Array.from({ length: 25 + by }, (_, index) => button({ action_id: `a${index}` }))),
    ],
    ["button text", (by) => actions(button({ text: text(75 + by) }))],
    ["button value", (by) => actions(button({ value: "v".repeat(2000 + by) }))],
    ["action id", (by) => actions(button({ action_id: "a".repeat(255 + by) }))],
    ["block id", (by) => ({ type: "divider", block_id: "b".repeat(255 + by) })],
    ["confirm title", (by) => actions(button({ confirm: confirm({ title: text(100 + by) }) }))],
    ["confirm text", (by) => actions(button({ confirm: confirm({ text: text(300 + by) }) }))],
    ["confirm yes", (by) => actions(button({ confirm: confirm({ confirm: text(30 + by) }) }))],
    ["confirm no", (by) => actions(button({ confirm: confirm({ deny: text(30 + by) }) }))],
    ["label", (by) => actions(button({ accessibility_label: "x".repeat(75 + by) }))],
  ];
  for (const [what, block] of atLimit) {
    assert.ok(isLegal(block(0)), `${what} at the limit`);
    assert.ok(!isLegal(block(1)), `${what} over the limit`);
  }
});

test("shapes that Slack refuses are refused", () => {
  assert.ok(!isLegal({ type: "section" }));
  assert.ok(!isLegal({ type: "section", fields: [] }));
  assert.ok(!isLegal({ type: "section", text: words("") }));
  assert.ok(!isLegal({ type: "header", text: words("no markup in a header") }));
  assert.ok(!isLegal({ type: "sparkles" }));
  assert.ok(!isLegal({ type: "divider", colour: "red" }));
  assert.ok(!isLegal(actions(button({ text: words("no markup in a button") }))));
  assert.ok(!isLegal(actions(button({ style: "warning" }))));
  assert.ok(!isLegal(actions(button(), button())));
  assert.ok(!isLegal(actions()));
  assert.ok(!isLegal({ type: "divider", block_id: "b" }, { type: "divider", block_id: "b" }));
  assert.ok(!isLegal(section("half \ud83d")));
  assert.ok(!isLegal({ type: "section", text: { type: "mrkdwn", text: "example.com becomes a link" } }));
});

test("L10 only our own tokens are let through: one person, or a date", () => {
  assert.ok(isLegal(section("<@U0ADA> until <!date^1700000000^{time}|22:13 UTC> &lt;b&gt;")));
  const markup = [
    "<!channel>",
    "<!here>",
    "<!everyone|x>",
    "<!subteam^S1>",
    "<#C0IT>",
    "<https://evil.test|here>",
    "<@U0ADA|boss>",
    "<!date^1700000000^{time}^https://evil.test|22:13>",
    "a < b",
    "> quoted",
  ];
  for (const attack of markup) assert.ok(!isLegal(section(attack)), attack);
  assert.throws(
    () => assertLegalMessage({ text: "<!channel>", blocks: [{ type: "divider" }] }),
    TerminalError,
  );
});

test("L12 the refusal names places, not words", () => {
  const blocks = [section("secret <https://evil.test>")];
  assert.throws(
    () => assertLegalMessage({ text: "words", blocks }),
    (error: Error) => error.message.includes("blocks.0.text.text") && !error.message.includes("secret"),
  );
});

test("a dialog is checked too", () => {
  const view = (change: object = {}) =>
    ({
      type: "modal",
      title: text(24),
      submit: text(24),
      close: text(24),
      callback_id: "c",
      private_metadata: "m".repeat(3000),
      blocks: [
        {
          type: "input",
          label: text(2000),
          element: { type: "plain_text_input", action_id: "a", max_length: 3000, placeholder: text(150) },
        },
      ],
      ...change,
    }) as ModalView;
  assertLegalView(view());
  const wrong = [
    { title: text(25) },
    { submit: text(25) },
    { close: text(25) },
    { private_metadata: "m".repeat(3001) },
    { callback_id: "c".repeat(256) },
    { blocks: [] },
    { blocks: [{ type: "input", label: text(2001), element: { type: "plain_text_input", action_id: "a" } }] },
    {
      blocks: [
        {
          type: "input",
          label: text(1),
          element: { type: "plain_text_input", action_id: "a", max_length: 3001 },
        },
      ],
    },
  ];
  for (const change of wrong)
    assert.throws(() => assertLegalView(view(change)), TerminalError, Object.keys(change)[0]);
});

/** The length or number that a type comment of `@slack/types` states for one field, e.g. `Button.text`. */
function vendorLimits(): Map<string, number> {
  const folder = dirname(createRequire(import.meta.url).resolve("@slack/types"));
  const limits = new Map<string, number>();
  for (const file of [
    "block-kit/blocks",
    "block-kit/block-elements",
    "block-kit/composition-objects",
    "block-kit/extensions",
    "views",
  ]) {
    const source = readFileSync(join(folder, `${file}.d.ts`), "utf8");
    let owner = "";
    for (const match of source.matchAll(/\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(\w+)\??:|interface (\w+)/g)) {
      if (match[3] !== undefined) owner = match[3];
      const comment = (match[1] ?? "").replace(/\s*\n\s*\*\s*/g, " ");
      const stated = comment.match(
        /maximum (?:length|number)?[^.]*?(?:is|of) (\d[\d,]*)|maximum of (\d+)|maximum length is (\d+)|length of (\d+)/i,
      );
      const number = stated?.slice(1).find((group) => group !== undefined);
      if (match[2] !== undefined && number !== undefined)
        limits.set(`${owner}.${match[2]}`, Number(number.replace(",", "")));
    }
  }
  return limits;
}

test("our table of limits agrees with the vendor's type comments", () => {
  const stated = vendorLimits();
  const ours: Record<string, number> = {
    "Button.text": LIMITS.buttonText,
    "Button.value": LIMITS.buttonValue,
    "Button.accessibility_label": LIMITS.buttonAccessibilityLabel,
    "Action.action_id": LIMITS.actionId,
    "Block.block_id": LIMITS.blockId,
    "ActionsBlock.elements": LIMITS.actionsElements,
    "ContextBlock.elements": LIMITS.contextElements,
    "HeaderBlock.text": LIMITS.headerText,
    "SectionBlock.text": LIMITS.sectionText,
    "SectionBlock.fields": LIMITS.sectionFields,
    "InputBlock.label": LIMITS.inputLabel,
    "InputBlock.hint": LIMITS.inputHint,
    "Placeholdable.placeholder": LIMITS.inputPlaceholder,
    "PlainTextElement.text": LIMITS.textObject,
    "MrkdwnElement.text": LIMITS.textObject,
    "Confirm.title": LIMITS.confirmTitle,
    "Confirm.text": LIMITS.confirmText,
    "Confirm.confirm": LIMITS.confirmButton,
    "Confirm.deny": LIMITS.confirmButton,
    "ModalView.title": LIMITS.viewTitle,
    "ModalView.submit": LIMITS.viewButton,
    "ModalView.close": LIMITS.viewButton,
    "BaseView.private_metadata": LIMITS.privateMetadata,
    "BaseView.callback_id": LIMITS.callbackId,
  };
  for (const [field, limit] of Object.entries(ours)) assert.equal(stated.get(field), limit, field);
});
