import { createHmac, timingSafeEqual } from "node:crypto";
import { SECOND_MS } from "../../core/time.ts";
import type { SignatureVerdict, SignedRequest } from "../../ports/slack-inlet.ts";

/** Slack's own limit for the age of a signed request, applied to the future as well. */
export const SIGNATURE_WINDOW_MS = 300 * SECOND_MS;

const TIMESTAMP_PATTERN = /^[0-9]{1,12}$/;
const SIGNATURE_PATTERN = /^v0=[0-9a-f]{64}$/;

/**
 * Whether a request was signed by Slack, or by somebody who holds the signing secret: HMAC-SHA256 over
 * `v0:{timestamp}:{raw body}` (docs.slack.dev, "Verifying requests from Slack"), compared in constant time
 * against every secret, and at most 300 s away from `now` in either direction. No secret at all refuses (law L9).
 */
export function verifySlackSignature(
  request: SignedRequest & {
    /** The current secret and, while it is being changed, the previous one. Empty ones are ignored. */
    readonly signingSecrets: readonly string[];
  },
): SignatureVerdict {
  const { timestamp, signature, now } = request;
  const secrets = request.signingSecrets.filter((secret) => secret.length > 0);
  if (secrets.length === 0) return { ok: false, why: "no_signing_secret" };
  if (!timestamp || !signature) return { ok: false, why: "missing_header" };
  if (!TIMESTAMP_PATTERN.test(timestamp) || !SIGNATURE_PATTERN.test(signature)) {
    return { ok: false, why: "malformed_header" };
  }
  const ageMs = now - Number(timestamp) * SECOND_MS;
  if (ageMs > SIGNATURE_WINDOW_MS) return { ok: false, why: "too_old" };
  if (ageMs < -SIGNATURE_WINDOW_MS) return { ok: false, why: "too_far_ahead" };
  const claimed = Buffer.from(signature.slice(3), "hex");
  let matches = false;
  for (const secret of secrets) {
    // Every secret is tried even after a match, so that the time says nothing about which one it was.
    if (timingSafeEqual(claimed, digest(secret, timestamp, request.rawBody))) matches = true;
  }
  return matches ? { ok: true } : { ok: false, why: "wrong_signature" };
}

/** The value of `X-Slack-Signature` for a body sent at `timestamp` (seconds): what Slack computes. */
export function signSlackRequest(secret: string, timestamp: string, rawBody: Uint8Array | string): string {
  return `v0=${digest(secret, timestamp, rawBody).toString("hex")}`;
}

function digest(secret: string, timestamp: string, rawBody: Uint8Array | string): Buffer {
  return createHmac("sha256", secret).update(`v0:${timestamp}:`).update(rawBody).digest();
}
