import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { businessHours } from "./business-hours.ts";

describe("business hours", () => {
  const good: readonly (readonly [text: string, days: readonly number[], start: number, end: number])[] = [
    ["Europe/Berlin Mon-Fri 09:00-18:00", [1, 2, 3, 4, 5], 540, 1080],
    ["Europe/Berlin  Mon,Wed,Fri\t08:30-17:15", [1, 3, 5], 510, 1035],
    ["Asia/Riyadh Sun-Thu 00:00-24:00", [1, 2, 3, 4, 7], 0, 1440],
    ["UTC mon-wed,SAT 23:58-23:59", [1, 2, 3, 6], 1438, 1439],
    ["America/Argentina/Buenos_Aires Sun,Sun 09:00-10:00", [7], 540, 600],
  ];
  for (const [text, weekdays, startMinute, endMinute] of good) {
    test(`reads ${text}`, () => {
      assert.deepEqual(businessHours.parse(text), {
        zone: text.split(/\s/)[0],
        weekdays,
        startMinute,
        endMinute,
      });
    });
  }

  const bad: readonly (readonly [text: string, message: RegExp])[] = [
    ["Mon-Fri 09:00-18:00", /a zone, days and hours/],
    ["Europe/Berlin Mon-Fri 09:00 - 18:00", /a zone, days and hours/],
    ["Europe/Berlin Mon-Fri 09:00-18:00 please", /a zone, days and hours/],
    ["Europe/Bärlin Mon-Fri 09:00-18:00", /IANA time zone/],
    ["Europe/Atlantis Mon-Fri 09:00-18:00", /IANA time zone/],
    ["+02:00 Mon-Fri 09:00-18:00", /IANA time zone/],
    ["Europe/Berlin Mo-Fr 09:00-18:00", /days/],
    ["Europe/Berlin Mon- 09:00-18:00", /days/],
    ["Europe/Berlin Mon-Wed-Fri 09:00-18:00", /days/],
    ["Europe/Berlin Mon,,Fri 09:00-18:00", /days/],
    ["Europe/Berlin Mon-Fri 9-18", /hours/],
    ["Europe/Berlin Mon-Fri 18:00-09:00", /hours/],
    ["Europe/Berlin Mon-Fri 09:00-09:00", /hours/],
    ["Europe/Berlin Mon-Fri 09:60-18:00", /hours/],
    ["Europe/Berlin Mon-Fri 09:00-24:01", /hours/],
    ["Europe/Berlin Mon-Fri 25:00-26:00", /hours/],
  ];
  for (const [text, message] of bad) {
    test(`L9 refuses ${text}`, () => {
      const parsed = businessHours.safeParse(text);
      assert.ok(!parsed.success);
      assert.equal(parsed.error.issues.length, 1);
      assert.match(parsed.error.issues[0]?.message ?? "", message);
    });
  }

  test("names everything that is wrong at once", () => {
    const parsed = businessHours.safeParse("Nowhere/Land Mo-Fr 9-18");
    assert.equal(parsed.error?.issues.length, 3);
  });
});
