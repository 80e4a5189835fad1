import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import { badDeviceRequest, badEnrollment, type BadRequest } from "../../test/http/bad-input.ts";
import { badCommand, badInteraction, badSignature } from "../../test/http/bad-slack-input.ts";
import { DEVICE_CALLS } from "../../test/http/calls.ts";
import {
  type Answer,
  CAST,
  clickForm,
  createHttpWorld,
  type HttpWorld,
  readAnswer,
} from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { problem } from "../wire/device.ts";

/**
 * Bad input of every kind to every endpoint. Each case says what its answer has to be; after it the data file must
 * be as before, except that reaching for what belongs to another Mac is written down.
 */

const RUNS_EACH = 150;
const CASES_MIN = 2_000;
const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let world: HttpWorld;
let mac: TestMac;
let requestId: string;
let othersRequestId: string;
/** Reads the data file from outside, as another program would. */
let reader: DatabaseSync;
let cases = 0;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-bad-input-"));
  const file = join(folder, "hallpass.db");
  world = await createHttpWorld({
    store: openSqliteStore({ file, log: NO_LOG }),
    rateLimit: { perSecond: 1, burst: 1_000_000 },
  });
  mac = await enrolledMac(world);
  const other = await enrolledMac(world, CAST.otherSerial);
  requestId = await mac.active();
  othersRequestId = await other.active();
  await world.settle();
  reader = new DatabaseSync(file, { readOnly: true });
});

after(async () => {
  reader.close();
  await world.running.stop();
  await world.store.close();
  rmSync(folder, { recursive: true });
});

/** Changes whenever anybody else has committed anything (sqlite.org/pragma.html#pragma_data_version). */
const dataVersion = () => reader.prepare("PRAGMA data_version").get()?.["data_version"];

type Dump = ReadonlyMap<string, readonly string[]>;

/** Every row of every table. */
function dump(): Dump {
  const names = reader.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all();
  return new Map(
    names.map(({ name }) => [
      String(name),
      reader
        .prepare(`SELECT * FROM ${String(name)} ORDER BY 1, 2`)
        .all()
        .map((row) => JSON.stringify(row)),
    ]),
  );
}

/** The rows that are new or different, by table. */
function difference(from: Dump, to: Dump): Readonly<Record<string, readonly Record<string, unknown>[]>> {
  const changed = [...to].map(
    ([table, rows]) => [table, rows.filter((row) => from.get(table)?.includes(row) !== true)] as const,
  );
  for (const [table, rows] of from)
    assert.ok((to.get(table)?.length ?? 0) >= rows.length, `rows of ${table} are gone`);
  return Object.fromEntries(
    changed
      .filter(([, rows]) => rows.length > 0)
      .map(([table, rows]) => [table, rows.map((row) => JSON.parse(row) as Record<string, unknown>)]),
  );
}

async function send(bad: BadRequest): Promise<Answer> {
  const { method, path, headers, body } = bad;
  const init = { method, headers, ...(body === undefined ? {} : { body }) };
  return readAnswer(await world.fetch(new Request(`http://hallpass.test${path}`, init)));
}

function assertRefused(bad: BadRequest, answer: Answer): void {
  assert.equal(answer.status, bad.status, `${bad.what}: ${answer.text}`);
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.match(answer.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  const { status, detail, errors = [] } = problem.parse(answer.body);
  assert.equal(status, bad.status);
  assert.ok(detail.length > 0);
  if (bad.status === 400 || bad.status === 413) {
    assert.ok(
      errors.length > 0 && errors.every(({ field, message }) => field !== "" && message !== ""),
      answer.text,
    );
  }
  if (bad.field !== undefined) {
    const isNamed = errors.some(({ field }) => field === bad.field || field.startsWith(`${bad.field}.`));
    assert.ok(isNamed, `${bad.what}: ${bad.field} is not named in ${answer.text}`);
  }
  assert.doesNotMatch(answer.text, /\.ts:\d+|node:internal|\bat [\w.]+ \(|[A-Z]\w+Error\b/, "a stack trace");
}

/** Nothing was stored, or exactly the line about a Mac that reached too far and the word of it to IT. */
function assertStored(bad: BadRequest, before: Dump): void {
  const { audit = [], outbox = [], ...others } = difference(before, dump());
  assert.deepEqual(others, {}, bad.what);
  assert.equal(bad.status, 403, `${bad.what} was stored`);
  assert.deepEqual(
    audit.map(({ type }) => type),
    ["refused"],
  );
  assert.ok(
    outbox.every(({ effect }) => /"refused_call"|"refused_device_call"/.test(String(effect))),
    bad.what,
  );
}

async function refusesAll(arbitrary: fc.Arbitrary<BadRequest>, runs = RUNS_EACH): Promise<void> {
  let [version, tables] = [dataVersion(), dump()];
  await fc.assert(
    fc.asyncProperty(arbitrary, async (bad) => {
      cases += 1;
      assertRefused(bad, await send(bad));
      if (dataVersion() === version) {
        return assert.doesNotMatch(bad.what, /^another Mac's/, "was not written down");
      }
      assertStored(bad, tables);
      await world.settle();
      [version, tables] = [dataVersion(), dump()];
    }),
    { numRuns: runs, endOnFailure: true },
  );
}

describe("bad input is refused by its field, without a trace and with nothing stored", () => {
  for (const call of DEVICE_CALLS) {
    test(`${call.method} ${call.path}`, async () => {
      const { serial, otherSerial } = CAST;
      const good = { serial, ...call.good(world, requestId) };
      await refusesAll(badDeviceRequest(call, { serial, key: mac.key, otherSerial, othersRequestId, good }));
    });
  }

  test("POST /enroll", async () => {
    await refusesAll(badEnrollment(CAST.serial, CAST.token));
  });

  test("POST /slack/actions", async () => {
    const now = world.clock.now();
    await refusesAll(
      badSignature("/slack/actions", clickForm(CAST.ben, "hallpass_revoke", requestId, 1), now),
      RUNS_EACH / 2,
    );
    await refusesAll(badInteraction(requestId, now));
  });

  test("POST /slack/commands", async () => {
    const now = world.clock.now();
    await refusesAll(
      badSignature("/slack/commands", "command=%2Fadmin-status&user_id=U0BEN", now),
      RUNS_EACH / 2,
    );
    await refusesAll(badCommand(now));
  });

  test("addresses of every kind", async () => {
    const path = fc.webPath().map((text) => (text.startsWith("/") ? text : `/${text}`));
    const method = fc.constantFrom("GET" as const, "POST" as const);
    const bad = fc
      .tuple(method, path)
      .filter(([, text]) => text !== "/healthz")
      .map(([one, text]): BadRequest => ({
        what: "an address",
        method: one,
        path: text,
        headers: {},
        status: 404,
      }));
    await refusesAll(bad);
  });

  test("these were at least 2,000 cases", () => {
    assert.ok(cases >= CASES_MIN, `only ${cases}`);
  });
});
