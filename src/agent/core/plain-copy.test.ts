import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSamePlain, plainCopy } from "./plain-copy.ts";

test("a plain copy is the same as a structured clone", () => {
  const anything = fc.object({ values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)] });
  fc.assert(fc.property(anything, (value) => assert.deepEqual(plainCopy(value), structuredClone(value))));
});

test("changing a plain copy leaves the original as it was", () => {
  const original = { list: [{ count: 1 }], left: undefined };
  const copy = plainCopy(original);
  (copy.list[0] as { count: number }).count = 2;
  copy.list.push({ count: 3 });
  assert.deepEqual(original, { list: [{ count: 1 }], left: undefined });
});

test("two pieces of plain data are the same when their JSON is, whatever the order of members", () => {
  assert.ok(isSamePlain({ a: 1, b: [{ c: null }], left: undefined }, { b: [{ c: null }], a: 1 }));
  assert.ok(isSamePlain({ a: 1 }, { a: 1, left: undefined }));
  for (const other of [{ a: 1 }, { a: 1, b: [] }, { a: 1, b: [2], c: 0 }, { a: 1, b: { 0: 2 } }, null]) {
    assert.ok(!isSamePlain({ a: 1, b: [2] }, other), JSON.stringify(other));
    assert.ok(!isSamePlain(other, { a: 1, b: [2] }), JSON.stringify(other));
  }
});
