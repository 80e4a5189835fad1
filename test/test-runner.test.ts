import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { findTests } from "../scripts/testing/find-tests.ts";
import type { RunOutcome } from "../scripts/testing/run-tests.ts";

const RUNNER = join(dirname(import.meta.dirname), "scripts", "testing", "run-tests.ts");
const parent = mkdtempSync(join(tmpdir(), "hallpass-runner-test-"));
after(() => rmSync(parent, { recursive: true, force: true }));

const HEAD = 'import test from "node:test"; import assert from "node:assert/strict";\n';

interface Run {
  readonly outcome: RunOutcome;
  readonly output: string;
}

/** Runs one test file of this text in a process of its own: node's runner does not nest. */
function runText(text: string, totalTimeoutMs = 20_000): Run {
  const folder = mkdtempSync(join(parent, "run-"));
  writeFileSync(join(folder, "package.json"), '{"type":"module"}');
  writeFileSync(join(folder, "a.test.ts"), text);
  const limits = { testTimeoutMs: totalTimeoutMs, totalTimeoutMs };
  const script =
    `import { runTests } from ${JSON.stringify(RUNNER)};` +
    `const outcome = await runTests(${JSON.stringify(folder)}, ["a.test.ts"], ${JSON.stringify(limits)},` +
    " (text) => process.stdout.write(text));" +
    ' process.stdout.write("\\noutcome " + JSON.stringify(outcome));';
  writeFileSync(join(folder, "run.mjs"), script);
  const { NODE_TEST_CONTEXT: _context, ...environment } = process.env;
  const child = spawnSync(process.execPath, [join(folder, "run.mjs")], {
    cwd: folder,
    env: environment,
    encoding: "utf8",
  });
  const [output = "", outcome = ""] = child.stdout.split("\noutcome ");
  assert.notEqual(outcome, "", child.stderr);
  return { outcome: JSON.parse(outcome) as RunOutcome, output };
}

test("a passing file is one line and node's own closing lines", () => {
  const { outcome, output } = runText(`${HEAD}test("one", () => assert.ok(true)); test("two", () => {});`);
  assert.equal(outcome.ok, true);
  assert.match(output, /^ok .* 2 tests {2}a\.test\.ts$/m);
  assert.match(output, /^# tests 2\n(?:.*\n)*# pass 2\n# fail 0\n/m);
});

test("a failing test is named with its place and its difference", () => {
  const { outcome, output } = runText(`${HEAD}\ntest("adds up", () => assert.equal(1 + 1, 3));`);
  assert.equal(outcome.ok, false);
  assert.match(output, /^FAIL adds up\n {4}at a\.test\.ts:3$/m);
  assert.match(output, /2 !== 3/);
  assert.match(output, /^# fail 1$/m);
});

test("a file that holds no test is a failure", () => {
  const { outcome, output } = runText("export const forgotten = 1;");
  assert.equal(outcome.ok, false);
  assert.match(output, /^FAIL a\.test\.ts holds no test$/m);
});

test("a file that cannot be loaded is a failure", () => {
  const { outcome, output } = runText(`${HEAD}test("one", () => {`);
  assert.equal(outcome.ok, false);
  assert.match(output, /^FAIL /m);
});

test("a test left as todo is a failure", () => {
  const { outcome, output } = runText(`${HEAD}test("later", { todo: true }, () => {}); test("x", () => {});`);
  assert.equal(outcome.ok, false);
  assert.match(output, /"later" is marked todo/);
});

test("a skipped test is handed on with its reason", () => {
  const { outcome } = runText(`${HEAD}test("on a Mac", { skip: "no Mac here" }, () => {});`);
  assert.equal(outcome.ok, true);
  assert.deepEqual(outcome.skipped, [{ file: "a.test.ts", name: "on a Mac", reason: "no Mac here" }]);
});

test("a file that never ends is stopped and is a failure", () => {
  const { outcome, output } = runText(`${HEAD}test("x", () => {}); setInterval(() => {}, 1_000);`, 1_500);
  assert.equal(outcome.ok, false);
  assert.match(output, /stopped: not done after 1.5 s/);
});

test("paths choose files and folders, and a mistyped one is an error", () => {
  const root = mkdtempSync(join(parent, "tree-"));
  for (const path of [
    "src/a/one.test.ts",
    "src/b/two.test.ts",
    "test/a/three.test.ts",
    "test/slow/four.test.ts",
  ]) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), "");
  }
  const find = (paths: readonly string[], slow = false) => findTests(root, { paths, slow });
  assert.deepEqual(find([]), ["src/a/one.test.ts", "src/b/two.test.ts", "test/a/three.test.ts"]);
  assert.deepEqual(find([], true), ["test/slow/four.test.ts"]);
  assert.deepEqual(find(["./src/a/"]), ["src/a/one.test.ts"]);
  assert.deepEqual(find(["src/b/two.test.ts", "src/b"]), ["src/b/two.test.ts"]);
  assert.throws(() => find(["src/c"]), /no test found at src\/c/);
});
