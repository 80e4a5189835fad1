import type { Serial } from "../core/ids.ts";
import type { StoredRequest } from "../ports/store.ts";
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
  const { stored: after } = await handleCommand(service, requestId, {
    commandId: `due:${requestId}:${stored.version}`,
    type: "tick",
  });
  return after ?? stored;
}

/**
 * Takes what a Mac noticed. The same `reportId` again changes nothing. A report of no request goes to the Mac's own
 * trail and to the IT channel.
 */
export async function takeReport(service: Service, serial: Serial, body: ReportBody): Promise<void> {
  const { requestId, reportId, kind, items, at } = body;
  const guardKey = `report:${serial}:${reportId}`;
  if ((await service.store.guardOwner(guardKey)) !== undefined) return;
  // An owner of its own for each try: a claim by the present owner succeeds, and would let a double through.
  const guards = [{ op: "claim", key: guardKey, owner: service.ids.uuid() } as const];
  if (requestId === undefined) {
    const now = service.clock.now();
    const stream = `mac:${serial}`;
    await service.store.commit({
      stream,
      guards,
      audit: [
        {
          at: now,
          actor: { kind: "mac", serial },
          type: "reported",
          commandId: reportId,
          data: { kind, items, at },
        },
      ],
      effects: [{ type: "warn_channel", key: `report:${reportId}`, serial, kind, items }],
      at: now,
    });
    service.kick(stream);
    return;
  }
  await handleCommand(
    service,
    requestId,
    { commandId: reportId, type: "report", serial, reportId, kind, items },
    { guards },
  );
}
