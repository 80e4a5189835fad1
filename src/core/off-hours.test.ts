import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { localTime, offHoursVerdict } from "./off-hours.ts";
import type { OffHours, Policy, Weekday } from "./policy-config.ts";
import { type Identity, IDENTITY_DOUBTS } from "./request.ts";
import { act, ANNA, annaIdentity, BORIS, CLARA, newLife, POLICY, requestIn, STRANGER } from "./test-kit.ts";
import { MINUTE_MS } from "./time.ts";

type Enabled = Extract<OffHours, { mode: "enabled" }>;

const NINE = 9 * 60;
const EIGHTEEN = 18 * 60;

/** Mondays to Fridays, 9 to 18 o'clock in Berlin; Boris is on call, three a night. */
const BERLIN: Enabled = {
  mode: "enabled",
  zone: "Europe/Berlin",
  weekdays: [1, 2, 3, 4, 5],
  startMinute: NINE,
  endMinute: EIGHTEEN,
  onCallUserId: BORIS,
  capPerNight: 3,
};

function policyOf(over: Partial<Enabled> = {}): Policy {
  return { ...POLICY, offHours: { ...BERLIN, ...over } };
}

function verdictAt(iso: string, over: Partial<Enabled> = {}, identity: Identity = annaIdentity()) {
  return offHoursVerdict(policyOf(over), identity, Date.parse(iso));
}

function nightAt(iso: string, over: Partial<Enabled> = {}): string {
  const verdict = verdictAt(iso, over);
  return verdict.verdict === "approve" ? verdict.quota.key : verdict.verdict;
}

describe("when it is off hours", () => {
  const cases: readonly (readonly [iso: string, verdict: string, what: string, over?: Partial<Enabled>])[] = [
    ["2026-11-23T07:59:59.999Z", "approve", "Monday, the last instant before nine in Berlin"],
    ["2026-11-23T08:00:00.000Z", "business_hours", "Monday, nine sharp"],
    ["2026-11-23T16:59:59.999Z", "business_hours", "Monday, the last instant before eighteen"],
    ["2026-11-23T17:00:00.000Z", "approve", "Monday, eighteen sharp"],
    ["2026-11-22T23:00:00.000Z", "approve", "Monday, midnight in Berlin"],
    ["2026-11-27T22:59:59.999Z", "approve", "Friday, the last instant of the day"],
    ["2026-11-28T11:00:00.000Z", "approve", "Saturday noon"],
    ["2026-11-29T11:00:00.000Z", "approve", "Sunday noon"],
    ["2026-11-29T23:30:00.000Z", "approve", "Sunday night in UTC, Monday in Berlin, half past midnight"],
    ["2026-07-20T06:59:59.999Z", "approve", "in summer nine o'clock comes an hour earlier in UTC: not yet"],
    ["2026-07-20T07:00:00.000Z", "business_hours", "in summer nine o'clock comes an hour earlier in UTC"],
    ["2026-11-23T13:59:00.000Z", "approve", "8:59 in New York", { zone: "America/New_York" }],
    ["2026-11-23T14:00:00.000Z", "business_hours", "9:00 in New York", { zone: "America/New_York" }],
    [
      "2026-11-23T03:29:00.000Z",
      "approve",
      "8:59 in Kolkata, a zone of half hours",
      { zone: "Asia/Kolkata" },
    ],
    ["2026-11-23T03:30:00.000Z", "business_hours", "9:00 in Kolkata", { zone: "Asia/Kolkata" }],
    [
      "2026-11-22T20:00:00.000Z",
      "business_hours",
      "already Monday in Auckland",
      { zone: "Pacific/Auckland" },
    ],
    ["2026-11-22T08:00:00.000Z", "business_hours", "a Sunday that is worked", { weekdays: [7] }],
    ["2026-11-23T00:00:00.000Z", "approve", "midnight in UTC is hour 0, not 24", { zone: "UTC" }],
    [
      "2026-11-23T22:59:59.999Z",
      "business_hours",
      "business until midnight",
      { startMinute: 0, endMinute: 24 * 60 },
    ],
  ];
  for (const [iso, verdict, what, over] of cases) {
    test(`${what}: ${verdict}`, () => assert.equal(verdictAt(iso, over).verdict, verdict));
  }

  test("on the days the clocks change, the wall clock counts", () => {
    const sunday = { weekdays: [7] as Weekday[], startMinute: 3 * 60, endMinute: 4 * 60 };
    // 29 March 2026: 2:00 becomes 3:00 at 1:00 UTC. 25 October: 3:00 becomes 2:00 at 1:00 UTC.
    assert.equal(verdictAt("2026-03-29T00:59:59Z", sunday).verdict, "approve");
    assert.equal(verdictAt("2026-03-29T01:00:00Z", sunday).verdict, "business_hours");
    assert.equal(verdictAt("2026-03-29T02:00:00Z", sunday).verdict, "approve");
    assert.equal(verdictAt("2026-10-25T01:59:59Z", sunday).verdict, "approve");
    assert.equal(verdictAt("2026-10-25T02:00:00Z", sunday).verdict, "business_hours");
  });
});

