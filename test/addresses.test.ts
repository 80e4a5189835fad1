import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { matching, readTree } from "./tidy/tree.ts";

/** Whose installation this is stands in its settings only. */

const PRODUCT = /^src\/(?!world\/|.*(contract|testing)\/).*(?<!\.test)\.ts$/;
const COMMENT = /^\s*(\/\/|\/?\*)/;

/** Every host that the product's own code names, outside comments. */
function hostsIn(text: string): string[] {
  const lines = text.split("\n").filter((line) => !COMMENT.test(line));
  return [...lines.join("\n").matchAll(/https?:\/\/([a-z0-9-]+(?:\.[a-z0-9-]+)+)/gi)].map(
    ([, host]) => host ?? "",
  );
}

test("W61 the product names no host but Slack's and Apple's own, and examples: all others are settings", () => {
  const files = matching(readTree(dirname(import.meta.dirname)), PRODUCT);
  assert.ok(files.length > 100, `only ${files.length} files`);
  const hosts = new Set(files.flatMap(([, text]) => hostsIn(text)));
  assert.deepEqual([...hosts].toSorted(), [
    "captive.apple.com",
    "example.api.kandji.io",
    "files.slack.com",
    "hallpass.example.com",
    "hooks.slack.com",
    "slack.com",
  ]);
});

test("W61 the look for hosts finds one in any kind of text, and none in a comment", () => {
  const source = [
    'f("https://a.kandji.io/x");',
    "`http://b.acme.com`;",
    "// https://no.acme.com",
    " * https://no.acme.com",
  ];
  assert.deepEqual(hostsIn(source.join("\n")), ["a.kandji.io", "b.acme.com"]);
});
