import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import type { Breakage } from "../scripts/prove/breakage.ts";
import { BREAKAGES } from "../scripts/prove/breakages.ts";
import { problemOfLine } from "../scripts/prove/line-breakage.ts";
import { createUnbrokenRuns, proveRow, type Verdict } from "../scripts/prove/prove-row.ts";
import { makeWorkCopy } from "../scripts/prove/work-copy.ts";

const TREE = dirname(import.meta.dirname);
const LIMITS = { unbrokenMs: 20_000, brokenMs: 20_000 };
const IMPATIENT = { unbrokenMs: 20_000, brokenMs: 500 };

const PRODUCT = `
export const limit = 3;
export function allowed(count: number): boolean {
  return count < limit;
}
export function settle(): Promise<string> {
  return Promise.resolve("done");
}
`;

const TESTS = `
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allowed, settle } from "./product.ts";
console.log("a line of the test's own");
describe("limits", () => {
  test("L1 four are too many (really)", () => assert.equal(allowed(4), false));
  test("calls nothing", () => assert.ok(true));
});
test("L7 settles", async () => {
  setTimeout(() => {}, 5_000).unref();
  assert.equal(await settle(), "done");
});
test("red already", () => assert.equal(1, 2));
test("skipped here", { skip: true }, () => assert.ok(false));
`;

const parent = mkdtempSync(join(tmpdir(), "hallpass-prove-test-"));
after(() => rmSync(parent, { recursive: true, force: true }));

function makeProject(): { folder: string; unbroken: ReturnType<typeof createUnbrokenRuns> } {
  const root = mkdtempSync(join(parent, "root-"));
  const files = {
    "package.json": '{"type":"module"}',
    "src/product.ts": PRODUCT,
    "src/product.test.ts": TESTS,
  };
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(root, "src"), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  const copy = (name: string) =>
    makeWorkCopy(root, Object.keys(files), mkdtempSync(join(parent, name)), { inside: [], beside: [] });
  return { folder: copy("broken-"), unbroken: createUnbrokenRuns(copy("unbroken-"), LIMITS) };
}

const row = (change: Partial<Breakage>): Breakage => ({
  rule: "L1",
  file: "src/product.ts",
  find: "count < limit",
  replace: "count > limit",
  test: "src/product.test.ts",
  name: "L1 four are too many (really)",
  ...change,
});

const { folder, unbroken } = makeProject();
const prove = (change: Partial<Breakage>, limits = LIMITS): Promise<Verdict> =>
  proveRow(folder, row(change), unbroken, limits);

async function problemOf(change: Partial<Breakage>, limits = LIMITS): Promise<string> {
  const verdict = await prove(change, limits);
  assert.ok("problem" in verdict, `counted as caught: ${JSON.stringify(verdict)}`);
  return verdict.problem;
}

test("a broken rule whose test turns red is caught, and the line is mended again", async () => {
  const verdict = await prove({});
  assert.ok("caughtBy" in verdict, JSON.stringify(verdict));
  assert.equal(verdict.caughtBy, "limits L1 four are too many (really)");
  assert.equal(readFileSync(join(folder, "src/product.ts"), "utf8"), PRODUCT);
});

test("a breakage that no test notices survives", async () => {
  assert.match(await problemOf({ find: "limit = 3", replace: "limit = 4" }), /SURVIVED/);
});

test("only the named test counts, not another one that turns red", async () => {
  assert.match(await problemOf({ name: "calls nothing" }), /SURVIVED/);
});

test("a crash proves nothing", async () => {
  assert.match(await problemOf({ replace: "count.less(limit)" }), /crashes.*TypeError/);
  assert.match(await problemOf({ replace: "count < lmit" }), /crashes.*ReferenceError/);
});

test("a file that cannot be loaded proves nothing", async () => {
  assert.match(await problemOf({ replace: "count <" }), /cannot be loaded: SyntaxError/);
  assert.match(
    await problemOf({ find: "function allowed", replace: "function forbidden" }),
    /cannot be loaded/,
  );
});

test("a hang counts only where it was announced", async () => {
  const hang = {
    name: "L7 settles",
    find: 'Promise.resolve("done")',
    replace: "new Promise((done) => setTimeout(done, 9_000))",
  };
  assert.equal(await problemOf(hang, IMPATIENT), "hangs");
  const verdict = await prove({ ...hang, expect: "hang" }, IMPATIENT);
  assert.ok("caughtBy" in verdict, JSON.stringify(verdict));
});

test("a row that does not fit the tree is a failure", async () => {
  assert.match(await problemOf({ find: "count <= limit" }), /stands 0 times/);
  assert.match(await problemOf({ find: "limit" }), /stands 2 times/);
  assert.match(await problemOf({ file: "src/gone.ts" }), /no file/);
  assert.match(await problemOf({ replace: "count < limit" }), /changes nothing/);
  assert.match(await problemOf({ find: "3;\nexport", replace: "4;" }), /one line/);
  assert.match(await problemOf({ name: "no such name" }), /has no such test/);
  assert.match(await problemOf({ test: "src/gone.test.ts" }), /cannot be loaded/);
  assert.match(await problemOf({ name: "red already" }), /red even without/);
  assert.match(await problemOf({ name: "skipped here" }), /skipped/);
});

test("the line that each row breaks stands exactly once in its file", () => {
  const problems = BREAKAGES.map((breakage) => problemOfLine(TREE, breakage));
  assert.deepEqual(
    problems.filter((problem) => problem !== undefined),
    [],
  );
});

test("no two rows break the same line in the same way", () => {
  const keys = BREAKAGES.map(({ file, find, replace }) => JSON.stringify([file, find, replace]));
  assert.deepEqual(
    keys.filter((key, index) => keys.indexOf(key) !== index),
    [],
  );
});
