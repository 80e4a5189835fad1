import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { DEVICE_CALLS, type DeviceCall } from "../../test/http/calls.ts";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { armBody, enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { createRecordingStore, type RecordingStore } from "../../test/http/recording-store.ts";
import { problem } from "../wire/device.ts";

const UNKNOWN_ID = "0e000000-0000-4000-8000-000000000009";
const UNKNOWN_KEY = "k".repeat(43);

let world: HttpWorld;
let store: RecordingStore;
let mac: TestMac;
let other: TestMac;
/** An active session of `mac`, and one of `other`. */
let requestId: string;
let othersRequestId: string;

before(async () => {
  store = createRecordingStore();
  world = await createHttpWorld({ store });
  mac = await enrolledMac(world);
  other = await enrolledMac(world, CAST.otherSerial);
  requestId = await mac.active();
  othersRequestId = await other.active();
});
after(() => world.running.stop());
beforeEach(async () => {
  await world.settle();
  store.changes.length = 0;
  store.others.length = 0;
});

interface Sent {
  readonly key?: string | undefined;
  readonly fields?: Readonly<Record<string, unknown>>;
  /** Instead of the fields. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
}

/** Sends a call; the serial and the idempotency key are good ones unless `fields` say otherwise. */
async function send(call: DeviceCall, sent: Sent): Promise<Answer> {
  const headers: Record<string, string> = { "idempotency-key": `refusals-${call.path}` };
  const key = "key" in sent ? sent.key : mac.key;
  if (key !== undefined) headers["x-api-key"] = key;
  const fields: Record<string, unknown> = {
    serial: CAST.serial,
    ...(sent.fields ?? call.good(world, requestId)),
  };
  if (call.method === "GET") {
    const query = new URLSearchParams(
      Object.entries(fields)
        .filter(([, value]) => value !== undefined)
        .map(([name, value]): [string, string] => [name, String(value)]),
    );
    return world.call("GET", `${call.path}?${query.toString()}`, { headers });
  }
  const body = sent.raw ?? JSON.stringify(fields);
  const request = new Request(`http://hallpass.test${call.path}`, { method: "POST", headers, body });
  const response = await world.fetch(request);
  return {
    status: response.status,
    headers: response.headers,
    text: "",
    body: (await response.json()) as Answer["body"],
  };
}

/** A refusal in the form of the contract, with an id to ask about it, after which nothing is stored. */
function assertProblem(answer: Answer, status: number, kind: string): void {
  assert.equal(answer.status, status, JSON.stringify(answer.body));
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.match(answer.headers.get("x-request-id") ?? "", /^[0-9a-f-]{36}$/);
  const parsed = problem.parse(answer.body);
  assert.equal(parsed.type, `urn:hallpass:problem:${kind}`);
  assert.equal(parsed.status, status);
  assert.ok(parsed.title.length > 0 && parsed.detail.length > 0);
}

function assertUnchanged(): void {
  assert.deepEqual(store.changes, []);
  assert.deepEqual(store.others, []);
}

function assertField(answer: Answer, field: string, message?: RegExp): void {
  assertProblem(answer, 400, "bad_input");
  const { errors = [] } = problem.parse(answer.body);
  const own = errors.filter((error) => error.field === field || error.field.startsWith(`${field}.`));
  assert.ok(own.length > 0, `no error names ${field}: ${JSON.stringify(errors)}`);
  if (message !== undefined) assert.match(own[0]?.message ?? "", message);
  assertUnchanged();
}

for (const call of DEVICE_CALLS) {
  describe(`${call.method} ${call.path} is refused`, () => {
    const good = (): Readonly<Record<string, unknown>> => call.good(world, requestId);

    test("L9 without a key, with a wrong one, with an enrolment token as one", async () => {
      for (const key of [
        undefined,
        "",
        UNKNOWN_KEY,
        mac.key.slice(1),
        `${mac.key}x`,
        `${mac.key}, ${mac.key}`,
        CAST.token,
      ]) {
        assertProblem(await send(call, { key }), 401, "unauthorized");
      }
      assertUnchanged();
    });

    test("W26 L1 for another Mac's serial; the attempt is audited and told to IT", async () => {
      const answer = await send(call, { fields: { ...good(), serial: CAST.otherSerial } });
      assertProblem(answer, 403, "wrong_mac");
      const [change, ...more] = store.changes;
      assert.deepEqual(more, []);
      assert.equal(change?.stream, `mac:${CAST.serial}`);
      assert.deepEqual(
        change?.audit.map(({ type }) => type),
        ["refused"],
      );
      assert.equal(change?.request, undefined);
      await world.settle();
      assert.equal(world.chat.warnings.filter(({ warning }) => warning.serial === CAST.serial).length, 1);
      assert.deepEqual(await store.readOutbox(`mac:${CAST.serial}`), []);
      assert.ok(!world.logLines.some(({ message }) => message === "an effect is stuck"));
    });

    if (call.namesRequest) {
      test("L1 for a request of another Mac; the attempt is audited there and raised in its thread", async () => {
        const answer = await send(call, { fields: { ...good(), requestId: othersRequestId } });
        assertProblem(answer, 403, "wrong_mac");
        const [change, ...more] = store.changes;
        assert.deepEqual(more, []);
        assert.equal(change?.stream, othersRequestId);
        assert.deepEqual(
          change?.audit.map(({ type, actor }) => [type, actor]),
          [["refused", { kind: "mac", serial: CAST.serial }]],
        );
        assert.equal(change?.request, undefined);
        await world.settle();
        const raised = world.chat.thread.filter(
          ({ note, key }) =>
            key.startsWith(othersRequestId) &&
            note.note === "refused_device_call" &&
            note.call.endsWith(call.path),
        );
        assert.equal(raised.length, 1);
      });

      test("for a request that does not exist", async () => {
        assertProblem(await send(call, { fields: { ...good(), requestId: UNKNOWN_ID } }), 404, "not_found");
        assertUnchanged();
      });
    }

    test("with an unknown field, which is named", async () => {
      for (const field of ["extra", "Serial", "isAdmin", "constructor", "__proto__x"]) {
        assertField(await send(call, { fields: { ...good(), [field]: "1" } }), field, /not a known field/);
      }
    });

    test("without a field that it needs, which is named", async () => {
      for (const field of ["serial", ...Object.keys(good())].filter(
        (name) => !call.optional.includes(name),
      )) {
        assertField(await send(call, { fields: { ...good(), [field]: undefined } }), field, /is missing/);
      }
    });

    for (const [field, values] of Object.entries(call.wrong)) {
      test(`with a wrong ${field}, which is named`, async () => {
        for (const value of values) {
          assertField(await send(call, { fields: { ...good(), [field]: value } }), field, /^(?!is missing)/);
        }
      });
    }

    if (call.method === "GET") {
      test("with a name given twice", async () => {
        const path = `${call.path}?serial=${CAST.serial}&serial=${CAST.serial}&requestId=${requestId}`;
        assertField(await world.call("GET", path, { key: mac.key }), "serial", /once/);
      });
      return;
    }

    test("with a body that is no JSON object", async () => {
      for (const raw of [
        "",
        " ",
        "{",
        "null",
        "[]",
        "7",
        '"text"',
        "true",
        `[${JSON.stringify(good())}]`,
        "serial=1",
      ]) {
        assertField(await send(call, { raw }), "body", /must be/);
      }
      assertField(await send(call, { raw: Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]) }), "body", /UTF-8/);
    });

    test("with a __proto__ of its own", async () => {
      const raw = JSON.stringify({ serial: CAST.serial, ...good() }).replace(
        "{",
        '{"__proto__":{"admin":true},',
      );
      assertField(await send(call, { raw }), "__proto__", /not a known field/);
    });
  });
}

