import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import test, { type TestContext } from "node:test";
import type { Call } from "./core/calls.ts";
import { createKeyRing } from "./key-ring.ts";
import type { DeviceKeys, KeyStore } from "./ports.ts";
import { createWireClient } from "./wire-client.ts";

type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

/** A real server and a client of it; `lateMs` is how long the client's clock takes to end a time limit. */
async function connect(
  t: TestContext,
  handler: Handler,
  keys: DeviceKeys = { current: "key-1" },
  lateMs = 2_000,
) {
  let stored = keys;
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => parts.push(part));
    request.on("end", () => handler(request, response, Buffer.concat(parts).toString("utf8")));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const serviceUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = createWireClient({
    serviceUrl,
    serial: "C02ABCDEFG",
    fetch: globalThis.fetch,
    clock: {
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          const timer = setTimeout(resolve, lateMs);
          signal?.addEventListener("abort", () => {
            clearTimeout(timer);
            resolve();
          });
        }),
    },
    keys: createKeyRing({
      read: async () => stored,
      write: async (next) => {
        stored = next;
      },
      enrollmentToken: async () => "token-1",
    }),
  });
  return { client, serviceUrl, keys: () => stored };
}

function json(response: ServerResponse, status: number, body: unknown, type = "application/json"): void {
  response.writeHead(status, { "content-type": type }).end(JSON.stringify(body));
}

const problem = (status: number, more: object = {}) => ({
  type: "about:blank",
  title: "No",
  status,
  detail: "because",
  ...more,
});
const PROBLEM = "application/problem+json";
const REMOVED: Extract<Call, { name: "removed" }> = {
  name: "removed",
  requestId: "r",
  armId: "a",
  granted: true,
  verified: true,
  reason: "expired",
  removedAt: "2026-01-01T00:00:00.000Z",
};

test("calls go to their paths with serial, key and body", async (t) => {
  const seen: string[] = [];
  const { client } = await connect(t, (request, response, body) => {
    seen.push(
      `${request.method} ${request.url} ${String(request.headers["x-api-key"])} ${String(request.headers["idempotency-key"])} ${body}`,
    );
    json(response, 200, {});
  });
  await client.call({ name: "end", requestId: "r" }, 10);
  await client.call({ name: "status", requestId: "r", since: 3, wait: 20 }, 10);
  await client.call(
    {
      name: "request",
      idempotencyKey: "i-1",
      body: {
        hostname: "Anna’s Mac",
        username: "a",
        uid: 501,
        generatedUid: "G",
        reason: "x",
        category: "other",
        durationMinutes: 5,
      },
    },
    10,
  );
  assert.deepEqual(seen, [
    'POST /end key-1 undefined {"serial":"C02ABCDEFG","requestId":"r"}',
    "GET /status?requestId=r&serial=C02ABCDEFG&since=3&wait=20 key-1 undefined ",
    'POST /request key-1 i-1 {"serial":"C02ABCDEFG","hostname":"Anna’s Mac","username":"a","uid":501,"generatedUid":"G","reason":"x","category":"other","durationMinutes":5}',
  ]);
});

test("an answer of the contract is an answer; newer fields are no harm", async (t) => {
  const { client } = await connect(t, (_request, response) =>
    json(response, 200, { elevationEnd: "2026-01-01T00:00:00.000Z", remainingSeconds: 600, brandNew: 1 }),
  );
  const outcome = await client.call({ name: "start", requestId: "r", armId: "a", elevatedAt: "x" }, 10);
  assert.deepEqual(outcome, {
    came: "answer",
    answer: { elevationEnd: "2026-01-01T00:00:00.000Z", remainingSeconds: 600 },
  });
});

test("the service's own refusals come with their details; 429 and 5xx mean later", async (t) => {
  let status = 409;
  const { client } = await connect(t, (_request, response) =>
    json(response, status, problem(status, { seq: 4, previousHash: "h", requestId: "r2" }), PROBLEM),
  );
  const call = { name: "end", requestId: "r" } as const;
  assert.deepEqual(await client.call(call, 10), {
    came: "refused",
    status: 409,
    detail: "because",
    requestId: "r2",
    seq: 4,
    previousHash: "h",
  });
  for (status of [429, 500, 503]) {
    assert.deepEqual(await client.call(call, 10), { came: "failing", status, detail: "because" });
  }
});

test("W53 the service's wish when to be called again is read, and nothing else is taken for one", async (t) => {
  let wish = "";
  const { client } = await connect(t, (_request, response) => {
    if (wish !== "") response.setHeader("retry-after", wish);
    json(response, 429, problem(429), PROBLEM);
  });
  const busy = { came: "failing", status: 429, detail: "because" };
  for (const [given, read] of [
    ["7", { ...busy, retryAfterSeconds: 7 }],
    ["3600", { ...busy, retryAfterSeconds: 3600 }],
    ["", busy],
    ["-7", busy],
    ["soon", busy],
    ["Wed, 21 Oct 2026 07:28:00 GMT", busy],
  ] as const) {
    wish = given;
    assert.deepEqual(await client.call({ name: "end", requestId: "r" }, 10), read, given);
  }
});

