import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import fc from "fast-check";
import { signSlackRequest, verifySlackSignature } from "./verify.ts";

const SECRET = "8f742231b10e8888abcd99yyyzzz85a5";
// The worked example of docs.slack.dev, "Verifying requests from Slack".
const EXAMPLE = {
  timestamp: "1531420618",
  rawBody:
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c",
  signature: "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
};
const AT = Number(EXAMPLE.timestamp) * 1000;

function verify(change: Partial<Parameters<typeof verifySlackSignature>[0]> = {}) {
  return verifySlackSignature({ signingSecrets: [SECRET], now: AT, ...EXAMPLE, ...change });
}

function whyOf(change: Partial<Parameters<typeof verifySlackSignature>[0]>): string {
  const verdict = verify(change);
  return verdict.ok ? "accepted" : verdict.why;
}

test("Slack's own published example is accepted, as text and as bytes", () => {
  assert.deepEqual(verify(), { ok: true });
  assert.deepEqual(verify({ rawBody: new TextEncoder().encode(EXAMPLE.rawBody) }), { ok: true });
});

test("a request is accepted up to exactly 300 s away, in both directions", () => {
  assert.equal(whyOf({ now: AT + 300_000 }), "accepted");
  assert.equal(whyOf({ now: AT - 300_000 }), "accepted");
  assert.equal(whyOf({ now: AT + 300_001 }), "too_old");
  assert.equal(whyOf({ now: AT - 300_001 }), "too_far_ahead");
});

test("a changed body, timestamp, signature or secret is refused", () => {
  assert.equal(whyOf({ rawBody: `${EXAMPLE.rawBody}&text=x` }), "wrong_signature");
  assert.equal(whyOf({ rawBody: "" }), "wrong_signature");
  assert.equal(whyOf({ timestamp: "1531420619" }), "wrong_signature");
  assert.equal(whyOf({ signature: EXAMPLE.signature.replace(/3$/, "4") }), "wrong_signature");
  assert.equal(whyOf({ signature: EXAMPLE.signature.replace("=a", "=b") }), "wrong_signature");
  assert.equal(whyOf({ signingSecrets: ["another"] }), "wrong_signature");
});

test("the previous secret is accepted beside the current one, in any order", () => {
  assert.equal(whyOf({ signingSecrets: ["new", SECRET] }), "accepted");
  assert.equal(whyOf({ signingSecrets: [SECRET, "old"] }), "accepted");
});

test("L9 without a signing secret nothing is accepted, not even a signature made with the empty one", () => {
  const forged = `v0=${createHmac("sha256", "").update(`v0:${EXAMPLE.timestamp}:x`).digest("hex")}`;
  for (const signingSecrets of [[], [""], ["", ""]]) {
    assert.equal(whyOf({ signingSecrets }), "no_signing_secret");
    assert.equal(whyOf({ signingSecrets, signature: forged, rawBody: "x" }), "no_signing_secret");
  }
  assert.equal(whyOf({ signingSecrets: ["", SECRET], signature: forged, rawBody: "x" }), "wrong_signature");
});

test("missing headers are refused", () => {
  assert.equal(whyOf({ timestamp: undefined }), "missing_header");
  assert.equal(whyOf({ signature: undefined }), "missing_header");
  assert.equal(whyOf({ timestamp: "", signature: "" }), "missing_header");
});

test("malformed headers are refused, and never throw", () => {
  const hex = EXAMPLE.signature.slice(3);
  const signatures = [
    hex,
    `v1=${hex}`,
    `V0=${hex}`,
    `v0=${hex.toUpperCase()}`,
    `v0=${hex.slice(1)}`,
    `v0=${hex}00`,
    `v0=${"z".repeat(64)}`,
    `v0=${hex}\n`,
    ` v0=${hex}`,
    `v0=${hex}, v0=${hex}`,
  ];
  for (const signature of signatures) assert.equal(whyOf({ signature }), "malformed_header", signature);
  const timestamps = [
    "NaN",
    "-1531420618",
    "1531420618.5",
    "1e9",
    "0x5b47",
    " 1531420618",
    "1531420618\n",
    "9".repeat(40),
  ];
  for (const timestamp of timestamps) {
    assert.equal(
      whyOf({ timestamp, signature: signSlackRequest(SECRET, timestamp, EXAMPLE.rawBody) }),
      "malformed_header",
    );
  }
});

test("any body signed with the secret is accepted at any time within the window", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 300 }),
      fc.string({ minLength: 1 }),
      fc.integer({ min: 1_000, max: 4_000_000_000 }),
      fc.integer({ min: -300_000, max: 300_000 }),
      (rawBody, secret, seconds, offsetMs) => {
        const timestamp = String(seconds);
        const signature = signSlackRequest(secret, timestamp, rawBody);
        const now = seconds * 1000 + offsetMs;
        assert.deepEqual(
          verifySlackSignature({ signingSecrets: [secret], timestamp, signature, rawBody, now }),
          { ok: true },
        );
      },
    ),
  );
});

test("flipping any one bit of a signed body makes it refused", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ minLength: 1, maxLength: 200 }),
      fc.nat(),
      fc.integer({ min: 0, max: 7 }),
      (body, at, bit) => {
        const signature = signSlackRequest(SECRET, EXAMPLE.timestamp, body);
        const changed = body.map((byte, index) => (index === at % body.length ? byte ^ (1 << bit) : byte));
        assert.equal(whyOf({ signature, rawBody: changed }), "wrong_signature");
      },
    ),
  );
});

test("arbitrary headers are refused without throwing", () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), fc.string(), (timestamp, signature, rawBody) => {
      assert.equal(verify({ timestamp, signature, rawBody }).ok, false);
    }),
  );
});
