import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import { createVirtualClock } from "../../world/clock.ts";
import { createIruWorkbench } from "../../world/iru/mdm-harness.ts";
import { serveHandler } from "../../world/iru/serve.ts";
import { createCallBudget } from "./budget.ts";
import { createIruClient, type IruClientOptions } from "./client.ts";

const SERIAL = "C02FALCON001";
const SECRET = "kandji-secret-token-0123456789";
const SILENT_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

function optionsWith(changed: Partial<IruClientOptions>): IruClientOptions {
  return {
    baseUrl: "https://acme.api.kandji.io",
    token: SECRET,
    fetch: async () => new Response("{}"),
    clock: createVirtualClock(0),
    ids: { fraction: () => 0 },
    log: SILENT_LOG,
    ...changed,
  };
}

/** All that an error could show when it is printed with everything that hangs on it. */
async function failureOf(work: Promise<unknown>): Promise<string> {
  const error: unknown = await work.then(
    () => assert.fail("it did not fail"),
    (reason: unknown) => reason,
  );
  return `${String(error)}\n${inspect(error, { depth: 10, showHidden: true })}`;
}

test("L12 the token is in no error, even when the server or the network says it back", async () => {
  const echo = (status: number) => async () =>
    new Response(JSON.stringify({ error: `Bearer ${SECRET} is not allowed` }), { status });
  const broken = async (_url: string, init: RequestInit) => {
    throw new TypeError("fetch failed", { cause: Object.assign(new Error(SECRET), { code: SECRET, init }) });
  };
  for (const fetch of [echo(400), echo(401), echo(429), echo(500), broken]) {
    const client = createIruClient(optionsWith({ fetch }));
    const shown = await failureOf(client.readDevice("a-device"));
    assert.ok(!shown.includes(SECRET), shown);
  }
});

test("L12 the token is in no log line of failed tries", async () => {
  const token = SECRET;
  const bench = await createIruWorkbench({ token });
  bench.iru.failNext({ kind: "status", status: 500, body: JSON.stringify({ error: `Bearer ${token}` }) });
  bench.iru.failNext({ kind: "reset" });
  const shown = await failureOf(bench.mdm.findMac(SERIAL));
  assert.match(shown, /401/);
  assert.equal(bench.logged.length, 2);
  assert.ok(!inspect(bench.logged, { depth: 10 }).includes(token));
});

test("L12 a token that fetch would quote in its own error is refused at the start, unquoted", () => {
  for (const token of ["", `${SECRET}\n`, `${SECRET} `, `Bearer ${SECRET}`, `${SECRET}é`]) {
    assert.throws(
      () => createIruClient(optionsWith({ token })),
      (error: unknown) => error instanceof Error && !inspect(error).includes(SECRET),
    );
  }
});

test("L12 the token goes out over TLS or to this machine only", () => {
  for (const baseUrl of [
    "https://acme.api.kandji.io",
    "https://acme.api.eu.kandji.io/",
    "http://127.0.0.1:4100",
    "http://localhost:4100",
    "http://[::1]:4100",
  ]) {
    createIruClient(optionsWith({ baseUrl }));
  }
  for (const baseUrl of [
    "",
    "acme.api.kandji.io",
    "http://acme.api.kandji.io",
    "http://127.0.0.1.evil.example",
    "ftp://127.0.0.1",
    "https://user:pass@acme.api.kandji.io",
    "https://acme.api.kandji.io?x=1",
  ]) {
    assert.throws(() => createIruClient(optionsWith({ baseUrl })), /base URL/, baseUrl);
  }
});

test("the base URL's path and slashes end up once in the address", async () => {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response("[]");
  };
  const client = createIruClient(optionsWith({ baseUrl: "https://proxy.example/iru//", fetch }));
  await client.listDevices("AIRPORT7", 300);
  assert.deepEqual(asked, [
    "https://proxy.example/iru/api/v1/devices?serial_number=AIRPORT7&limit=300&offset=300",
  ]);
});

