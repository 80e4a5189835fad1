import assert from "node:assert/strict";
import { test } from "node:test";
import type { Button } from "@slack/types";
import { h, textOf, type VElement, type VNode } from "../dom/vnode.ts";
import { sampleCard, SAMPLE_NOW, samplePending } from "../samples.ts";
import { blocksView, type BlockContext } from "./blocks.ts";

function contextWith(change: Partial<BlockContext> = {}): BlockContext {
  return { now: SAMPLE_NOW, nameOf: (id) => id, press: () => undefined, pressed: undefined, ...change };
}

function all(nodes: readonly VNode[]): VElement[] {
  return nodes.flatMap((node) => (typeof node === "string" ? [] : [node, ...all(node.children)]));
}

const buttonsIn = (nodes: readonly VNode[]) => all(nodes).filter(({ tag }) => tag === "button");

test("L10 a Mac named like HTML is shown by that name and makes no element", () => {
  const hostname = `<img src=x onerror="document.title='owned'">`;
  const card = sampleCard(samplePending({ hostname, reason: "<script>alert(1)</script>" }));
  const view = blocksView(card.blocks, contextWith());
  const known = ["br", "button", "code", "div", "h4", "span", "strong", "time"];
  for (const { tag } of all(view)) assert.ok(known.includes(tag), tag);
  const words = textOf(h("div", {}, ...view));
  assert.ok(words.includes(hostname), words);
  assert.ok(words.includes("<script>alert(1)</script>"), words);
});

test("the card has its five buttons: the asked one primary, Deny in danger's colour", () => {
  const view = blocksView(sampleCard(samplePending()).blocks, contextWith());
  assert.deepEqual(
    buttonsIn(view).map((button) => [textOf(button), button.attributes["class"]]),
    [
      ["Approve 5 min", "button "],
      ["Approve 10 min", "button "],
      ["Approve 15 min", "button button-primary"],
      ["Approve 30 min", "button "],
      ["Deny…", "button button-danger"],
    ],
  );
});

test("a click hands over the button with its question, and none while another click is under way", () => {
  const pressed: Button[] = [];
  const click = (context: BlockContext) => {
    const [first] = buttonsIn(blocksView(sampleCard(samplePending()).blocks, context));
    first?.on.click?.({} as PointerEvent);
  };
  click(contextWith({ press: (button) => pressed.push(button) }));
  click(contextWith({ press: (button) => pressed.push(button), pressed: "hallpass_deny" }));
  assert.equal(pressed.length, 1);
  assert.equal(pressed[0]?.confirm?.title?.text, "Approve 5 minutes?");
});

test("plain text is shown line by line and its marks are not read", () => {
  const view = blocksView(
    [{ type: "section", text: { type: "plain_text", text: "*one*\n<@U0BEN>" } }],
    contextWith(),
  );
  assert.deepEqual(
    all(view).map(({ tag }) => tag),
    ["div", "div", "br"],
  );
  assert.equal(textOf(h("div", {}, ...view)), "*one*<@U0BEN>");
});

test("a block that the page cannot draw says so instead of vanishing", () => {
  const view = blocksView(
    [{ type: "image", image_url: "https://x.example/a.png", alt_text: "a" }],
    contextWith(),
  );
  assert.match(textOf(h("div", {}, ...view)), /cannot draw \(image\)/);
});
