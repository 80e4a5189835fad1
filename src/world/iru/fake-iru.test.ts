import assert from "node:assert/strict";
import { test } from "node:test";
import { DEFAULT_TAG_NAMES, elevationTag } from "../../core/tags.ts";
import { createVirtualClock } from "../clock.ts";
import { createFakeIru, type FakeIru } from "./fake-iru.ts";
import { serveHandler } from "./serve.ts";

const SERIAL = "C02FALCON001";
const TOKEN = "right-token";
const START = 1_774_342_800_000;

function createWorld(delays = {}) {
  const clock = createVirtualClock(START);
  let count = 0;
  const ids = {
    uuid: () => `00000000-0000-4000-8000-${String((count += 1)).padStart(12, "0")}`,
    secret: () => "s".repeat(43),
    fraction: () => 0.012_345_6,
  };
  return { clock, iru: createFakeIru({ clock, ids, token: TOKEN, delays }) };
}

interface Listing {
  readonly count: number;
  readonly results: readonly { readonly name: string; readonly date_requested: string }[];
}

/** The parts of the answers that are looked at. */
interface Body extends Listing {
  readonly tags: readonly string[];
  readonly commands: Listing;
  readonly library_items: readonly { readonly name: string; readonly status: string }[];
}

async function call(
  iru: FakeIru,
  method: string,
  path: string,
  body?: unknown,
): Promise<{ readonly status: number; readonly body: Body }> {
  const response = await iru.fetch(`https://world.api.kandji.io${path}`, {
    method,
    headers: { authorization: `Bearer ${TOKEN}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Body };
}

async function serialsIn(iru: FakeIru, query: string): Promise<readonly string[]> {
  const { body } = await call(iru, "GET", `/api/v1/devices?${query}`);
  return (body as unknown as readonly { serial_number: string }[]).map((device) => device.serial_number);
}

test("without the right bearer token nothing is read or changed", async () => {
  const { iru } = createWorld();
  const deviceId = iru.addDevice({ serial: SERIAL, tags: ["zebra"] });
  for (const authorization of [undefined, "", TOKEN, "Bearer", "Bearer wrong", `bearer ${TOKEN}`]) {
    const response = await iru.fetch(`https://world.api.kandji.io/api/v1/devices/${deviceId}`, {
      method: "PATCH",
      headers: authorization === undefined ? {} : { authorization },
      body: '{"tags":[]}',
    });
    assert.equal(response.status, 401, authorization);
  }
  assert.deepEqual(iru.tagsOf(deviceId), ["zebra"]);
});

test("the serial filter matches any part of a serial, page by page", async () => {
  const { iru } = createWorld();
  for (const serial of ["AAC02BB", "C02", "XC02", "FVF"]) iru.addDevice({ serial });
  const all = await serialsIn(iru, "serial_number=C02&limit=300");
  assert.deepEqual(all, ["AAC02BB", "C02", "XC02"]);
  assert.deepEqual(await serialsIn(iru, "serial_number=C02&limit=2&offset=2"), ["XC02"]);
});

test("a page holds 300 devices, whatever limit was asked for", async () => {
  const { iru } = createWorld();
  for (let index = 0; index < 301; index += 1) iru.addDevice({ serial: `SERIAL${index}` });
  for (const limit of ["1000", "300", "0", "-1", "many", ""]) {
    assert.equal((await serialsIn(iru, `limit=${limit}`)).length, 300, limit);
  }
});

test("a write replaces the whole tag list, by names that exist, and answers with the device", async () => {
  const { iru } = createWorld();
  const deviceId = iru.addDevice({ serial: SERIAL, tags: ["zebra", "alpha"] });
  const path = `/api/v1/devices/${deviceId}`;
  const written = await call(iru, "PATCH", path, { tags: ["alpha", elevationTag(5)] });
  assert.equal(written.status, 200);
  assert.deepEqual(written.body.tags, ["alpha", elevationTag(5)]);
  for (const body of [{ tags: ["unheard-of"] }, { tags: "alpha" }, { tags: [1] }, { tag: [] }, {}, []]) {
    assert.equal((await call(iru, "PATCH", path, body)).status, 400, JSON.stringify(body));
  }
  assert.equal((await call(iru, "PATCH", path, { tags: [], asset_tag: "x" })).status, 400);
  assert.deepEqual(iru.tagsOf(deviceId), ["alpha", elevationTag(5)]);
});

