import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { lifecycleDocument } from "./docs/lifecycle-document.ts";

test("docs/lifecycle.md is what the code says now", () => {
  const path = join(dirname(import.meta.dirname), "docs", "lifecycle.md");
  assert.equal(readFileSync(path, "utf8"), lifecycleDocument(), "out of date: run `npm run docs`");
});

test("the document shows every state and tells permissions apart", () => {
  const text = lifecycleDocument();
  assert.match(text, /^ {2}approved --> arming: armed$/m);
  assert.match(text, /^\| `approve` \| pending \| never \| never \| never \| {2}\| {2}\|$/m);
  assert.match(text, /^\| `close_unverified` \| ending \(closing offered\) \| never \|/m);
  assert.match(text, /^\| `confirm_by` \| arming \| 120 seconds after the permission \| `ending_begun` \|$/m);
});
