import type { Ask } from "../core/request.ts";
import type { Serial } from "../core/ids.ts";
import { HOUR_MS, SECOND_MS } from "../core/time.ts";
import type { StoredRequest } from "../ports/store.ts";
import type { RequestBody } from "../wire/device.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

/**
 * So many requests of one Mac may be open at once, far fewer than one listing holds (src/ports/store.ts), so that no
 * flood of requests can hide a session from its own Mac.
 */
export const OPEN_PER_MAC_MAX = 20;

/** What came of asking. `repeat`: the same submission was made before. */
export type SubmitOutcome =
  | { readonly outcome: "created" | "repeat"; readonly stored: StoredRequest }
  | { readonly outcome: "open_request"; readonly requestId: string }
  | { readonly outcome: "too_many_open" }
  /** The idempotency key belongs to another submission. */
  | { readonly outcome: "key_reused" }
  /** This Mac has asked as often as it may for now. */
  | { readonly outcome: "too_many"; readonly waitSeconds: number };

/**
 * Makes a request, once for each idempotency key of a Mac, and only while this user of this Mac has none open and
 * the Mac not too many.
 * Answers as soon as it is stored: who is asking is found out, and Slack told, afterwards.
 */
export async function submitRequest(
  service: Service,
  body: RequestBody,
  idempotencyKey: string,
): Promise<SubmitOutcome> {
  const { store, clock, ids } = service;
  const guardKey = `idempotency:${body.serial}:${idempotencyKey}`;
  const earlier = await store.guardOwner(guardKey);
  if (earlier !== undefined) return repeat(service, earlier, body);
  if ((await store.listOpenBySerial(body.serial)).length >= OPEN_PER_MAC_MAX) {
    return { outcome: "too_many_open" };
  }
  const requestId = ids.uuid();
  const { serial, hostname, username, uid, generatedUid, reason, category, durationMinutes, email } = body;
  const ask: Ask = {
    requestId,
    serial,
    hostname,
    username,
    uid,
    generatedUid,
    reason,
    category,
    durationMinutes,
    ...(email === undefined ? {} : { email }),
    requestedAt: clock.now(),
  };
  const result = await handleCommand(
    service,
    requestId,
    { commandId: `submit:${idempotencyKey}`, type: "submit", ask },
    { guards: [{ op: "claim", key: guardKey, owner: requestId }] },
    { stored: undefined },
  );
  if (result.guard !== undefined) {
    if (result.guard.key === guardKey) return repeat(service, result.guard.owner, body);
    return { outcome: "open_request", requestId: result.guard.owner };
  }
  if (result.conflict === "quota") {
    const waitMs = HOUR_MS - (ask.requestedAt % HOUR_MS);
    return { outcome: "too_many", waitSeconds: Math.ceil(waitMs / SECOND_MS) };
  }
  if (result.stored === undefined) throw new Error("a stored request was not given back");
  return { outcome: "created", stored: result.stored };
}

async function repeat(service: Service, requestId: string, body: RequestBody): Promise<SubmitOutcome> {
  const stored = await service.store.loadRequest(requestId);
  if (stored === undefined) return { outcome: "key_reused" };
  return isSameAsk(stored.request.ask, body) ? { outcome: "repeat", stored } : { outcome: "key_reused" };
}

function isSameAsk(ask: Ask, body: RequestBody & { readonly serial: Serial }): boolean {
  return (
    ask.hostname === body.hostname &&
    ask.username === body.username &&
    ask.uid === body.uid &&
    ask.generatedUid === body.generatedUid &&
    ask.reason === body.reason &&
    ask.category === body.category &&
    ask.durationMinutes === body.durationMinutes &&
    ask.email === body.email
  );
}