test("tags can be made, listed and searched", async () => {
  const { iru } = createWorld();
  assert.equal((await call(iru, "POST", "/api/v1/tags", { name: "fresh" })).status, 201);
  assert.equal((await call(iru, "POST", "/api/v1/tags", { name: "fresh" })).status, 400);
  const found = await call(iru, "GET", "/api/v1/tags?search=temp-admin-elevation");
  assert.equal(found.body.count, 4);
  const all = await call(iru, "GET", "/api/v1/tags");
  assert.deepEqual(all.body.results.map((tag) => tag.name).slice(-2), [
    DEFAULT_TAG_NAMES.logCollection,
    "fresh",
  ]);
});

test("tag, script and profile reach the Mac after a delay of their own, and leave it so too", async () => {
  const { clock, iru } = createWorld({ tagMs: 10_000, scriptMs: 20_000, profileMs: 30_000 });
  const deviceId = iru.addDevice({ serial: SERIAL, tags: ["zebra"] });
  const seen = () => iru.deliveredTo(SERIAL, clock.now());
  const before = { tags: ["zebra"], collectLog: false, privilegesUnlocked: false };
  iru.editTags(deviceId, (tags) => [...tags, elevationTag(15)]);
  assert.deepEqual(seen(), before);
  await clock.advance(10_000);
  const withTag = { ...before, tags: ["zebra", elevationTag(15)] };
  assert.deepEqual(seen(), withTag);
  await clock.advance(10_000);
  const withScript = { ...withTag, elevationMinutes: 15 };
  assert.deepEqual(seen(), withScript);
  await clock.advance(10_000);
  const unlocked = { ...withScript, privilegesUnlocked: true, expirationIntervalMinutes: 15 };
  assert.deepEqual(seen(), unlocked);
  iru.editTags(deviceId, () => ["zebra", DEFAULT_TAG_NAMES.logCollection]);
  await clock.advance(29_999);
  const relocking = { ...unlocked, tags: ["zebra", DEFAULT_TAG_NAMES.logCollection], collectLog: true };
  const { elevationMinutes: _, ...expected } = relocking;
  assert.deepEqual(seen(), expected);
  await clock.advance(1);
  const { expirationIntervalMinutes: __, ...locked } = { ...expected, privilegesUnlocked: false };
  assert.deepEqual(seen(), locked);
});

test("each length unlocks Privileges with its own interval; of several the shortest counts", () => {
  const { clock, iru } = createWorld();
  for (const minutes of [5, 10, 15, 30] as const) {
    const serial = `SERIAL00${minutes}`;
    iru.addDevice({ serial, tags: [elevationTag(minutes)] });
    assert.equal(iru.deliveredTo(serial, clock.now()).expirationIntervalMinutes, minutes);
  }
  iru.addDevice({ serial: SERIAL, tags: [elevationTag(30), elevationTag(10)] });
  assert.equal(iru.deliveredTo(SERIAL, clock.now()).elevationMinutes, 10);
  assert.deepEqual(iru.deliveredTo("UNKNOWN1", clock.now()), {
    tags: [],
    collectLog: false,
    privilegesUnlocked: false,
  });
});

test("a run takes its time and leaves a record that the library items show", async () => {
  const { clock, iru } = createWorld({ runMs: 15_000, scriptMs: 5_000 });
  const deviceId = iru.addDevice({ serial: SERIAL });
  iru.editTags(deviceId, () => [elevationTag(5)]);
  const path = `/api/v1/devices/${deviceId}/library-items`;
  const statuses = async () =>
    (await call(iru, "GET", path)).body.library_items.map((item) => [item.name, item.status]);
  assert.deepEqual(await statuses(), [
    ["Hallpass: elevation start", "PENDING"],
    ["SAP Privileges: locked", "PENDING"],
    ["SAP Privileges: 5 minutes", "PENDING"],
  ]);
  const run = iru.delivery.runOn(SERIAL);
  await clock.advance(15_000);
  assert.equal((await run).elevationMinutes, 5);
  assert.deepEqual(await statuses(), [
    ["Hallpass: elevation start", "PASS"],
    ["SAP Privileges: locked", "PENDING"],
    ["SAP Privileges: 5 minutes", "PASS"],
  ]);
  assert.deepEqual(iru.deliveries, [
    { serial: SERIAL, itemName: "Hallpass: elevation start", at: START + 15_000 },
    { serial: SERIAL, itemName: "SAP Privileges: 5 minutes", at: START + 15_000 },
  ]);
});

