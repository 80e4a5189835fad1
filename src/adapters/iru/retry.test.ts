import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { createIruWorkbench } from "../../world/iru/mdm-harness.ts";
import { RetryableError } from "../../ports/errors.ts";
import { parseRetryAfter, waitAfterTryMs } from "./retry.ts";

const SERIAL = "C02FALCON001";
const NOW = 1_774_342_800_000;

/** The times between the calls that arrived, in ms. */
function waitsOf(received: readonly { readonly at: number }[]): number[] {
  return received.slice(1).map((call, index) => call.at - (received[index]?.at ?? Number.NaN));
}

for (const fault of [
  { kind: "status", status: 500 },
  { kind: "status", status: 503 },
  { kind: "status", status: 429 },
  { kind: "reset" },
  { kind: "malformed" },
] as const) {
  const name = fault.kind === "status" ? `a ${fault.status}` : `a ${fault.kind} answer`;
  test(`${name} is tried three times, after 1 s and 2 s plus jitter, then handed over`, async () => {
    const bench = await createIruWorkbench();
    bench.iru.failNext({ ...fault, times: Number.POSITIVE_INFINITY });
    await assert.rejects(bench.mdm.findMac(SERIAL), RetryableError);
    const [first = 0, second = 0, ...more] = waitsOf(bench.iru.received);
    assert.ok(first > 1_000 && first < 1_500, `first wait ${first}`);
    assert.ok(second > 2_000 && second < 3_000, `second wait ${second}`);
    assert.deepEqual(more, []);
  });
}

for (const status of [301, 400, 401, 403, 404, 408, 409, 422]) {
  test(`a ${status} is never tried again`, async () => {
    const bench = await createIruWorkbench();
    bench.iru.failNext({
      kind: "status",
      status,
      headers: { location: "https://elsewhere.example/" },
    });
    await assert.rejects(bench.mdm.findMac(SERIAL), { name: "TerminalError", message: /list devices/ });
    assert.equal(bench.iru.received.length, 1);
  });
}

test("a try that gets no answer ends after 10 s, and three of them are handed over", async () => {
  const bench = await createIruWorkbench();
  const start = bench.now();
  bench.iru.failNext({ kind: "silence", times: Number.POSITIVE_INFINITY });
  await assert.rejects(bench.mdm.findMac(SERIAL), { name: "RetryableError", message: /in time/ });
  assert.equal(bench.iru.received.length, 3);
  const waits = waitsOf(bench.iru.received);
  assert.ok((waits[0] ?? 0) > 11_000 && (waits[0] ?? 0) < 11_500, `${waits[0]}`);
  assert.ok(bench.now() - start < 3 * 10_000 + 4_500);
  assert.deepEqual(bench.clock.activity.pending(), []);
});

test("Retry-After in seconds is waited out", async () => {
  const bench = await createIruWorkbench();
  bench.addMac({ serial: SERIAL });
  bench.iru.failNext({ kind: "status", status: 429, headers: { "retry-after": "7" } });
  await bench.mdm.findMac(SERIAL);
  assert.deepEqual(waitsOf(bench.iru.received), [7_000]);
});

test("Retry-After as a date is waited out, by the server's own clock", async () => {
  const bench = await createIruWorkbench();
  bench.addMac({ serial: SERIAL });
  const headers = {
    date: "Fri, 01 Jan 2021 00:00:00 GMT",
    "retry-after": "Fri, 01 Jan 2021 00:00:09 GMT",
  };
  bench.iru.failNext({ kind: "status", status: 503, headers });
  await bench.mdm.findMac(SERIAL);
  assert.deepEqual(waitsOf(bench.iru.received), [9_000]);
});

test("a long Retry-After is not slept through but handed to the caller", async () => {
  const bench = await createIruWorkbench();
  bench.iru.failNext({ kind: "status", status: 429, headers: { "retry-after": "120" } });
  await assert.rejects(bench.mdm.findMac(SERIAL), { name: "RetryableError", retryAfterMs: 120_000 });
  assert.equal(bench.iru.received.length, 1);
});

test("the last try's Retry-After goes to the caller", async () => {
  const bench = await createIruWorkbench();
  bench.iru.failNext({ kind: "status", status: 429, times: 2 });
  bench.iru.failNext({ kind: "status", status: 429, headers: { "retry-after": "4" } });
  await assert.rejects(bench.mdm.findMac(SERIAL), { name: "RetryableError", retryAfterMs: 4_000 });
});

test("each further try is in the operating log", async () => {
  const bench = await createIruWorkbench();
  bench.addMac({ serial: SERIAL });
  bench.failOnce();
  await bench.mdm.findMac(SERIAL);
  assert.equal(bench.logged.length, 1);
  assert.equal(bench.logged[0]?.fields["operation"], "list devices");
  assert.equal(bench.logged[0]?.fields["tryNumber"], 1);
});

test("waits grow, jitter stays within half of them, and Retry-After is never undercut", () => {
  const jitter = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
  const wish = fc.option(fc.integer({ min: 0, max: 10_000 }), { nil: undefined });
  fc.assert(
    fc.property(fc.constantFrom(1, 2), wish, jitter, (tryNumber, retryAfterMs, fraction) => {
      const wait = waitAfterTryMs(tryNumber, retryAfterMs, fraction);
      assert.ok(wait !== undefined && wait >= Math.max(tryNumber * 1_000, retryAfterMs ?? 0));
      assert.ok(wait <= Math.max(tryNumber * 1_500, retryAfterMs ?? 0));
    }),
  );
  assert.equal(waitAfterTryMs(1, 10_001, 0.5), undefined);
});

test("Retry-After is read as RFC 9110 has it, and bounded to an hour", () => {
  const parse = (value: string, date?: string) =>
    parseRetryAfter(new Headers({ "retry-after": value, ...(date === undefined ? {} : { date }) }), NOW);
  assert.equal(parse("0"), 0);
  assert.equal(parse("120"), 120_000);
  assert.equal(parse("99999999"), 3_600_000);
  assert.equal(parse("Tue, 24 Mar 2026 09:00:05 GMT"), 5_000);
  assert.equal(parse("Tue, 24 Mar 2026 08:00:00 GMT"), 0);
  assert.equal(parse("Tue, 24 Mar 2036 09:00:00 GMT"), 3_600_000);
  assert.equal(parse("Tue, 24 Mar 2026 10:00:05 GMT", "Tue, 24 Mar 2026 10:00:00 GMT"), 5_000);
  assert.equal(parse("soon"), undefined);
  assert.equal(parse("-5"), undefined);
  assert.equal(parse(""), undefined);
  assert.equal(parseRetryAfter(new Headers(), NOW), undefined);
});