test("what is not surely the service's own word is silence", async (t) => {
  const answers: Record<string, (response: ServerResponse) => void> = {
    redirect: (response) => response.writeHead(302, { location: "/elsewhere" }).end(),
    "page of a portal": (response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"),
    "a stranger's 403": (response) => json(response, 403, { error: "blocked" }),
    "a stranger's 403 that looks like ours": (response) => json(response, 403, problem(403)),
    "problem+json about another status": (response) => json(response, 403, problem(404), PROBLEM),
    "an answer that breaks the contract": (response) => json(response, 200, { remainingSeconds: "many" }),
    "a list": (response) => json(response, 200, []),
    "no JSON": (response) => response.writeHead(200, { "content-type": "application/json" }).end("{"),
    "a cut connection": (response) => response.destroy(),
  };
  let answer: ((response: ServerResponse) => void) | undefined;
  const { client } = await connect(t, (_request, response) => answer?.(response));
  for (const [name, make] of Object.entries(answers)) {
    answer = make;
    const outcome = await client.call({ name: "start", requestId: "r", armId: "a", elevatedAt: "x" }, 10);
    assert.equal(outcome.came, "silent", name);
  }
});

test("no answer within the limit is silence, and the call is given up", async (t) => {
  let isCut = false;
  const { client } = await connect(
    t,
    (request) => request.on("close", () => (isCut = true)),
    { current: "k" },
    20,
  );
  const outcome = await client.call({ name: "end", requestId: "r" }, 10);
  assert.deepEqual(outcome, { came: "silent", why: "no answer within 10 s" });
  await new Promise((resolve) => setTimeout(resolve, 30));
  assert.equal(isCut, true);
});

test("the probe tells the status, and null without an answer", async (t) => {
  const { client, serviceUrl } = await connect(t, (request, response) => {
    if (request.url === "/302") response.writeHead(302, { location: "/" }).end();
    else response.writeHead(200).end("Success");
  });
  assert.equal(await client.probe(`${serviceUrl}/`, 5), 200);
  assert.equal(await client.probe(`${serviceUrl}/302`, 5), 302);
  assert.equal(await client.probe("http://127.0.0.1:1/", 5), null);
});

test("L12 the key of an enrolment is stored and reaches nobody else", async (t) => {
  const { client, keys } = await connect(
    t,
    (request, response) =>
      json(response, 201, { deviceKey: `for-${String(request.headers["x-enrollment-token"])}` }),
    {},
  );
  assert.deepEqual(await client.call({ name: "enroll" }, 10), { came: "answer", answer: {} });
  assert.deepEqual(keys(), { current: "for-token-1" });
});

test("L12 a renewed key is used from the next call on; the old one is kept until the new one was taken", async (t) => {
  const used: (string | undefined)[] = [];
  let takesNew = true;
  const { client, keys } = await connect(t, (request, response) => {
    const key = request.headers["x-api-key"] as string | undefined;
    used.push(key);
    if (key === "key-2" && !takesNew) json(response, 401, problem(401), PROBLEM);
    else json(response, 200, request.url === "/removed" ? { nextKey: "key-2" } : {});
  });
  assert.deepEqual(await client.call(REMOVED, 10), { came: "answer", answer: {} });
  assert.deepEqual(keys(), { current: "key-1", next: "key-2" });
  takesNew = false;
  const silent = { came: "silent", why: "the key was renewed while the call was under way" };
  assert.deepEqual(await client.call({ name: "end", requestId: "r" }, 10), silent, "the old one may be good");
  assert.equal((await client.call({ name: "end", requestId: "r" }, 10)).came, "answer", "with the old key");
  takesNew = true;
  await client.call(REMOVED, 10);
  await client.call({ name: "end", requestId: "r" }, 10);
  assert.deepEqual(used, ["key-1", "key-2", "key-1", "key-1", "key-2"]);
  assert.deepEqual(keys(), { current: "key-2" });
});

test("L9 a keychain that fails is silence, and never breaks a call", async () => {
  const fail = async () => Promise.reject(new Error("User interaction is not allowed."));
  const nextKey = "n".repeat(43);
  const client = (store: Partial<KeyStore>) =>
    createWireClient({
      serviceUrl: "https://hallpass.example",
      serial: "C02ABCDEFG",
      fetch: async () => Response.json({ nextKey, deviceKey: nextKey }),
      clock: { sleep: (_ms, signal) => new Promise((end) => signal?.addEventListener("abort", () => end())) },
      keys: createKeyRing({
        read: async () => ({ current: "c".repeat(43) }),
        write: async () => undefined,
        enrollmentToken: async () => "token-1",
        ...store,
      }),
    });
  const cameOf = async (store: Partial<KeyStore>, call: Call) => (await client(store).call(call, 10)).came;
  assert.equal(await cameOf({ read: fail }, { name: "cancel", requestId: "r" }), "silent");
  assert.equal(await cameOf({ enrollmentToken: fail }, { name: "enroll" }), "silent");
  assert.equal(await cameOf({ write: fail }, { name: "enroll" }), "silent", "a key that is lost is none");
  const removed = { requestId: "r", armId: "a", granted: true, verified: true, reason: "expired" } as const;
  const proof = { name: "removed", removedAt: "2026-11-22T09:33:30.000Z", ...removed } as const;
  assert.equal(await cameOf({ write: fail }, proof), "answer", "the proof has arrived");
});
