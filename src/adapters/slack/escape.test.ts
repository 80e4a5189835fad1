import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { clip, escapeMrkdwn, inlineCode, plainWords, singleLine } from "./escape.ts";

test("L10 mentions, links, dates and channels cannot be made by a person's words", () => {
  const attacks = {
    "<!channel> help": "&lt;!channel&gt; help",
    "<@U0BOSS>": "&lt;@U0BOSS&gt;",
    "<#C0IT|it>": "&lt;#C0IT|it&gt;",
    "<https://evil.test|Approve here>": "&lt;https://evil.test|Approve here&gt;",
    "<!date^0^{date}|now>": "&lt;!date^0^{date}|now&gt;",
    "&lt;!here&gt;": "&amp;lt;!here&amp;gt;",
    "a & b": "a &amp; b",
  };
  for (const [raw, safe] of Object.entries(attacks)) assert.equal(escapeMrkdwn(raw), safe);
});

test("L10 bold, italic, strike, code, quotation and emoji codes cannot be made by a person's words", () => {
  assert.equal(escapeMrkdwn("*Approved* _by_ ~IT~ `now`"), "∗Approved∗ ˍbyˍ ∼IT∼ ˋnowˋ");
  assert.equal(escapeMrkdwn("```\nblock\n```"), "ˋˋˋ block ˋˋˋ");
  assert.equal(escapeMrkdwn("fine\n> Ada: approved"), "fine &gt; Ada: approved");
  assert.equal(
    escapeMrkdwn("done :white_check_mark: :+1:"),
    "done ∶white_check_mark: ∶+1:".replaceAll("_", "ˍ"),
  );
  assert.equal(escapeMrkdwn("at 10:30"), "at 10:30");
});

test("L10 control characters and direction changes do not reach a message", () => {
  assert.equal(plainWords("a\u0000b\u001b[31mc"), "a b [31mc");
  assert.equal(plainWords("txt.\u202eexe\u202c \u2066x\u2069"), "txt.exe x");
  assert.equal(plainWords("one\r\ntwo\rthree\u2028four"), "one\ntwo\nthree\nfour");
  assert.equal(plainWords("half \ud83d"), "half \ufffd");
  assert.equal(singleLine("one \n\n  two\tthree"), "one two three");
  assert.equal(plainWords("Ünïcödé 日本語 שלום 👩‍💻"), "Ünïcödé 日本語 שלום 👩‍💻");
});

test("inline code keeps a name exact but cannot be left", () => {
  assert.equal(inlineCode("Anna’s MacBook_Pro*"), "`Anna’s MacBook_Pro*`");
  assert.equal(inlineCode("a`b` <!here> & c"), "`aˋbˋ &lt;!here&gt; &amp; c`");
  assert.equal(inlineCode("two\nlines"), "`two lines`");
  assert.equal(inlineCode("  "), "`-`");
  assert.equal(inlineCode("x".repeat(20), 10), `\`${"x".repeat(9)}…\``);
});

test("a cut never splits a code point or an entity", () => {
  assert.equal(clip("abcdef", 6), "abcdef");
  assert.equal(clip("abcdefg", 6), "abcde…");
  assert.equal(clip("👩👩👩", 5), "👩👩…");
  assert.equal(clip("<<<<", 10, escapeMrkdwn), "&lt;&lt;…");
  assert.equal(clip(":ok: and more", 6, escapeMrkdwn), "∶ok:…");
});

test("whatever people write, what is sent holds no markup and fits", () => {
  const words = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.string({
      unit: fc.constantFrom("<", ">", "&", "*", "_", "~", "`", ":", "!", "@", "\n", "a", "👩"),
      maxLength: 400,
    }),
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 2, max: 300 }), (text, maxLength) => {
      const escaped = clip(text, maxLength, escapeMrkdwn);
      assert.ok(escaped.length <= maxLength);
      assert.ok(escaped.isWellFormed());
      assert.doesNotMatch(escaped, /[<>*_~`\n]/);
      assert.doesNotMatch(escaped, /&(?!amp;|lt;|gt;)/);
      assert.doesNotMatch(escaped, /:[a-z0-9_'+-]+:/i);
      assert.match(inlineCode(text, maxLength), /^`[^<>`\n]+`$/);
    }),
  );
});
