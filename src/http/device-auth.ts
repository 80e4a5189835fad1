import { createHash, timingSafeEqual } from "node:crypto";
import type { Context } from "hono";
import { authenticate, type Caller } from "../app/device-keys.ts";
import type { StoredRequest } from "../ports/store.ts";
import { recordRefusal } from "../app/record-note.ts";
import type { Edge } from "./edge.ts";
import { HttpProblem, notFound } from "./problem.ts";

const KEY_PATTERN = /^[A-Za-z0-9_-]{43}$/;

function unauthorized(detail: string): HttpProblem {
  return new HttpProblem(401, { kind: "unauthorized", title: "Not authorised", detail });
}

/**
 * What is counted by itself: whoever floods the service with a Mac's key must not keep that Mac from hearing that its
 * session is over (law L9).
 */
type Counted = "beat" | "status" | "other";

/** The Mac that calls, by its own key (header `x-api-key`). Throws 401 or 429. */
export async function requireCaller(
  edge: Edge,
  context: Context,
  counted: Counted = "other",
): Promise<Caller> {
  const key = context.req.header("x-api-key");
  if (key === undefined) throw unauthorized("The header x-api-key is missing.");
  const caller = KEY_PATTERN.test(key) ? await authenticate(edge.service, key) : undefined;
  if (caller === undefined) throw unauthorized("The key in x-api-key is not known.");
  limit(edge, `mac:${caller.serial}:${counted}`);
  return caller;
}

/** Throws 429 with `Retry-After` when `name` has used up its calls. */
export function limit(edge: Edge, name: string): void {
  const waitSeconds = edge.rateLimit.take(name);
  if (waitSeconds === 0) return;
  throw new HttpProblem(
    429,
    {
      kind: "too_many_calls",
      title: "Too many calls",
      detail: `This Mac calls too often. Try again in ${waitSeconds} s.`,
    },
    waitSeconds,
  );
}

/** Throws 403, after writing it to the audit trail, when a Mac claims another's serial. */
export async function requireOwnSerial(
  edge: Edge,
  caller: Caller,
  serial: string,
  what: string,
): Promise<void> {
  if (serial === caller.serial) return;
  const refusal = {
    refused: "wrong_mac",
    rule: "L1",
    message: "The serial is not the one this key belongs to.",
  } as const;
  await recordRefusal(edge.service, `mac:${caller.serial}`, refusal, {
    what: `${what} (claimed serial ${serial})`,
    commandId: edge.service.ids.uuid(),
    actor: { kind: "mac", serial: caller.serial },
  });
  throw new HttpProblem(403, { kind: "wrong_mac", title: "Refused", detail: refusal.message });
}

/** The request, which must be of the calling Mac: else 403 and audited; 404 when there is none. */
export async function requireOwnRequest(
  edge: Edge,
  caller: Caller,
  requestId: string,
  what: string,
): Promise<StoredRequest> {
  const stored = await edge.service.store.loadRequest(requestId);
  if (stored === undefined) throw notFound("request");
  if (stored.request.ask.serial === caller.serial) return stored;
  const refusal = {
    refused: "wrong_mac",
    rule: "L1",
    message: "This request belongs to another Mac.",
  } as const;
  await recordRefusal(edge.service, requestId, refusal, {
    what,
    commandId: edge.service.ids.uuid(),
    actor: { kind: "mac", serial: caller.serial },
  });
  throw new HttpProblem(403, { kind: "wrong_mac", title: "Refused", detail: refusal.message });
}

/** Throws 401 unless the header `x-enrollment-token` is one of the configured tokens; compared in constant time. */
export function requireEnrollmentToken(edge: Edge, context: Context): void {
  const given = digest(context.req.header("x-enrollment-token") ?? "");
  let matches = false;
  for (const token of edge.enrollmentTokens) {
    if (token.length > 0 && timingSafeEqual(given, digest(token))) matches = true;
  }
  if (!matches)
    throw unauthorized("The header x-enrollment-token is missing or not one of the valid tokens.");
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text, "utf8").digest();
}
