import assert from "node:assert/strict";
import { test } from "node:test";
import { countdown, relativeTime, timeElement } from "./times.ts";

const NOW = Date.UTC(2026, 10, 23, 12, 0, 0);

test("times are told relative to now, in steps that do not flicker", () => {
  const told = (seconds: number) => relativeTime(NOW - seconds * 1_000, NOW);
  assert.deepEqual([0, 4, 5, 9, 59, 60, 3_599, 3_600, 86_400].map(told), [
    "just now",
    "just now",
    "5 s ago",
    "5 s ago",
    "55 s ago",
    "1 min ago",
    "59 min ago",
    "1 h ago",
    "1 d ago",
  ]);
  assert.equal(told(-90), "in 1 min");
});

test("time left counts down in minutes and seconds and never below nothing", () => {
  assert.equal(countdown(NOW + 581_000, NOW), "9:41");
  assert.equal(countdown(NOW + 1, NOW), "0:01");
  assert.equal(countdown(NOW - 5_000, NOW), "0:00");
});

test("a time carries the absolute one for machines and on hover", () => {
  const { attributes } = timeElement(NOW, "just now");
  assert.equal(attributes["datetime"], "2026-11-23T12:00:00.000Z");
  assert.match(attributes["title"] ?? "", /2026/);
});
