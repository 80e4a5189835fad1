import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { lifecycleDocument } from "./docs/lifecycle-document.ts";
import { withLists } from "./docs/simulation-lists.ts";

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

test("docs/simulation.md lists what the simulation does now", () => {
  const path = join(dirname(import.meta.dirname), "docs", "simulation.md");
  const page = readFileSync(path, "utf8");
  assert.equal(page, withLists(page), "out of date: run `npm run docs`");
  assert.match(page, /`crash_at_port` 0\.004/);
  assert.throws(() => withLists("a page without lists"), /lacks/);
});