describe("the cap's night", () => {
  test("keeps its name past midnight until the business hours end again", () => {
    assert.equal(nightAt("2026-11-23T17:00:00Z"), "off-hours:2026-11-23");
    assert.equal(nightAt("2026-11-23T22:59:59Z"), "off-hours:2026-11-23");
    assert.equal(nightAt("2026-11-23T23:00:00Z"), "off-hours:2026-11-23");
    assert.equal(nightAt("2026-11-24T07:59:59Z"), "off-hours:2026-11-23");
    assert.equal(nightAt("2026-11-24T17:00:00Z"), "off-hours:2026-11-24");
  });

  test("changes once a day at weekends too", () => {
    assert.equal(nightAt("2026-11-28T16:59:59Z"), "off-hours:2026-11-27");
    assert.equal(nightAt("2026-11-28T17:00:00Z"), "off-hours:2026-11-28");
    assert.equal(nightAt("2026-11-30T07:59:59Z"), "off-hours:2026-11-29");
  });

  test("changes at the end of business hours also on days of 23 and 25 hours, and over month and year", () => {
    assert.equal(nightAt("2026-03-29T15:59:59Z"), "off-hours:2026-03-28");
    assert.equal(nightAt("2026-03-29T16:00:00Z"), "off-hours:2026-03-29");
    assert.equal(nightAt("2026-03-29T22:30:00Z"), "off-hours:2026-03-29");
    assert.equal(nightAt("2026-10-25T16:59:59Z"), "off-hours:2026-10-24");
    assert.equal(nightAt("2026-10-25T17:00:00Z"), "off-hours:2026-10-25");
    assert.equal(nightAt("2026-03-01T03:00:00Z"), "off-hours:2026-02-28");
    assert.equal(nightAt("2027-01-01T03:00:00Z"), "off-hours:2026-12-31");
  });

  test("the limit is the configured cap", () => {
    const verdict = verdictAt("2026-11-23T20:00:00Z");
    assert.deepEqual(verdict, {
      verdict: "approve",
      onCallUserId: BORIS,
      quota: { key: "off-hours:2026-11-23", limit: 3 },
    });
  });
});

describe("L9 any doubt means that a human decides", () => {
  const night = "2026-11-23T20:00:00Z";
  const noon = "2026-11-23T11:00:00Z";

  test("L9 without configuration nothing is approved and nobody is bothered", () => {
    assert.deepEqual(offHoursVerdict(POLICY, annaIdentity(), Date.parse(night)), {
      verdict: "not_configured",
    });
  });

  const wrong: readonly (readonly [what: string, over: Partial<Enabled>, why: RegExp])[] = [
    ["an unknown zone", { zone: "Europe/Atlantis" }, /zone "Europe\/Atlantis"/],
    ["an empty zone", { zone: "" }, /zone/],
    ["no weekdays", { weekdays: [] }, /weekdays/],
    ["weekdays that are none", { weekdays: [8 as Weekday] }, /1 to 7/],
    ["hours that end before they start", { startMinute: EIGHTEEN, endMinute: NINE }, /start before/],
    ["hours that end as they start", { startMinute: NINE, endMinute: NINE }, /start before/],
    ["hours past midnight", { endMinute: 24 * 60 + 1 }, /start before/],
    ["hours before midnight", { startMinute: -1 }, /start before/],
    ["hours that are no numbers", { startMinute: Number.NaN }, /start before/],
    ["a cap of nothing", { capPerNight: 0 }, /cap/],
    ["a cap that is no number", { capPerNight: Number.NaN }, /cap/],
    ["an on-call person who is no approver", { onCallUserId: STRANGER }, /not one of the approvers/],
  ];
  for (const [what, over, why] of wrong) {
    test(`L9 ${what}, by night and by day`, () => {
      for (const iso of [night, noon]) {
        const verdict = verdictAt(iso, over);
        assert.equal(verdict.verdict, "declined");
        assert.match(verdict.verdict === "declined" ? verdict.why : "", why);
      }
    });
  }

  test("L11 every doubt about who asks declines", () => {
    for (const doubt of IDENTITY_DOUBTS) {
      assert.equal(verdictAt(night, {}, annaIdentity({ doubts: [doubt] })).verdict, "declined");
    }
    assert.equal(verdictAt(night, {}, { state: "pending" }).verdict, "declined");
  });

  test("L11 the on-call person's own request declines", () => {
    const own = annaIdentity({ requesterSlackIds: [ANNA, BORIS] });
    assert.deepEqual(verdictAt(night, {}, own), {
      verdict: "declined",
      why: "the requester is the on-call person",
    });
  });
});

