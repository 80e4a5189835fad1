import assert from "node:assert/strict";
import { test } from "node:test";
import { PEOPLE } from "../../src/world/cast.ts";
import { createWhole } from "./whole.ts";

/** Names of Macs as their owners type them, and how each has to stand in a code span of what Slack is sent. */
const NAMES = [
  ["Anna's MacBook Pro", "Anna's MacBook Pro"],
  ["Anna’s MacBook Pro (2)", "Anna’s MacBook Pro (2)"],
  ["アンナのMacBook Air", "アンナのMacBook Air"],
  ["💻 of Anna 👩‍💻", "💻 of Anna 👩‍💻"],
  ['the "fast" one', 'the "fast" one'],
  ["M4 & co. <IT>", "M4 &amp; co. &lt;IT&gt;"],
  ["<!channel> <@U0BEN>", "&lt;!channel&gt; &lt;@U0BEN&gt;"],
  ["&lt;tag&gt;", "&amp;lt;tag&amp;gt;"],
  ["`code` *bold* _it_", "ˋcodeˋ *bold* _it_"],
] as const;

type Text = { readonly type: string; readonly text: string };

/** Every text object in what was sent, however deep. */
function textsIn(value: unknown): Text[] {
  if (typeof value !== "object" || value === null) return [];
  const own = "text" in value && "type" in value && typeof value.text === "string" ? [value as Text] : [];
  return [...own, ...Object.values(value).flatMap(textsIn)];
}

test("W54 whatever a Mac is called, it may ask, and its name stands escaped in the message that Slack is sent", async () => {
  const whole = await createWhole();
  const { email, realName } = PEOPLE.anna;
  for (const [index, [hostname, escaped]] of NAMES.entries()) {
    const serial = `NAMED00000${index}`;
    whole.world.iru.addDevice({ serial, platform: "Mac", owner: { email, name: realName }, tags: [] });
    const mac = whole.addMac({ serial, hostname });
    await whole.seconds(5);
    const asking = mac.requestAdmin({ user: "anna", reason: "x", category: "install", minutes: 10 });
    await whole.seconds(5);
    assert.equal((await asking).ok, true, hostname);
    const sent = whole.world.slack.calls
      .filter(({ method, args }) => method === "chat.postMessage" && args["channel"] === "C0ITACCESS")
      .map(({ args }) => args);
    assert.equal(sent.length, index + 1, `a message for ${hostname}`);
    const texts = textsIn(JSON.parse(String(sent.at(-1)?.["blocks"])));
    const marked = texts.filter(({ type }) => type === "mrkdwn").map(({ text }) => text);
    assert.ok(marked.includes(`<@U0ANNA> (\`anna\`) on \`${escaped}\``), marked.join("\n"));
    // Slack reads marks in the text for notifications, too.
    for (const text of [...marked, String(sent.at(-1)?.["text"])]) {
      assert.doesNotMatch(text, /<(?!@U0ANNA>|!date\^)|&(?!amp;|lt;|gt;)/, hostname);
    }
    const plain = texts.filter(({ type }) => type === "plain_text").map(({ text }) => text);
    assert.ok(
      plain.some((text) => text.includes(hostname.slice(0, 16))),
      "what Slack does not read marks in has the name as it is",
    );
  }
  await whole.stop();
});
