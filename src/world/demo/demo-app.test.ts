import assert from "node:assert/strict";
import { test } from "node:test";
import { HttpProblem } from "../../http/problem.ts";
import type { DemoAct } from "./acts.ts";
import { createDemoApp } from "./demo-app.ts";

const OWN = "http://127.0.0.1:4100";

function open(act: (act: DemoAct) => Promise<string | undefined> = async () => undefined) {
  const acts: DemoAct[] = [];
  const app = createDemoApp({
    files: new Map([["/", { type: "text/html; charset=utf-8", body: "<!doctype html>" }]]),
    events: {
      open: () => new Response("data: {}\n\n", { headers: { "content-type": "text/event-stream" } }),
    },
    act: async (what) => {
      acts.push(what);
      return act(what);
    },
  });
  const call = (path: string, init: RequestInit = {}, headers: Record<string, string> = {}) =>
    app.request(`${OWN}${path}`, { ...init, headers: { host: "127.0.0.1:4100", ...headers } });
  const send = (body: unknown, headers: Record<string, string> = {}) =>
    call(
      "/demo/act",
      { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body) },
      { "content-type": "application/json", origin: OWN, ...headers },
    );
  return { acts, call, send };
}

test("the page comes with a policy that runs no script but its own", async () => {
  const response = await open().call("/");
  assert.equal(response.status, 200);
  const policy = response.headers.get("content-security-policy") ?? "";
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'/);
  assert.doesNotMatch(policy, /unsafe/);
  assert.equal(response.headers.get("x-content-type-options"), "nosniff");
});

test("an act is done and what came of it is told", async () => {
  const { send, acts } = open(async () => "Done.");
  const response = await send({ act: "speed", rate: 60 });
  assert.deepEqual([response.status, await response.json()], [200, { text: "Done." }]);
  assert.deepEqual(acts, [{ act: "speed", rate: 60 }]);
  assert.deepEqual(await (await open().send({ act: "play" })).json(), {});
});

test("whatever is no act is refused with the field at fault, and nothing is done", async () => {
  const { send, acts } = open();
  for (const [body, field] of [
    [{ act: "approve_everything" }, "act"],
    [{ act: "speed", rate: 2 }, "rate"],
    [
      { act: "request", serial: "C02XK1ABJG5H", reason: " ", category: "install", durationMinutes: 15 },
      "reason",
    ],
    [{ act: "play", more: 1 }, "more"],
    ["[]", "body"],
    ["{", "body"],
  ] as const) {
    const response = await send(body);
    const problem = (await response.json()) as { errors: { field: string }[] };
    assert.equal(response.status, 400, JSON.stringify(body));
    assert.equal(response.headers.get("content-type"), "application/problem+json");
    assert.equal(problem.errors[0]?.field, field);
  }
  assert.equal((await send("x".repeat(20_000))).status, 413);
  assert.equal((await send({ act: "play" }, { "content-type": "text/plain" })).status, 415);
  assert.deepEqual(acts, []);
});

test("pages of other sites reach nothing: neither by their own origin nor by a name pointed at this machine", async () => {
  const { call, send, acts } = open();
  const act = { act: "play" };
  for (const origin of ["https://evil.example", "http://127.0.0.1:9999", "null", "http://localhost:4100"]) {
    assert.equal((await send(act, { origin })).status, 403, origin);
  }
  for (const host of [
    "evil.example",
    "evil.example:4100",
    "127.0.0.1.evil.example",
    "127.0.0.1:4100@evil.example",
  ]) {
    assert.equal((await send(act, { host, origin: `http://${host}` })).status, 403, host);
    for (const path of ["/", "/demo/events"])
      assert.equal((await call(path, {}, { host })).status, 403, host);
  }
  assert.deepEqual(acts, []);
  for (const host of ["localhost:4100", "[::1]:4100"]) {
    assert.equal((await send(act, { host, origin: `http://${host}` })).status, 200, host);
  }
});

test("a refused act and a failed one answer with a sentence", async () => {
  const refused = await open(async () => {
    throw new HttpProblem(409, { kind: "playing", title: "Playing", detail: "Take over first." });
  }).send({ act: "play" });
  assert.equal(refused.status, 409);
  assert.equal(((await refused.json()) as { detail: string }).detail, "Take over first.");
  const failed = await open(async () => {
    throw new Error("the Mac is gone");
  }).send({ act: "play" });
  assert.equal(failed.status, 500);
  assert.match(((await failed.json()) as { detail: string }).detail, /the Mac is gone/);
});

test("what is not there is a problem too", async () => {
  const response = await open().call("/etc/passwd");
  assert.deepEqual(
    [response.status, response.headers.get("content-type")],
    [404, "application/problem+json"],
  );
});
