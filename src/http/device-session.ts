import { createHash } from "node:crypto";
import { Hono } from "hono";
import { handleCommand } from "../app/handle-command.ts";
import { recordRefusal } from "../app/record-note.ts";
import { takeBeat, takeReport } from "../app/take-evidence.ts";
import { takeLog } from "../app/take-log.ts";
import { takeRemoved } from "../app/take-removed.ts";
import { statusOf } from "../app/views/status.ts";
import type { Refusal } from "../core/refusals.ts";
import { SECOND_MS } from "../core/time.ts";
import {
  armBody,
  beatBody,
  endBody,
  LOG_CHUNK_MAX_BYTES,
  logBody,
  networkLossBody,
  removedBody,
  reportBody,
  startBody,
} from "../wire/device.ts";
import { isoTime, statusAnswerOf } from "./answers.ts";
import { requireCaller, requireOwnRequest, requireOwnSerial } from "./device-auth.ts";
import type { Edge, EdgeVariables } from "./edge.ts";
import { HttpProblem, notFound, refusalProblem } from "./problem.ts";
import { readJson } from "./read-input.ts";

/** The calls of a session: `/arm`, `/start`, `/beat`, `/end`, `/revoke-network-loss`, `/removed`, `/log`, `/report`. */
export function deviceSessionRoutes(edge: Edge): Hono<EdgeVariables> {
  const { service } = edge;
  const routes = new Hono<EdgeVariables>();

  async function refuseAudited(
    serial: string,
    requestId: string,
    what: string,
    refusal: Refusal,
  ): Promise<never> {
    await recordRefusal(service, requestId, refusal, {
      what,
      commandId: service.ids.uuid(),
      actor: { kind: "mac", serial },
    });
    throw refusalProblem(refusal);
  }

  routes.post("/arm", async (context) => {
    const caller = await requireCaller(edge, context);
    const body = await readJson(context, armBody);
    const { requestId, serial, armId, uid, generatedUid } = body;
    await requireOwnSerial(edge, caller, serial, "POST /arm");
    await requireOwnRequest(edge, caller, requestId, "POST /arm");
    const baseline = JSON.stringify(body.baseline);
    const baselineSha256 = createHash("sha256").update(baseline, "utf8").digest("hex");
    const { stored, refusal, guard } = await handleCommand(
      service,
      requestId,
      { commandId: `arm:${armId}`, type: "arm", serial, armId, uid, generatedUid, baselineSha256 },
      {
        audit: [
          {
            at: service.clock.now(),
            actor: { kind: "mac", serial },
            type: "baseline",
            commandId: `arm:${armId}`,
            data: { armId, baselineSha256, baseline: body.baseline },
          },
        ],
      },
    );
    if (refusal !== undefined) return refuseAudited(serial, requestId, "POST /arm", refusal);
    if (guard !== undefined) {
      throw new HttpProblem(409, {
        kind: "other_session",
        title: "Another session is open",
        detail: "Another session is open on this Mac. It has to end first.",
        requestId: guard.owner,
      });
    }
    if (stored?.request.status !== "arming") throw notFound("session");
    const { approval, arming } = stored.request;
    return context.json({ approvedMinutes: approval.minutes, confirmBy: isoTime(arming.confirmBy) });
  });

  routes.post("/start", async (context) => {
    const caller = await requireCaller(edge, context);
    const { requestId, serial, armId, elevatedAt } = await readJson(context, startBody);
    await requireOwnSerial(edge, caller, serial, "POST /start");
    await requireOwnRequest(edge, caller, requestId, "POST /start");
    const { stored, refusal } = await handleCommand(service, requestId, {
      commandId: `start:${armId}`,
      type: "start",
      serial,
      armId,
      elevatedAt,
    });
    if (refusal !== undefined) return refuseAudited(serial, requestId, "POST /start", refusal);
    if (stored?.request.status !== "active") throw notFound("session");
    const { endsAt } = stored.request.grant;
    const remainingSeconds = Math.max(0, Math.ceil((endsAt - service.clock.now()) / SECOND_MS));
    return context.json({ elevationEnd: isoTime(endsAt), remainingSeconds });
  });

  routes.post("/beat", async (context) => {
    const caller = await requireCaller(edge, context);
    const body = await readJson(context, beatBody);
    await requireOwnSerial(edge, caller, body.serial, "POST /beat");
    await requireOwnRequest(edge, caller, body.requestId, "POST /beat");
    const stored = await takeBeat(service, body);
    if (stored === undefined) throw notFound("request");
    return context.json(statusAnswerOf(statusOf(stored, service.clock.now())));
  });

  routes.post("/end", async (context) => {
    const caller = await requireCaller(edge, context);
    const { requestId, serial } = await readJson(context, endBody);
    await requireOwnSerial(edge, caller, serial, "POST /end");
    await requireOwnRequest(edge, caller, requestId, "POST /end");
    const { stored, refusal } = await handleCommand(service, requestId, {
      commandId: context.get("requestId"),
      type: "end",
      serial,
      cause: "ended_by_user",
    });
    if (refusal !== undefined) throw refusalProblem(refusal);
    return context.json({ requestId, status: stored?.request.status });
  });

  routes.post("/revoke-network-loss", async (context) => {
    const caller = await requireCaller(edge, context);
    const { requestId, serial, lostAt, removedAt } = await readJson(context, networkLossBody);
    await requireOwnSerial(edge, caller, serial, "POST /revoke-network-loss");
    await requireOwnRequest(edge, caller, requestId, "POST /revoke-network-loss");
    const { stored, refusal } = await handleCommand(service, requestId, {
      commandId: context.get("requestId"),
      type: "end",
      serial,
      cause: "network_loss",
      detail: `network lost at ${isoTime(lostAt)}, rights taken away at ${isoTime(removedAt)}`,
    });
    if (refusal !== undefined) throw refusalProblem(refusal);
    return context.json({ requestId, status: stored?.request.status });
  });

  routes.post("/removed", async (context) => {
    const caller = await requireCaller(edge, context);
    const { requestId, serial, ...proof } = await readJson(context, removedBody);
    await requireOwnSerial(edge, caller, serial, "POST /removed");
    await requireOwnRequest(edge, caller, requestId, "POST /removed");
    const { result, nextKey } = await takeRemoved(service, requestId, {
      commandId: `removed:${proof.armId}`,
      type: "removed",
      serial,
      ...proof,
    });
    if (result.refusal !== undefined)
      return refuseAudited(serial, requestId, "POST /removed", result.refusal);
    return context.json(nextKey === undefined ? {} : { nextKey });
  });

  routes.post("/log", async (context) => {
    const caller = await requireCaller(edge, context);
    const body = await readJson(context, logBody, LOG_CHUNK_MAX_BYTES);
    await requireOwnSerial(edge, caller, body.serial, "POST /log");
    await requireOwnRequest(edge, caller, body.requestId, "POST /log");
    const outcome = await takeLog(service, body);
    switch (outcome.outcome) {
      case "stored":
        return context.json({ nextSeq: outcome.nextSeq, hash: outcome.hash });
      case "expected":
      case "contradiction":
        throw new HttpProblem(409, {
          kind: outcome.outcome === "expected" ? "wrong_seq" : "log_contradiction",
          title: "Not the next chunk",
          detail:
            outcome.outcome === "expected"
              ? `The next chunk is number ${outcome.seq}.`
              : "This contradicts what was shipped before. IT has been told.",
          seq: outcome.seq,
          previousHash: outcome.previousHash,
        });
      case "no_session":
        throw new HttpProblem(409, {
          kind: "not_allowed_now",
          title: "Refused",
          detail: "This request has no session and takes no log.",
        });
    }
  });

  routes.post("/report", async (context) => {
    const caller = await requireCaller(edge, context);
    const body = await readJson(context, reportBody);
    await requireOwnSerial(edge, caller, body.serial, "POST /report");
    if (body.requestId !== undefined) {
      await requireOwnRequest(edge, caller, body.requestId, "POST /report");
    }
    await takeReport(service, caller.serial, body);
    return context.json({});
  });

  return routes;
}