test("a device id cannot lead to another address", async () => {
  const asked: string[] = [];
  const fetch = async (url: string) => {
    asked.push(url);
    return new Response('{"pin":"123456"}');
  };
  await createIruClient(optionsWith({ fetch })).readUnlockPin("../../tags?x=1#");
  assert.deepEqual(asked, [
    "https://acme.api.kandji.io/api/v1/devices/..%2F..%2Ftags%3Fx%3D1%23/secrets/unlockpin",
  ]);
});

test("the vendor's words reach the error, on one line and shortened", async () => {
  const fetch = async () =>
    new Response(JSON.stringify({ detail: `Command already\n  running ${"x".repeat(5_000)}` }), {
      status: 400,
    });
  const shown = await createIruClient(optionsWith({ fetch })).lock("a-device", "Locked").catch(String);
  assert.match(shown ?? "", /^TerminalError: Iru answered 400 to "lock": Command already running x{100,}…$/);
  assert.ok((shown ?? "").length < 300);
});

test("an answer of another shape than documented is refused for good, without its contents", async () => {
  for (const body of ["null", "[]", '{"device_id":"d"}', '{"device_id":"d","tags":"private words"}']) {
    const client = createIruClient(optionsWith({ fetch: async () => new Response(body) }));
    const shown = await failureOf(client.readDevice("d"));
    assert.match(shown, /TerminalError: Iru's answer to "get device" is not as documented at/);
    assert.ok(!shown.includes("private words"));
  }
});

test("a lock that was accepted counts, even when its answer names no PIN", async () => {
  for (const body of ["{}", "[]", "null", '{"PIN":null}', '{"PIN":{}}', '{"message":"sent"}']) {
    const client = createIruClient(optionsWith({ fetch: async () => new Response(body) }));
    assert.equal(await client.lock("d", "Locked"), undefined, body);
  }
  const client = createIruClient(optionsWith({ fetch: async () => new Response('{"PIN":"012345"}') }));
  assert.equal(await client.lock("d", "Locked"), "012345");
});

test("80 % of the tenant's calls of an hour are warned about once, and again after they have abated", () => {
  const warnings: unknown[] = [];
  const budget = createCallBudget({ ...SILENT_LOG, warn: (_message, fields) => warnings.push(fields) });
  const minute = 60_000;
  for (let call = 0; call < 7_999; call += 1) budget.count(minute - 1);
  budget.count(60 * minute);
  assert.deepEqual(warnings, []);
  for (let call = 0; call < 7_998; call += 1) budget.count(60 * minute);
  assert.deepEqual(warnings, []);
  budget.count(119 * minute);
  budget.count(119 * minute);
  assert.deepEqual(warnings, [{ calls: 8_000, limit: 10_000 }]);
  for (let call = 0; call < 8_000; call += 1) budget.count(200 * minute);
  assert.equal(warnings.length, 2);
});

test("every call counts, failed ones too", async () => {
  const warnings: string[] = [];
  const log = { ...SILENT_LOG, warn: (message: string) => void warnings.push(message) };
  const fetch = async () => new Response("", { status: 500 });
  const client = createIruClient(optionsWith({ fetch, log }));
  for (let call = 0; call < 7_999; call += 1) await client.listDevices("AIRPORT7", 0).catch(() => undefined);
  assert.deepEqual(warnings, []);
  await client.readUnlockPin("d").catch(() => undefined);
  assert.equal(warnings.length, 1);
});

test("no time limit is left ticking after an answer", async () => {
  const bench = await createIruWorkbench();
  await bench.mdm.findMac(SERIAL);
  assert.equal(bench.clock.nextAt(), undefined);
});

test("L12 a redirect is not followed: it could carry the token elsewhere", async () => {
  const elsewhere: string[] = [];
  const other = await serveHandler((request) => {
    elsewhere.push(request.url);
    return new Response("[]");
  });
  const server = await serveHandler(
    () => new Response(null, { status: 307, headers: { location: `${other.url}/api/v1/devices` } }),
  );
  try {
    const client = createIruClient(optionsWith({ baseUrl: server.url, fetch }));
    await assert.rejects(client.listDevices("AIRPORT7", 0), { name: "TerminalError", message: /307/ });
    assert.deepEqual(elsewhere, []);
  } finally {
    await server.close();
    await other.close();
  }
});