test("a lock reaches the Mac after its delay; until then a second one is refused", async () => {
  const { clock, iru } = createWorld({ commandMs: 20_000 });
  const deviceId = iru.addDevice({ serial: SERIAL });
  const path = `/api/v1/devices/${deviceId}`;
  assert.equal((await call(iru, "GET", `${path}/secrets/unlockpin`)).status, 404);
  assert.deepEqual(await call(iru, "POST", `${path}/action/lock`, {}), {
    status: 200,
    body: { PIN: "012345" },
  });
  assert.deepEqual(await call(iru, "POST", `${path}/action/lock`, {}), {
    status: 400,
    body: { error: "Command already running" },
  });
  assert.equal(iru.lockedAt(SERIAL, clock.now()), undefined);
  await clock.advance(20_000);
  assert.equal(iru.lockedAt(SERIAL, clock.now()), START + 20_000);
  const commands = (await call(iru, "GET", `${path}/commands?limit=1`)).body.commands;
  assert.equal(commands.count, 1);
  assert.equal(commands.results[0]?.date_requested, "2026-03-24T09:00:00.000000Z");
  assert.equal((await call(iru, "POST", `${path}/action/lock`, {})).status, 200);
  const phone = iru.addDevice({ serial: "IPHONE0001", platform: "iPhone" });
  assert.equal((await call(iru, "POST", `/api/v1/devices/${phone}/action/lock`, {})).status, 400);
});

test("what does not exist is 404, a wrong method 405", async () => {
  const { iru } = createWorld();
  const deviceId = iru.addDevice({ serial: SERIAL });
  for (const path of ["/", "/api/v2/devices", "/api/v1/blueprints", "/api/v1/devices/nobody"]) {
    assert.equal((await call(iru, "GET", path)).status, 404, path);
  }
  assert.equal((await call(iru, "GET", `/api/v1/devices/${deviceId}/secrets`)).status, 404);
  assert.equal((await call(iru, "DELETE", `/api/v1/devices/${deviceId}`)).status, 405);
  iru.removeDevice(deviceId);
  assert.equal((await call(iru, "GET", `/api/v1/devices/${deviceId}`)).status, 404);
});

test("a fault hits the first call that fits, with or without the work done", async () => {
  const { iru } = createWorld();
  const deviceId = iru.addDevice({ serial: SERIAL, tags: ["zebra"] });
  const path = `/api/v1/devices/${deviceId}`;
  iru.failNext({ kind: "status", status: 502, method: "PATCH", path: "/devices/", times: 2 });
  iru.failNext({ kind: "reset", work: "after", method: "PATCH" });
  assert.equal((await call(iru, "GET", path)).status, 200);
  assert.equal((await call(iru, "PATCH", path, { tags: [] })).status, 502);
  assert.equal((await call(iru, "PATCH", path, { tags: [] })).status, 502);
  assert.deepEqual(iru.tagsOf(deviceId), ["zebra"]);
  await assert.rejects(call(iru, "PATCH", path, { tags: [] }), { name: "ConnectionReset" });
  assert.deepEqual(iru.tagsOf(deviceId), []);
  assert.equal((await call(iru, "PATCH", path, { tags: ["zebra"] })).status, 200);
});

test("over HTTP a broken connection breaks, and silence lasts until the caller hangs up", async () => {
  const { clock, iru } = createWorld();
  const server = await serveHandler(iru.handle);
  try {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const url = `${server.url}/api/v1/tags`;
    iru.failNext({ kind: "reset" });
    await assert.rejects(fetch(url, { headers }), TypeError);
    iru.failNext({ kind: "silence" });
    const patience = new AbortController();
    const silent = fetch(url, { headers, signal: patience.signal });
    while (iru.received.length < 2) await new Promise((resolve) => setImmediate(resolve));
    assert.notEqual(clock.nextAt(), undefined);
    patience.abort();
    await assert.rejects(silent, { name: "AbortError" });
    while (clock.nextAt() !== undefined) await new Promise((resolve) => setImmediate(resolve));
    const answered = await fetch(url, { headers });
    assert.equal(answered.headers.get("date"), "Tue, 24 Mar 2026 09:00:00 GMT");
    assert.equal(answered.status, 200);
  } finally {
    await server.close();
  }
});
