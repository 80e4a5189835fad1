import { h, type VNode } from "../dom/vnode.ts";
import { slackDate, slackDateTitle } from "./slack-date.ts";

/** What a text needs to know of its surroundings. */
export interface Wording {
  readonly now: number;
  nameOf(userId: string): string;
}

/**
 * Slack's mrkdwn as nodes, as far as Hallpass writes it: bold, italic, strike, code, code blocks, quotations,
 * mentions, links, dates and the three entities (docs.slack.dev, "Formatting message text"). Whatever is no markup
 * stays text; nothing is ever read as HTML.
 */
export function mrkdwn(text: string, wording: Wording): VNode[] {
  return text.split(/```\n?([\s\S]*?)\n?```/).flatMap((part, index) => {
    if (index % 2 === 1) return [h("pre", { class: "code-block" }, entities(part))];
    return part === "" ? [] : lines(part, wording);
  });
}

function lines(text: string, wording: Wording): VNode[] {
  const all = text.split("\n");
  return all.flatMap((line, index) => {
    const quotation = /^&gt; ?(.*)$/.exec(line)?.[1];
    if (quotation !== undefined) return [h("blockquote", {}, ...inline(quotation, wording))];
    const isLast = index === all.length - 1;
    return [...inline(line, wording), ...(isLast ? [] : [h("br", {})])];
  });
}

// Tokens and code first: marks inside them are not read. A mark opens after a boundary and before a character,
// and closes after a character and before a boundary.
const INLINE =
  /<([^<>\n]+)>|`([^`\n]+)`|(?<![\p{L}\p{N}])(?:\*(\S(?:[^*\n]*\S)?)\*|_(\S(?:[^_\n]*\S)?)_|~(\S(?:[^~\n]*\S)?)~)(?![\p{L}\p{N}])/gu;

function inline(text: string, wording: Wording): VNode[] {
  const nodes: VNode[] = [];
  let from = 0;
  for (const match of text.matchAll(INLINE)) {
    const [whole, token, code, bold, italic, strike] = match;
    nodes.push(entities(text.slice(from, match.index)));
    from = match.index + whole.length;
    if (token !== undefined) nodes.push(tokenNode(token, wording));
    else if (code !== undefined) nodes.push(h("code", {}, entities(code)));
    else if (bold !== undefined) nodes.push(h("strong", {}, ...inline(bold, wording)));
    else if (italic !== undefined) nodes.push(h("em", {}, ...inline(italic, wording)));
    else nodes.push(h("s", {}, ...inline(strike ?? "", wording)));
  }
  nodes.push(entities(text.slice(from)));
  return nodes.filter((node) => node !== "");
}

function tokenNode(token: string, wording: Wording): VNode {
  const [body, label] = splitOnce(token, "|");
  if (body.startsWith("@")) return mention(`@${wording.nameOf(body.slice(1))}`);
  if (body.startsWith("#")) return mention(`#${entities(label ?? body.slice(1))}`);
  if (body.startsWith("!date^")) return dateNode(body, label, wording);
  if (body.startsWith("!")) return mention(`@${entities(label ?? body.slice(1))}`);
  return linkNode(body, label);
}

function mention(words: string): VNode {
  return h("span", { class: "mention" }, words);
}

function dateNode(body: string, label: string | undefined, wording: Wording): VNode {
  const [, secondsText = "", format = ""] = body.split("^");
  const seconds = Number(secondsText);
  const title = slackDateTitle(seconds);
  const fallback = entities(label ?? "a date");
  if (title === undefined) return fallback;
  const datetime = new Date(seconds * 1_000).toISOString();
  return h("time", { datetime, title }, slackDate(seconds, format, fallback, wording.now));
}

/** A link, only where it leads to the web or to a mailbox; anything else stays text. */
function linkNode(body: string, label: string | undefined): VNode {
  const address = entities(body);
  const words = entities(label ?? body);
  if (!/^(https?|mailto):/i.test(address)) return words;
  return h("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, words);
}

function splitOnce(text: string, at: string): [string, string?] {
  const index = text.indexOf(at);
  return index === -1 ? [text] : [text.slice(0, index), text.slice(index + 1)];
}

/** The three entities that Slack knows, as characters. `&amp;` last, so that nothing is decoded twice. */
function entities(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
