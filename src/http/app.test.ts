import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { ASK, enrolledMac, logBody, type TestMac } from "../../test/http/mac.ts";
import { SECOND_MS } from "../core/time.ts";
import { type Store, StoreError } from "../ports/store.ts";
import { BODY_MAX_BYTES } from "../wire/device.ts";

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;

describe("every answer", () => {
  test("carries an id of its own, which the log carries too, and is not to be kept by anybody", async () => {
    const answers = [
      await world.call("GET", "/healthz"),
      await world.call("GET", "/nowhere"),
      await mac.get("/mac"),
      await world.call("POST", "/request", { key: mac.key, body: "{" }),
      await world.slack("/slack/commands", "ssl_check=1"),
      await world.slack("/slack/actions", "", { signature: undefined }),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 404, 200, 400, 200, 401],
    );
    const ids = answers.map(({ headers }) => headers.get("x-request-id"));
    assert.equal(new Set(ids).size, answers.length);
    const logged = world.logLines
      .filter(({ message }) => message === "http")
      .map(({ fields }) => fields?.["requestId"]);
    assert.deepEqual(logged.slice(-answers.length), ids);
    for (const { headers } of answers) assert.equal(headers.get("cache-control"), "no-store");
  });

  test("is logged with method, path, status and time, and nothing of its query, body or headers", async () => {
    await mac.get("/status", { requestId: "0e000000-0000-4000-8000-000000000009" });
    const { level, fields } = world.logLines.at(-1) ?? {};
    assert.equal(level, "info");
    const { requestId: _requestId, ...rest } = fields ?? {};
    assert.deepEqual(rest, { method: "GET", path: "/status", status: 404, milliseconds: 0 });
  });
});

describe("GET /healthz", () => {
  test("says that the store answers, and which version runs", async () => {
    const { status, body } = await world.call("GET", "/healthz");
    assert.equal(status, 200);
    assert.deepEqual(body, { status: "ok", version: "1.2.3" });
  });

  test("says 503 when the store does not answer", async () => {
    await world.store.close();
    assert.equal(kind(await world.call("GET", "/healthz")), "503 store_unavailable");
  });
});

describe("a body", () => {
  const padded = (size: number) => {
    const body = JSON.stringify({ serial: CAST.serial, ...ASK, hostname: "Mac", extra: "" });
    return body.replace('"extra":""', `"extra":"${"x".repeat(size - body.length)}"`);
  };
  const headers = { "idempotency-key": "key-of-a-large-body" };
  const chunked = (text: string, pieces: number) => {
    const bytes = new TextEncoder().encode(text);
    const each = Math.ceil(bytes.length / pieces);
    let at = 0;
    return new ReadableStream<Uint8Array>({
      pull(controller) {
        if (at >= bytes.length) return controller.close();
        controller.enqueue(bytes.slice(at, at + each));
        at += each;
      },
    });
  };
  async function sendStream(
    body: ReadableStream<Uint8Array>,
    more: Record<string, string> = {},
  ): Promise<Response> {
    const init = {
      method: "POST",
      headers: { "x-api-key": mac.key, ...headers, ...more },
      body,
      duplex: "half",
    };
    return world.fetch(new Request("http://hallpass.test/request", init as RequestInit));
  }

  test("of 256 KiB is read, one byte more is refused, whether its length is declared or not", async () => {
    assert.equal(
      kind(await world.call("POST", "/request", { key: mac.key, body: padded(BODY_MAX_BYTES), headers })),
      "400 bad_input",
    );
    const declared = { ...headers, "content-length": String(BODY_MAX_BYTES + 1) };
    const refused = await world.call("POST", "/request", {
      key: mac.key,
      body: padded(BODY_MAX_BYTES + 1),
      headers: declared,
    });
    assert.equal(kind(refused), "413 too_large");
    assert.deepEqual(refused.body["errors"], [{ field: "body", message: "must be at most 256 KiB" }]);
    assert.equal((await sendStream(chunked(padded(BODY_MAX_BYTES), 7))).status, 400);
    assert.equal((await sendStream(chunked(padded(BODY_MAX_BYTES + 1), 7))).status, 413);
  });

  test("without an end is refused as soon as it is too large", async () => {
    let sent = 0;
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 1;
        controller.enqueue(new Uint8Array(64 * 1024));
      },
    });
    assert.equal((await sendStream(endless)).status, 413);
    assert.ok(sent < 10, `${sent} pieces were read`);
  });

  test("that declares less than it brings, or nonsense, is counted all the same", async () => {
    for (const length of ["1", "x", "-5", ""]) {
      const answer = await sendStream(chunked(padded(BODY_MAX_BYTES + 1), 3), { "content-length": length });
      assert.equal(answer.status, 413);
    }
  });

  test("that breaks off is the caller's failure, not ours", async () => {
    const broken = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"serial":'));
        controller.error(new Error("socket hang up"));
      },
    });
    assert.equal((await sendStream(broken)).status, 400);
    assert.deepEqual(
      world.logLines.filter(({ level }) => level === "error"),
      [],
    );
  });
});

