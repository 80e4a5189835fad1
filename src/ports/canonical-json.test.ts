import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { canonicalJson } from "./canonical-json.ts";

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, member]) => [key, reversed(member)] as const);
  return Object.fromEntries(entries.toReversed());
}

test("the order of keys does not matter, and nothing is lost", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = canonicalJson(value);
      assert.equal(canonicalJson(reversed(value)), text);
      assert.equal(
        JSON.stringify(JSON.parse(text)),
        JSON.stringify(JSON.parse(canonicalJson(JSON.parse(text)))),
      );
      assert.deepEqual(JSON.parse(text), JSON.parse(JSON.stringify(value)));
    }),
  );
});

test("keys are sorted by code units at every depth, arrays keep their order", () => {
  const value = { b: [3, 1, { z: null, "\u20ac": 1, A: true }], "\ud83d\ude00": 2, a: "x", "\ufb33": 3 };
  const sorted = '{"a":"x","b":[3,1,{"A":true,"z":null,"\u20ac":1}],"\ud83d\ude00":2,"\ufb33":3}';
  assert.equal(canonicalJson(value), sorted);
});

test("what JSON has no place for is left out, or null", () => {
  assert.equal(canonicalJson({ b: undefined, a: [undefined, Number.NaN] }), '{"a":[null,null]}');
  assert.equal(canonicalJson(undefined), "null");
  assert.equal(
    canonicalJson([new Date(0), { at: new Date(0) }]),
    JSON.stringify([new Date(0), { at: new Date(0) }]),
  );
  assert.throws(() => canonicalJson({ a: 1n }), TypeError);
  const cycle: Record<string, unknown> = {};
  cycle["itself"] = cycle;
  assert.throws(() => canonicalJson(cycle), RangeError);
});
