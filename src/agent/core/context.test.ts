import assert from "node:assert/strict";
import test from "node:test";
import { BODY_MAX_BYTES } from "../../wire/device.ts";
import { backOff, isDue, newId, owe, report, reportOnce, slotOf, wakeAt } from "./context.ts";
import { contextOf, createBench, REQUEST } from "./testing/bench.ts";
import { active } from "./testing/scenes.ts";

/** The items of the one report that `items` lead to. */
function reported(items: readonly string[]): readonly string[] {
  const ctx = contextOf(createBench());
  report(ctx, "drift", items);
  const [owed] = ctx.record.outbox;
  assert.ok(owed?.call.name === "report" && ctx.record.outbox.length === 1);
  return owed.call.items;
}

/** The items of all reports that `items` lead to. */
function pages(items: readonly string[]): readonly (readonly string[])[] {
  const ctx = contextOf(createBench());
  report(ctx, "exit", items);
  return ctx.record.outbox.flatMap(({ call }) => (call.name === "report" ? [call.items] : []));
}

test("a report says what it says, when, and of which request", () => {
  const ctx = contextOf(createBench());
  report(ctx, "tampered", ["a"], REQUEST);
  report(ctx, "drift", ["b"]);
  const [first, second] = ctx.record.outbox.map(({ call }) => call);
  assert.ok(first?.name === "report" && second?.name === "report");
  const { reportId, ...rest } = first;
  assert.deepEqual(rest, {
    name: "report",
    kind: "tampered",
    at: "2026-11-22T09:33:20.000Z",
    items: ["a"],
    requestId: REQUEST,
  });
  assert.equal("requestId" in second, false);
  assert.notEqual(second.reportId, reportId);
});

test("L5 a long report comes in as many as the contract takes, up to five; of more the rest is counted", () => {
  const items = (count: number) => Array.from({ length: count }, (_, index) => `item ${index}`);
  assert.deepEqual(pages(items(200)), [items(200)]);
  assert.deepEqual(pages(items(201)), [items(200), ["item 200"]]);
  assert.deepEqual(pages(items(1_000)).flat(), items(1_000));
  const many = pages(items(1_003));
  assert.deepEqual([many.length, many.flat()], [5, [...items(999), "and 4 more"]]);
  assert.deepEqual(pages([]), [[]], "a report of nothing is one, too");
});

test("L5 no report is larger than the contract takes, so that none is refused and lost", () => {
  const items = Array.from({ length: 300 }, () => "\u{1f600}".repeat(1_000));
  const sent = pages(items);
  assert.ok(sent.length > 2);
  for (const page of sent) assert.ok(Buffer.byteLength(JSON.stringify(page)) < BODY_MAX_BYTES - 16 * 1024);
});

test("an item of up to 1,000 characters stays whole, a longer one is cut, and the cut shows", () => {
  const long = "ü".repeat(1000);
  assert.deepEqual(reported([long]), [long]);
  assert.deepEqual(reported([`${long}x`]), [`${"ü".repeat(999)}…`]);
  assert.deepEqual(reported(["😀".repeat(1000)]), ["😀".repeat(1000)], "characters, not code units");
});

test("what the contract does not take is written so that it can be read", () => {
  assert.deepEqual(reported(["a\0b", "half \uD800 a pair"]), ["a#000b", "half \uFFFD a pair"]);
});

test("a subject of a session is reported once", () => {
  const { bench } = active();
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  assert.ok(session !== undefined);
  for (const subject of ["one", "two", "one"]) reportOnce(ctx, session, subject, "drift", [subject]);
  assert.deepEqual(
    ctx.record.outbox.map(({ call }) => call.name === "report" && [call.items, call.requestId]),
    [
      [["one"], session.requestId],
      [["two"], session.requestId],
    ],
  );
});

test("the ids of one look are UUIDs, all different, and follow from the look's own", () => {
  const ctx = contextOf(createBench());
  const ids = Array.from({ length: 50 }, () => newId(ctx));
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(new Set(ids).size, ids.length);
  const again = contextOf(createBench());
  assert.deepEqual(
    Array.from({ length: 50 }, () => newId(again)),
    ids,
  );
});

test("the earliest time that something is due is when the brain looks again", () => {
  const ctx = contextOf(createBench());
  wakeAt(ctx, 1_010);
  wakeAt(ctx, 1_005);
  wakeAt(ctx, 1_020);
  assert.equal(ctx.wakeSeconds, 1_005);
  assert.equal(isDue(ctx, { dueSeconds: 1_000 }), true, "due at this very second");
  assert.equal(ctx.wakeSeconds, 1_005);
  assert.equal(isDue(ctx, { dueSeconds: 1_001 }), false);
  assert.equal(ctx.wakeSeconds, 1_001);
});

test("each failure in a row waits longer, up to the cap", () => {
  const ctx = contextOf(createBench());
  const retry = { dueSeconds: 0, failures: 0 };
  const waits = Array.from({ length: 5 }, () => {
    backOff(ctx, retry, 10);
    return retry.dueSeconds - ctx.now.continuousSeconds;
  });
  assert.deepEqual(waits, [2, 4, 8, 10, 10]);
  assert.equal(retry.failures, 5);
});

test("W53 no try comes sooner than the service wishes, and the wish shortens none", () => {
  const ctx = contextOf(createBench());
  const waitAfter = (failures: number, outcome: Parameters<typeof backOff>[3]) => {
    const retry = { dueSeconds: 0, failures };
    backOff(ctx, retry, 300, outcome);
    return retry.dueSeconds - ctx.now.continuousSeconds;
  };
  const busy = { came: "failing", status: 429, detail: "later" } as const;
  assert.equal(waitAfter(0, { ...busy, retryAfterSeconds: 60 }), 66, "10 % later by a chance of one half");
  assert.equal(waitAfter(6, { ...busy, retryAfterSeconds: 1 }), 128);
  assert.equal(waitAfter(0, { ...busy, retryAfterSeconds: 999_999 }), 3960, "nothing is put off for longer");
  assert.equal(waitAfter(0, busy), 2);
  assert.equal(waitAfter(0, { came: "silent", why: "no connection" }), 2);
});

test("what is owed is kept apart by its id, and only a lost chain asks where it stands", () => {
  const ctx = contextOf(createBench());
  owe(ctx, { name: "end", requestId: REQUEST });
  owe(ctx, { name: "end", requestId: REQUEST }, true);
  const [plain, lost] = ctx.record.outbox;
  assert.deepEqual([plain?.call, "rechain" in (plain ?? {})], [{ name: "end", requestId: REQUEST }, false]);
  assert.equal(lost?.rechain, true);
  assert.notEqual(plain?.id, lost?.id);
});

test("polls of different requests run side by side, what is owed goes one at a time", () => {
  assert.equal(slotOf({ name: "status", requestId: "a" }), "status:a");
  assert.equal(slotOf({ name: "end", requestId: "a" }), slotOf({ name: "cancel", requestId: "b" }));
  assert.equal(slotOf({ name: "end", requestId: "a" }), "owed");
  const chunk = { seq: 0, previousHash: "", lines: [], final: false };
  assert.equal(slotOf({ name: "log", requestId: "a", ...chunk }), "owed");
  assert.equal(slotOf({ name: "mac" }), "mac");
});
