import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { escapeMrkdwn, inlineCode } from "../../../adapters/slack/escape.ts";
import { h, textOf, type VNode } from "../dom/vnode.ts";
import { mrkdwn, type Wording } from "./mrkdwn.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);
const wording: Wording = { now: NOW, nameOf: (id) => (id === "U0BEN" ? "Ben" : id) };

/** Nodes as short text: `<strong>x</strong>`, without attributes. */
function outline(nodes: readonly VNode[]): string {
  return nodes
    .map((node) => (typeof node === "string" ? node : `<${node.tag}>${outline(node.children)}</${node.tag}>`))
    .join("");
}

function tagsOf(nodes: readonly VNode[]): string[] {
  return nodes.flatMap((node) => (typeof node === "string" ? [] : [node.tag, ...tagsOf(node.children)]));
}

const show = (text: string) => outline(mrkdwn(text, wording));

test("marks become elements, and only as whole words", () => {
  assert.equal(show("*Approved for 10 minutes* by"), "<strong>Approved for 10 minutes</strong> by");
  assert.equal(show("_soon_ and ~never~"), "<em>soon</em> and <s>never</s>");
  assert.equal(show("2*3*4 and snake_case_name"), "2*3*4 and snake_case_name");
  assert.equal(show("* not bold *"), "* not bold *");
  assert.equal(show("*STILL ADMIN:* the Mac"), "<strong>STILL ADMIN:</strong> the Mac");
});

test("marks inside code are not read", () => {
  assert.equal(show("`a *b* _c_`"), "<code>a *b* _c_</code>");
  assert.equal(show("x\n```\n*raw* &amp;\n```"), "x<br></br><pre>*raw* &</pre>");
});

test("lines break, and a line that begins with > is a quotation", () => {
  assert.equal(show("one\ntwo"), "one<br></br>two");
  assert.equal(show("&gt; said\nthen"), "<blockquote>said</blockquote>then");
});

test("mentions are named, in bold as well", () => {
  assert.equal(show("by <@U0BEN>."), "by <span>@Ben</span>.");
  assert.equal(show("*by <@U0BEN>*"), "<strong>by <span>@Ben</span></strong>");
});

test("a link leads to the web or a mailbox, or is text", () => {
  const [link] = mrkdwn("<https://example.com/?a=1&amp;b=2|the page>", wording);
  assert.ok(link !== undefined && typeof link !== "string");
  assert.equal(link.attributes["href"], "https://example.com/?a=1&b=2");
  assert.equal(link.attributes["rel"], "noopener noreferrer");
  assert.equal(textOf(link), "the page");
  for (const address of ["javascript:alert(1)", "data:text/html,x", "//evil.example", "file:///etc"]) {
    assert.equal(show(`<${address}|click>`), "click", address);
  }
});

test("a date is told in the reader's zone, with the whole date on hover and the fallback when it is none", () => {
  const [date] = mrkdwn(`<!date^${NOW / 1000}^{date_short_pretty} {time}|12:00 UTC>`, wording);
  assert.ok(date !== undefined && typeof date !== "string");
  assert.equal(date.tag, "time");
  assert.equal(date.attributes["datetime"], "2026-11-23T12:00:00.000Z");
  assert.match(date.attributes["title"] ?? "", /2026/);
  const local = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" }).format(NOW);
  assert.equal(textOf(date), `today ${local}`);
  assert.equal(textOf(h("p", {}, ...mrkdwn("<!date^99999999999999^{time}|never>", wording))), "never");
  assert.equal(textOf(h("p", {}, ...mrkdwn("<!date^1^{what}|long ago>", wording))), "long ago");
});

test("entities are decoded once", () => {
  assert.equal(show("&amp;lt;b&amp;gt;"), "&lt;b&gt;");
});

test("L10 whatever people write, escaped for Slack, is text again on the page", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (words) => {
      const nodes = mrkdwn(escapeMrkdwn(words), wording);
      assert.ok(nodes.every((node) => typeof node === "string"));
    }),
  );
  const attack = `<img src=x onerror="alert(1)"> <@U0BEN> *x* \`y\``;
  const escaped = mrkdwn(escapeMrkdwn(attack), wording);
  assert.deepEqual(tagsOf(escaped), []);
  assert.match(textOf(h("p", {}, ...escaped)), /<img src=x onerror="alert\(1\)"> <@U0BEN>/);
  assert.deepEqual(tagsOf(mrkdwn(inlineCode(attack), wording)), ["code"]);
});
