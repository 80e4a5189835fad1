import { randomUUIDv7 } from "node:crypto";
import { chunkHash } from "../../src/app/log-chain.ts";
import type { AccessRequest } from "../../src/core/request.ts";
import { HOUR_MS, MINUTE_MS } from "../../src/core/time.ts";
import type { LogBody, RequestBody } from "../../src/wire/device.ts";
import type { RivalGroup, RivalStatements } from "./rival-store.ts";

/**
 * What the rivals do for each call: they read and write the rows that Hallpass reads and leaves, in the call and, in
 * a second write that nobody waits for, in its effects. They check, decide and look up nothing; filler of the same
 * length stands for what would have to be worked out.
 */
export interface Rival {
  readonly sql: RivalStatements;
  readonly group: RivalGroup;
}

interface EffectRow {
  readonly type: string;
  readonly key: string;
  readonly [field: string]: unknown;
}

const FILLER_HASH = "f".repeat(64);
const EFFECTS = JSON.stringify({ kind: "system", part: "effects" });
const macActor = (serial: string) => JSON.stringify({ kind: "mac", serial });

function load({ sql }: Rival, requestId: string) {
  const row = sql.loadRequest.get(requestId);
  if (row === undefined) throw new Error("there is no such request");
  return { version: Number(row["version"]), request: JSON.parse(String(row["value"])) as AccessRequest };
}

/** One line of the audit trail: stream, number, time, actor, type and command. */
type Line = readonly [id: string, seq: number, at: number, actor: string, type: string, act: string];

function audit({ sql }: Rival, line: Line, data: unknown): void {
  sql.insertAudit.run(...line, JSON.stringify(data), FILLER_HASH, FILLER_HASH);
}

function effect(
  { sql }: Rival,
  id: string,
  position: number,
  at: number,
  lane: string,
  value: EffectRow,
): void {
  sql.insertEffect.run(id, position, value.key, lane, JSON.stringify(value), at, at);
}

function show({ sql }: Rival, id: string, version: number, at: number): void {
  sql.updateCard.run(version, cardOf(version, at), id);
  sql.showCard.run(id);
}

function cardOf(renderedVersion: number, renderedAt: number): string {
  const ref = { channelId: "C0BENCH", ts: "1790000000.000001" };
  return JSON.stringify({ ref, attempted: true, renderedVersion, renderedAt });
}

/** `GET /status`: the stored request. */
export function answerStatus(rival: Rival, requestId: string) {
  const { version, request } = load(rival, requestId);
  const message = "Your request is waiting for an IT admin.";
  return { version, status: request.status, nextPollSeconds: 20, message };
}

/** `POST /request`: a request with its two guards and the Mac's count of the hour; then who asked, the message to them, and the card. */
export async function takeRequest(rival: Rival, body: RequestBody, idempotencyKey: string) {
  const { sql, group } = rival;
  const at = Date.now();
  const id = randomUUIDv7();
  const { serial, generatedUid } = body;
  const ask = { requestId: id, ...body, requestedAt: at };
  const request = { status: "pending", ask, identity: { state: "pending" }, nudgesSent: 0 };
  const value = JSON.stringify(request);
  const dueAt = at + 10 * MINUTE_MS;
  await group.write(() => {
    sql.insertRequest.run(id, "pending", serial, at, at, dueAt, value);
    sql.insertGuard.run(`idempotency:${serial}:${idempotencyKey}`, id);
    sql.insertGuard.run(`open:${serial}:${generatedUid}`, id);
    sql.insertQuota.run(`requests:${serial}:${Math.floor(at / HOUR_MS)}`);
    const act = `submit:${idempotencyKey}`;
    audit(rival, [id, 1, at, macActor(serial), "requested", act], { type: "requested", ask });
    effect(rival, id, 1, at, "identity", { type: "resolve_identity", key: "identity" });
  });
  void group.write(() => {
    const identity = identityOf(serial);
    sql.updateRequest.run(2, "pending", at, dueAt, JSON.stringify({ ...request, identity }), id);
    const line = [id, 2, at, EFFECTS, "identity_resolved", `identity:${id}`] as const;
    audit(rival, line, { type: "identity_resolved", identity });
    const note = { note: "received", minutes: body.durationMinutes };
    effect(rival, id, 2, at, "direct", { type: "direct", key: "dm:received", to: "requester", note });
    sql.finishEffect.run(id, 1);
    sql.finishEffect.run(id, 2);
    sql.insertCard.run(id, 2, cardOf(2, at));
    sql.showCard.run(id);
  });
  return { requestId: id, status: "pending" };
}

function identityOf(serial: string) {
  return {
    state: "resolved",
    deviceId: `device-${serial}`,
    ownerEmail: "owner@example.com",
    requesterSlackIds: ["U0REQUESTER"],
    directMessageTo: "U0REQUESTER",
    doubts: [],
  };
}

/** `POST /log`: a chunk and the head of its log; then the card. */
export async function takeLog(rival: Rival, body: LogBody) {
  const { sql, group } = rival;
  const { requestId: id, serial, seq, previousHash, lines, final } = body;
  const at = Date.now();
  const { version, request } = load(rival, id);
  const hash = chunkHash(previousHash, lines);
  const chunk = JSON.stringify({ requestId: id, seq, previousHash, hash, lines, final, receivedAt: at });
  const value = JSON.stringify({ ...request, log: { state: "streaming", since: at } });
  await group.write(() => {
    sql.updateRequest.run(version + 1, "active", at, at + 10 * MINUTE_MS, value, id);
    sql.insertChunk.run(id, seq, chunk);
    sql.insertLogHead.run(id, seq + 1, hash, lines.length, 0);
    const line = [id, version + 1, at, macActor(serial), "log_started", `log:${id}:${seq}`] as const;
    audit(rival, line, { type: "log_started" });
  });
  void group.write(() => show(rival, id, version + 1, at));
  return { nextSeq: seq + 1, hash };
}

/** A click on Approve: the decision and its three effects; then the effects done, the signal and the card. */
export async function takeApproval(rival: Rival, id: string, userId: string, act: string): Promise<void> {
  const { sql, group } = rival;
  const at = Date.now();
  const { version, request } = load(rival, id);
  const { ask, identity } = request;
  const by = { kind: "slack", userId };
  const approval = { by, minutes: 15, at };
  const lapsesAt = at + HOUR_MS;
  const approved = { status: "approved", ask, identity, approval, signal: "pending", lapsesAt };
  const note = { note: "approved", minutes: 15, askedMinutes: ask.durationMinutes };
  const value = JSON.stringify(approved);
  await group.write(() => {
    sql.updateRequest.run(version + 1, "approved", at, lapsesAt, value, id);
    const line = [id, 3, at, JSON.stringify(by), "approved", act] as const;
    audit(rival, line, { type: "approved", approval, lapsesAt });
    effect(rival, id, 3, at, "mdm", { type: "sync_tags", key: "tags:approved" });
    effect(rival, id, 4, at, "chat", { type: "thread", key: "thread:approved", note: { ...note, by } });
    effect(rival, id, 5, at, "direct", { type: "direct", key: "dm:approved", to: "requester", note });
  });
  void group.write(() => {
    const set = JSON.stringify({ ...approved, signal: "set" });
    sql.updateRequest.run(version + 2, "approved", at, lapsesAt, set, id);
    audit(rival, [id, 4, at, EFFECTS, "signal_set", `signal:${id}`], { type: "signal_set" });
    for (const position of [3, 4, 5]) sql.finishEffect.run(id, position);
    show(rival, id, version + 2, at);
  });
}
