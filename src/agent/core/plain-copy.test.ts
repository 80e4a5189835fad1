import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { isSamePlain, plainCopy } from "./plain-copy.ts";

test("a plain copy is the same as a structured clone", () => {
  const anything = fc.object({ values: [fc.string(), fc.double(), fc.boolean(), fc.constant(null)] });
  fc.assert(fc.property(anything, (value) => assert.deepEqual(plainCopy(value), structuredClone(value))));
});

test("a member called __proto__ is a member of the copy, and no prototype", () => {
  const value = JSON.parse('{"__proto__": {"admin": true}, "a": 1}') as { admin?: boolean };
  const copy = plainCopy(value);
  assert.deepEqual(Object.keys(copy), ["__proto__", "a"]);
  assert.equal(JSON.stringify(copy), JSON.stringify(value));
  assert.equal(copy.admin, undefined);
  Object.defineProperty(copy, "__proto__", { value: 2 });
  assert.equal(JSON.stringify(copy), '{"__proto__":2,"a":1}', "it can be changed like any other");
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
