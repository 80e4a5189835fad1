import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TEST_PATTERNS } from "./settings.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const IMPORT = /^import (?<what>.*) from "node:test";$/m;
const COLLECTED = new Set(["test", "{ test }", "{ describe, test }", "test, { describe }"]);
/** A body that takes the test's context, which nobody gives it. */
const WITH_CONTEXT = /^\s*test\(.*(?:function \w*|async )?\((?!\))[\w{][^)]*\) => \{$/m;

test("the tests of the two cores use no more of node:test than can be collected for mutants", () => {
  const files = globSync([...TEST_PATTERNS], { cwd: ROOT });
  assert.ok(files.length > 40);
  for (const file of files) {
    const text = readFileSync(join(ROOT, file), "utf8");
    const what = IMPORT.exec(text)?.groups?.["what"];
    assert.ok(what === undefined || COLLECTED.has(what), `${file} imports ${what} from node:test`);
    assert.doesNotMatch(text, WITH_CONTEXT, file);
  }
});