describe("a request by night", () => {
  const requestedAt = Date.parse("2026-11-23T20:00:00Z");
  const lifeAt = (over: Partial<Enabled> = {}, at = requestedAt) =>
    newLife({ ask: { requestedAt: at, durationMinutes: 10 }, policy: policyOf(over) });

  test("is approved in the on-call person's name, for the asked minutes, and everybody is told", () => {
    const life = lifeAt();
    const { events, keys, decision } = life.do(act.resolve());
    assert.deepEqual(events, ["identity_resolved", "approved"]);
    assert.deepEqual(decision.quota, { key: "off-hours:2026-11-23", limit: 3 });
    assert.deepEqual(requestIn(life, "approved").approval, {
      by: { kind: "policy", rule: "off_hours", onCallUserId: BORIS },
      minutes: 10,
      at: requestedAt,
    });
    assert.deepEqual(keys, ["dm:received", "tags:approved", "thread:approved", "dm:approved", "dm:on-call"]);
    const onCall = decision.effects.find((effect) => effect.key === "dm:on-call");
    assert.equal(onCall?.type === "direct" && onCall.to, BORIS);
  });

  test("L2 whoever decides after it is told that the rule won", () => {
    const life = lifeAt();
    life.do(act.resolve());
    const winner = { kind: "policy", rule: "off_hours", onCallUserId: BORIS };
    for (const command of [act.approve(CLARA), act.deny(CLARA), act.approve(BORIS, 10)]) {
      assert.deepEqual(life.do(command).refusal?.decidedBy, winner);
    }
  });

  test("W31 L9 past the cap it waits for a human, and IT is told why", () => {
    const life = lifeAt();
    const { events, keys, decision } = life.do({
      type: "identity_resolved",
      identity: annaIdentity(),
      capReached: true,
    });
    assert.deepEqual(events, ["identity_resolved", "auto_approval_declined"]);
    assert.deepEqual(keys, ["dm:received", "thread:auto-approval-declined"]);
    assert.equal(decision.quota, undefined);
    assert.match(requestIn(life, "pending").autoApprovalDeclined ?? "", /cap of 3/);
  });

  test("L9 with a wrong configuration it waits for a human, and IT is told why", () => {
    const life = lifeAt({ zone: "Europe/Atlantis" });
    assert.deepEqual(life.do(act.resolve()).events, ["identity_resolved", "auto_approval_declined"]);
    life.after(MINUTE_MS, act.approve(CLARA));
    assert.equal(life.request.status, "approved");
  });

  test("by day it waits without a word, also once the night has come", () => {
    const life = lifeAt({}, Date.parse("2026-11-23T16:59:00Z"));
    assert.deepEqual(life.do(act.resolve()).keys, ["dm:received"]);
    life.after(2 * MINUTE_MS, act.resolve());
    assert.equal(life.request.status, "pending");
  });
});

test("L9 an unknown zone has no local time, rather than the machine's own", () => {
  assert.equal(localTime(0, "no such zone"), undefined);
  assert.deepEqual(localTime(0, "UTC"), { weekday: 4, minuteOfDay: 0, date: "1970-01-01" });
});

test("minutes count: business hours that begin and end at half past", () => {
  const half = { startMinute: 9 * 60 + 30, endMinute: 17 * 60 + 30 };
  assert.equal(verdictAt("2026-11-23T08:29:00Z", half).verdict, "approve");
  assert.equal(verdictAt("2026-11-23T08:30:00Z", half).verdict, "business_hours");
  assert.equal(verdictAt("2026-11-23T16:29:00Z", half).verdict, "business_hours");
  assert.equal(verdictAt("2026-11-23T16:30:00Z", half).verdict, "approve");
});

test("L9 one wrong weekday among right ones is a misconfiguration, and a cap of one is none", () => {
  for (const wrong of [0, 8]) {
    assert.deepEqual(verdictAt("2026-11-23T20:00:00Z", { weekdays: [1, wrong as Weekday] }), {
      verdict: "declined",
      why: "the business weekdays are not days from 1 to 7",
    });
  }
  assert.equal(verdictAt("2026-11-23T20:00:00Z", { capPerNight: 1 }).verdict, "approve");
});

test("L9 in doubt the reason is said", () => {
  const why = (identity: Identity) => {
    const verdict = verdictAt("2026-11-23T20:00:00Z", {}, identity);
    return verdict.verdict === "declined" ? verdict.why : verdict.verdict;
  };
  assert.equal(why({ state: "pending" }), "it is not known yet who is asking");
  assert.equal(why(annaIdentity({ doubts: ["owner_unknown"] })), "it is not certain who is asking");
  assert.equal(why(annaIdentity({ requesterSlackIds: [BORIS] })), "the requester is the on-call person");
});