describe("a Mac that calls too often", () => {
  test("W53 is told to wait, for itself alone, and may go on after that", async () => {
    const busy = await createHttpWorld({ rateLimit: { perSecond: 0.5, burst: 3 } });
    const [one, other] = [await enrolledMac(busy), await enrolledMac(busy, CAST.otherSerial)];
    for (let call = 0; call < 3; call += 1) assert.equal((await one.get("/mac")).status, 200);
    const refused = await one.get("/mac");
    assert.equal(kind(refused), "429 too_many_calls");
    assert.equal(refused.headers.get("retry-after"), "2");
    assert.match(refused.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
    assert.equal((await one.ask()).status, 429, "every call counts");
    assert.equal((await other.get("/mac")).status, 200);
    await busy.clock.advance(2 * SECOND_MS - 1);
    assert.equal((await one.get("/mac")).status, 429);
    await busy.clock.advance(1);
    assert.equal((await one.get("/mac")).status, 200);
    await busy.running.stop();
  });

  test("cannot use up another's calls with a key that is not one", async () => {
    const busy = await createHttpWorld({ rateLimit: { perSecond: 0.5, burst: 3 } });
    const one = await enrolledMac(busy);
    for (let call = 0; call < 20; call += 1) {
      assert.equal(
        (await busy.call("GET", `/mac?serial=${CAST.serial}`, { key: "k".repeat(43) })).status,
        401,
      );
    }
    assert.equal((await one.get("/mac")).status, 200);
    await busy.running.stop();
  });
});

describe("when the store fails", () => {
  /** A store whose writes or reads can be made to fail. */
  function brittle(): Store & { fails: "nothing" | "commit" | "everything" | "strangely" } {
    const inner = createMemoryStore();
    const store = { ...inner, fails: "nothing" as "nothing" | "commit" | "everything" | "strangely" };
    const guarded =
      <Arguments extends unknown[], Value>(name: string, work: (...args: Arguments) => Promise<Value>) =>
      async (...args: Arguments): Promise<Value> => {
        if (store.fails === "strangely") throw new TypeError("secret-in-an-error of column key_hash");
        if (store.fails === "everything" || (store.fails === "commit" && name === "commit")) {
          throw new StoreError("disk full at /var/lib/hallpass");
        }
        return work(...args);
      };
    return Object.assign(store, {
      commit: guarded("commit", inner.commit),
      loadRequest: guarded("loadRequest", inner.loadRequest),
      findMacByKeyHash: guarded("findMacByKeyHash", inner.findMacByKeyHash),
      guardOwner: guarded("guardOwner", inner.guardOwner),
    });
  }

  test("calls and clicks are answered 503, to be tried again, and work when it is back", async () => {
    const store = brittle();
    const own = await createHttpWorld({ store });
    const one = await enrolledMac(own);
    const requestId = await one.asked();
    for (const fails of ["commit", "everything"] as const) {
      store.fails = fails;
      for (const answer of [
        await one.post("/cancel", { requestId }),
        await own.click(CAST.ben, "hallpass_approve_15", requestId),
      ]) {
        assert.equal(kind(answer), "503 store_unavailable");
        assert.equal(answer.headers.get("retry-after"), "1");
        assert.ok(!answer.text.includes("disk full"), "inner details stay inside");
      }
    }
    store.fails = "nothing";
    assert.equal((await own.click(CAST.ben, "hallpass_approve_15", requestId)).status, 200);
    assert.equal((await store.loadRequest(requestId))?.request.status, "approved");
    await own.running.stop();
  });

  test("a failure that nobody foresaw is a 500 without a word of it", async () => {
    const store = brittle();
    const own = await createHttpWorld({ store });
    const one = await enrolledMac(own);
    store.fails = "strangely";
    const answer = await one.get("/mac");
    assert.equal(kind(answer), "500 internal");
    assert.doesNotMatch(answer.text, /secret-in-an-error|key_hash|TypeError|\.ts:/);
    store.fails = "nothing";
    await own.running.stop();
  });
});

describe("L12 the operating log", () => {
  test("holds no key, token, PIN, response URL, e-mail, reason or log line of a whole session", async () => {
    const requestId = await mac.active({ reason: "reason-never-logged" });
    const firstKey = mac.key;
    await mac.beat(requestId);
    await mac.log(requestId, {
      ...logBody(requestId),
      lines: ["COMMAND=/usr/bin/log-line-never-logged"],
      final: true,
    });
    await mac.post("/report", {
      requestId,
      reportId: "0c000000-0000-4000-8000-000000000001",
      kind: "exit",
      at: new Date(CAST.start).toISOString(),
      items: ["item-never-logged"],
    });
    await world.click(CAST.ben, "hallpass_lock", requestId);
    await world.click(CAST.mallory, "hallpass_revoke", requestId);
    await world.settle();
    const { body } = await mac.removed(requestId);
    mac.key = String(body["nextKey"]);
    await mac.get("/mac");
    await world.call("GET", `/mac?serial=${CAST.serial}`, {
      key: "unknown-key-never-logged-000000000000000000",
    });
    await world.call("POST", "/enroll", {
      body: { serial: CAST.serial },
      headers: { "x-enrollment-token": "token-never-logged" },
    });
    await world.slack("/slack/actions", "payload=never-logged", { signature: `v0=${"ab".repeat(32)}` });
    world.mdm.failNext({ call: "any", kind: "retryable", times: 3 });
    world.chat.failNext({ call: "any", kind: "terminal", times: 3 });
    await mac.asked();
    const text = JSON.stringify(world.logLines);
    assert.ok(text.length > 2_000, "there is a log");
    const pin = world.mdm.locks[0]?.pin ?? "";
    assert.match(pin, /^\d{6}$/);
    for (const secret of [
      firstKey,
      mac.key,
      CAST.token,
      CAST.previousToken,
      CAST.signingSecret,
      CAST.previousSigningSecret,
      pin,
      "never-logged",
      "hooks.slack.com",
      "anna@example.com",
      "ab".repeat(32),
    ]) {
      assert.ok(!text.includes(secret), `the log holds ${secret}`);
    }
  });
});
