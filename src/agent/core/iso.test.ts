import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { clockTime, offsetText, toIso } from "./iso.ts";

test("instants are written as the platform writes them", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 253_402_300_799_999 }), (at) => {
      assert.equal(toIso(at), new Date(at).toISOString());
    }),
  );
});

test("the leap days at the end of four hundred years are there", () => {
  for (const iso of ["2000-02-28T23:59:59.999Z", "2000-02-29T00:00:00.000Z", "2000-03-01T00:00:00.000Z"]) {
    assert.equal(toIso(Date.parse(iso)), iso);
  }
});

test("a wall clock set beyond four-digit years still gives a time the contract takes", () => {
  assert.equal(toIso(-5), "1970-01-01T00:00:00.000Z");
  assert.equal(toIso(1e15), "9999-12-31T23:59:59.999Z");
});

test("the time of day follows the offset across midnight", () => {
  const at = Date.UTC(2026, 10, 22, 23, 30);
  assert.equal(clockTime(at, 60), "00:30");
  assert.equal(clockTime(at, -330), "18:00");
  assert.equal(offsetText(60), "+01:00");
  assert.equal(offsetText(-330), "-05:30");
});
