import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { comparePageEnds, decodeCursor, encodeCursor, PAGE_START } from "./page-cursor.ts";

const end = fc.record(
  { at: fc.maxSafeInteger(), id: fc.string({ unit: "grapheme" }) },
  { noNullPrototype: true },
);

test("a cursor says exactly where a page ended", () => {
  fc.assert(fc.property(end, (place) => assert.deepEqual(decodeCursor(encodeCursor(place)), place)));
});

test("the start comes before every place, and places are in one order", () => {
  assert.deepEqual(decodeCursor(undefined), PAGE_START);
  fc.assert(
    fc.property(end, end, (left, right) => {
      assert.ok(comparePageEnds(PAGE_START, left) <= 0);
      assert.equal(Math.sign(comparePageEnds(left, right)), -Math.sign(comparePageEnds(right, left)));
      assert.equal(comparePageEnds(left, left), 0);
    }),
  );
  assert.ok(comparePageEnds({ at: 1, id: "b" }, { at: 2, id: "a" }) < 0);
  assert.ok(comparePageEnds({ at: 1, id: "b" }, { at: 1, id: "a" }) > 0);
});
