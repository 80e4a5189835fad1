import { CAPPED_ITEMS_MAX } from "../core/decide-evidence.ts";
import type { Serial } from "../core/ids.ts";
import { HOUR_MS } from "../core/time.ts";
import type { Change, Guard, StoredRequest } from "../ports/store.ts";
import type { BeatBody, ReportBody } from "../wire/device.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

/**
 * Keeps a heartbeat. It changes the request only where it contradicts or ends a silence, so a quiet session costs
 * one small write a minute. Answers the request as it stands.
 */
export async function takeBeat(service: Service, body: BeatBody): Promise<StoredRequest | undefined> {
  const { store, clock } = service;
  const { requestId, bootSession, continuousSeconds, admin, logSeq, agentSha256 } = body;
  const at = clock.now();
  await store.putBeat({ requestId, at, bootSession, continuousSeconds, admin, logSeq, agentSha256 });
  const stored = await store.loadRequest(requestId);
  if (stored === undefined) return undefined;
  const { request } = stored;
  let current = stored;
  if (request.status === "active" && request.grant.heartbeatLostAt !== undefined) {
    const result = await handleCommand(service, requestId, {
      commandId: `returned:${requestId}:${at}`,
      type: "heartbeat_returned",
    });
    current = result.stored ?? current;
  }
  if (admin && (request.status === "ending" || request.status === "ended")) {
    const result = await handleCommand(service, requestId, {
      commandId: `admin-seen:${requestId}:${at}`,
      type: "admin_seen",
      admin,
    });
    current = result.stored ?? current;
  }
  return tickIfDue(service, current);
}

/** A request just read, with everything due at this moment done, so that nobody is shown a state whose time is over. */
export async function tickIfDue(service: Service, stored: StoredRequest): Promise<StoredRequest> {
  if (stored.dueAt === undefined || stored.dueAt > service.clock.now()) return stored;
  const { requestId } = stored.request.ask;
  const tick = { commandId: `due:${requestId}:${stored.version}`, type: "tick" } as const;
  const { stored: after } = await handleCommand(service, requestId, tick, {}, { stored });
  return after ?? stored;
}

/**
 * Takes what a Mac noticed. The same `reportId` again changes nothing. A report of no request goes to the Mac's own
 * trail and to the IT channel.
 */
export async function takeReport(service: Service, serial: Serial, body: ReportBody): Promise<void> {
  const { requestId, reportId, kind, items } = body;
  const guardKey = `report:${serial}:${reportId}`;
  if ((await service.store.guardOwner(guardKey)) !== undefined) return;
  // An owner of its own for each try: a claim by the present owner succeeds, and would let a double through.
  const guards = [{ op: "claim", key: guardKey, owner: service.ids.uuid() } as const];
  if (requestId === undefined) return reportOfMac(service, serial, body, guards);
  await handleCommand(
    service,
    requestId,
    { commandId: reportId, type: "report", serial, reportId, kind, items },
    { guards },
  );
}

/** So many lines an hour a Mac may cause in the channel outside any session. */
const CHANNEL_LINES_AN_HOUR_MAX = 20;

async function reportOfMac(
  service: Service,
  serial: Serial,
  { reportId, kind, items, at: noticedAt }: ReportBody,
  guards: readonly Guard[],
): Promise<void> {
  const at = service.clock.now();
  const hour = Math.floor(at / HOUR_MS);
  const stream = `mac:${serial}`;
  const change = (kept: readonly string[], key: string, shown: readonly string[]): Change => ({
    stream,
    guards,
    audit: [
      {
        at,
        actor: { kind: "mac", serial },
        type: "reported",
        commandId: reportId,
        data: { kind, items: kept, at: noticedAt },
      },
    ],
    effects: [{ type: "warn_channel", key, serial, kind, items: shown }],
    at,
  });
  const quota = { key: `mac-lines:${serial}:${hour}`, limit: CHANNEL_LINES_AN_HOUR_MAX };
  const outcome = await service.store.commit({ ...change(items, `report:${reportId}`, items), quota });
  if (!outcome.ok && outcome.conflict === "quota") {
    const more = `more than ${CHANNEL_LINES_AN_HOUR_MAX} reports in this hour: the others are in the audit trail only`;
    await service.store.commit(change(items.slice(0, CAPPED_ITEMS_MAX), `more-reports:${hour}`, [more]));
  }
  service.kick(stream);
}
