import assert from "node:assert/strict";
import { test } from "node:test";
import { batchesOf } from "./batches.ts";
import { scoreOf, survivorsIn, tableOf, tallyOf } from "./summary.ts";

const tried = (...statuses: readonly ("Killed" | "Timeout" | "Survived" | "NoCoverage" | "RuntimeError")[]) =>
  statuses.map((status) => ({ status }));

test("the score is what was noticed among all that could be tried, as Stryker counts", () => {
  assert.equal(scoreOf(tallyOf(tried("Killed", "Timeout", "Survived", "NoCoverage"))), 50);
  assert.equal(scoreOf(tallyOf(tried("Killed", "RuntimeError"))), 100);
  assert.equal(scoreOf(tallyOf([])), 100);
});

test("a mutant that was not tried is no success", () => {
  assert.throws(() => tallyOf([{ status: "Pending" }]), /left out/);
  assert.throws(() => tallyOf([{ status: "Ignored" }]), /left out/);
});

test("the table has a row a file and the sum", () => {
  const rows = new Map([
    ["a.ts", tallyOf(tried("Killed", "Killed", "Survived"))],
    ["b.ts", tallyOf(tried("Timeout", "NoCoverage", "NoCoverage"))],
  ]);
  assert.equal(
    tableOf(rows),
    [
      "| file | killed | timeout | survived | not covered | score |",
      "| --- | ---: | ---: | ---: | ---: | ---: |",
      "| `a.ts` | 2 | 0 | 1 | 0 | 66.7 % |",
      "| `b.ts` | 0 | 1 | 0 | 2 | 33.3 % |",
      "| **all** | 2 | 1 | 1 | 2 | 50.0 % |",
    ].join("\n"),
  );
});

test("a survivor is listed with its place, its operator and what stood there", () => {
  const source = "const a = 1;\nconst b = a + 1;\n";
  const mutant = {
    status: "Survived",
    fileName: "/x/a.ts",
    mutatorName: "ArithmeticOperator",
    location: { start: { line: 2, column: 11 }, end: { line: 2, column: 16 } },
    replacement: "a - 1",
  } as const;
  assert.deepEqual(survivorsIn("a.ts", source, [mutant, { ...mutant, status: "Killed" }]), [
    "a.ts:2 ArithmeticOperator: a + 1 -> a - 1",
  ]);
  assert.deepEqual(survivorsIn("a.ts", source, [{ ...mutant, status: "NoCoverage" }]), [
    "a.ts:2 ArithmeticOperator, not covered: a + 1 -> a - 1",
  ]);
});

test("every file is in one batch, and a large one is alone", () => {
  const sources = new Map([
    ["a", "x".repeat(10_000)],
    ["b", "x".repeat(10_000)],
    ["c", "x".repeat(30_000)],
    ["d", "x"],
  ]);
  assert.deepEqual(batchesOf(sources), [["a", "b"], ["c"], ["d"]]);
  assert.deepEqual(batchesOf(new Map()), []);
});
