import fc from "fast-check";
import { slip } from "../slip.ts";
import type { DeviceCall } from "./calls.ts";
import { IS_GOOD, isEndReason } from "./good-fields.ts";

/** A request that has to be refused. */
export interface BadRequest {
  readonly what: string;
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly status: 400 | 401 | 403 | 404 | 413;
  /** The field that the answer has to name, where it is one. */
  readonly field?: string;
}

/** What is known about the world in which the bad requests are sent. */
export interface Target {
  readonly serial: string;
  readonly key: string;
  readonly otherSerial: string;
  readonly othersRequestId: string;
  /** A good body or query of the call, with its serial. */
  readonly good: Readonly<Record<string, unknown>>;
}

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText, fc.double({ noNaN: true }), fc.integer());
const textSlip = slip(fc.constantFrom(..."aZ09-_.,:/@{}[]\"' \t\n\0é\u2028💩"));
/** What a header may carry: visible Latin-1 and spaces. */
const headerText = fc.string({
  unit: fc
    .integer({ min: 0x20, max: 0xff })
    .filter((code) => code < 0x7f || code > 0x9f)
    .map((code) => String.fromCharCode(code)),
  maxLength: 80,
});
const headerSlip = slip(fc.constantFrom(..."aZ09-_=,. "));

function isGoodFor(call: DeviceCall, field: string, value: unknown): boolean {
  if (call.path === "/removed" && field === "reason") return isEndReason(value);
  return IS_GOOD[field]?.(value) ?? false;
}

/** Values near a good one, and far from it, that the field must not have. */
function wrongValue(call: DeviceCall, field: string, good: unknown): fc.Arbitrary<unknown> {
  const near = fc.array(textSlip, { minLength: 1, maxLength: 2 }).map((slips) => {
    const text = slips.reduce(
      (value, change) => change(value),
      typeof good === "string" ? good : String(good),
    );
    return text;
  });
  const value = fc.oneof(near, anyValue, fc.constantFrom(...(call.wrong[field] ?? [null])));
  const asSent =
    call.method === "GET" ? value.map((one) => (typeof one === "string" ? one : JSON.stringify(one))) : value;
  return asSent.filter((one) => !isGoodFor(call, field, one));
}

/** Any generated value as a query can carry it; `String` fails for an object with a `toString` of its own. */
function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** Every way in which a call of a Mac can be wrong. */
export function badDeviceRequest(call: DeviceCall, target: Target): fc.Arbitrary<BadRequest> {
  const { good } = target;
  const fields = Object.keys(good);
  const headers = { "x-api-key": target.key, "idempotency-key": "bad-input-0000" };
  const send = (
    what: string,
    body: Readonly<Record<string, unknown>>,
    status: BadRequest["status"],
    more: Partial<BadRequest> = {},
  ): BadRequest => {
    const query = () =>
      new URLSearchParams(
        Object.entries(body).map(([name, value]): [string, string] => [name, textOf(value)]),
      );
    return {
      what,
      method: call.method,
      headers,
      status,
      ...(call.method === "GET"
        ? { path: `${call.path}?${query().toString()}` }
        : { path: call.path, body: JSON.stringify(body) }),
      ...more,
    };
  };

  const wrongField = fc
    .constantFrom(...fields)
    .chain((field) =>
      wrongValue(call, field, good[field]).map((value) =>
        send("a wrong field", { ...good, [field]: value }, 400, { field }),
      ),
    );
  const missing = fc.constantFrom(...fields.filter((name) => !call.optional.includes(name))).map((field) => {
    const { [field]: _left, ...rest } = good;
    return send("a field left out", rest, 400, { field });
  });
  const unknown = fc
    .tuple(
      anyText.filter((name) => !(name in IS_GOOD) && name !== "__proto__" && name.isWellFormed()),
      anyValue,
    )
    .map(([name, value]) => send("an unknown field", { ...good, [name]: value }, 400));
  const wrongKey = fc
    .oneof(
      headerText,
      headerSlip.map((change) => change(target.key)),
    )
    .filter((key) => key.trim() !== target.key)
    .map((key) => send("a wrong key", good, 401, { headers: { ...headers, "x-api-key": key } }));
  const foreign = fc.constant(send("another Mac's serial", { ...good, serial: target.otherSerial }, 403));
  const requests = call.namesRequest
    ? [
        fc.constant(send("another Mac's request", { ...good, requestId: target.othersRequestId }, 403)),
        fc.uuid().map((requestId) => send("an unknown request", { ...good, requestId }, 404)),
      ]
    : [];
  const bodies =
    call.method === "POST"
      ? [badBody(good, (body, status) => send("a bad body", good, status, { body, field: "body" }))]
      : [];
  const idempotency =
    call.path === "/request"
      ? [
          badIdempotencyKey((key) =>
            send("a wrong Idempotency-Key", good, 400, {
              headers: { ...headers, "idempotency-key": key },
              field: "Idempotency-Key",
            }),
          ),
        ]
      : [];
  return fc.oneof(
    { weight: 12, arbitrary: wrongField },
    { weight: 2, arbitrary: missing },
    { weight: 3, arbitrary: unknown },
    { weight: 3, arbitrary: wrongKey },
    { weight: 1, arbitrary: foreign },
    ...requests.map((arbitrary) => ({ weight: 1, arbitrary })),
    ...bodies.map((arbitrary) => ({ weight: 4, arbitrary })),
    ...idempotency.map((arbitrary) => ({ weight: 3, arbitrary })),
  );
}

