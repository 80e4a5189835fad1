import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { plainCopy } from "./plain-copy.ts";

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