describe("POST /enroll is refused", () => {
  const headers = { "x-enrollment-token": CAST.token };

  test("for wrong and unknown fields, which are named", async () => {
    for (const serial of ["", "short", "c02hallpass1", 7, null]) {
      assertField(await world.call("POST", "/enroll", { headers, body: { serial } }), "serial");
    }
    assertField(
      await world.call("POST", "/enroll", { headers, body: { serial: CAST.serial, key: "x" } }),
      "key",
    );
    assertField(await world.call("POST", "/enroll", { headers, body: [] }), "body");
  });

  test("before its body is looked at when the token is wrong", async () => {
    const wrong = { "x-enrollment-token": "wrong" };
    assertProblem(await world.call("POST", "/enroll", { headers: wrong, body: "{" }), 401, "unauthorized");
    assertUnchanged();
  });
});

test("L9 a baseline of any depth is refused by its field, never by an exhausted stack", async () => {
  const nested = (depth: number) => `{"a":${"[".repeat(depth - 1)}${"]".repeat(depth - 1)}}`;
  const send = (depth: number) => {
    const body = JSON.stringify({ serial: CAST.serial, ...armBody(requestId), baseline: 0 });
    return world.call("POST", "/arm", {
      key: mac.key,
      body: body.replace('"baseline":0', `"baseline":${nested(depth)}`),
    });
  };
  assert.equal((await send(16)).status, 409, "was read");
  for (const depth of [17, 1_000, 100_000]) assertField(await send(depth), "baseline", /16 deep/);
});

describe("addresses that do not exist", () => {
  for (const [method, path] of [
    ["GET", "/"],
    ["GET", "/request"],
    ["POST", "/mac"],
    ["POST", "/status"],
    ["GET", "/slack/actions"],
    ["POST", "/arm/"],
    ["GET", "/../healthz/.."],
    ["GET", "/%00"],
  ] as const) {
    test(`${method} ${path}`, async () => {
      assertProblem(await world.call(method, path, { key: mac.key }), 404, "not_found");
    });
  }
});