function badIdempotencyKey(make: (key: string) => BadRequest): fc.Arbitrary<BadRequest> {
  return headerText.filter((key) => !/^[!-~]{8,128}$/.test(key.trim())).map(make);
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Bodies that are no JSON object, no JSON, no UTF-8, or too large. */
function badBody(
  good: Readonly<Record<string, unknown>>,
  make: (body: string | Uint8Array<ArrayBuffer>, status: 400 | 413) => BadRequest,
): fc.Arbitrary<BadRequest> {
  const json = JSON.stringify(good);
  const texts = fc
    .oneof(
      anyText,
      fc.json(),
      fc.nat(json.length - 1).map((length) => json.slice(0, length)),
      textSlip.map((change) => change(json)),
    )
    .filter((text) => !isJsonObject(text));
  // No byte sequence of UTF-8 holds 0xff; somewhere in a name or text it would pass for JSON if it were let through.
  const bytes = fc.nat(json.length - 1).map((at) => {
    const [head, tail] = [Buffer.from(json.slice(0, at)), Buffer.from(json.slice(at))];
    return Uint8Array.from([...head, 0xff, ...tail]);
  });
  const large = fc
    .integer({ min: 256 * 1024 + 1, max: 300 * 1024 })
    .map((size) => `{"a":"${"x".repeat(size)}"}`);
  return fc.oneof(
    { weight: 10, arbitrary: texts.map((body) => make(body, 400)) },
    { weight: 3, arbitrary: bytes.map((body) => make(body, 400)) },
    { weight: 1, arbitrary: large.map((body) => make(body, 413)) },
  );
}

/** Every way in which an enrolment can be wrong. */
export function badEnrollment(serial: string, token: string): fc.Arbitrary<BadRequest> {
  const good = { serial };
  const base = { method: "POST", path: "/enroll", headers: { "x-enrollment-token": token } } as const;
  const call: DeviceCall = { ...base, good: () => ({}), optional: [], namesRequest: false, wrong: {} };
  const wrongToken = fc
    .oneof(
      headerText,
      headerSlip.map((change) => change(token)),
    )
    .filter((text) => text.trim() !== token)
    .map((text): BadRequest => ({
      ...base,
      what: "a wrong token",
      headers: { "x-enrollment-token": text },
      body: JSON.stringify(good),
      status: 401,
    }));
  const wrongSerial = wrongValue(call, "serial", serial).map((value): BadRequest => ({
    ...base,
    what: "a wrong serial",
    body: JSON.stringify({ serial: value }),
    status: 400,
    field: "serial",
  }));
  const unknownSerial = fc
    .stringMatching(/^[A-Z0-9]{8,14}$/)
    .filter((text) => text !== serial)
    .map((text): BadRequest => ({
      ...base,
      what: "a serial that Iru does not know",
      body: JSON.stringify({ serial: text }),
      status: 403,
    }));
  const body = badBody(good, (text, status) => ({
    ...base,
    what: "a bad body",
    body: text,
    status,
    field: "body",
  }));
  return fc.oneof(wrongToken, wrongSerial, unknownSerial, body);
}
