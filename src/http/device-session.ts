import { createHash } from "node:crypto";
import { Hono } from "hono";
import { handleCommand } from "../app/handle-command.ts";
import { recordRefusal } from "../app/record-note.ts";
import { takeRemoved } from "../app/take-removed.ts";
import type { Refusal } from "../core/refusals.ts";
import { shortId } from "../core/ids.ts";
import { SECOND_MS } from "../core/time.ts";
import { armBody, endBody, networkLossBody, removedBody, startBody } from "../wire/device.ts";
import { answer, isoTime } from "./answers.ts";
import { requireCaller, requireOwnRequest, requireOwnSerial } from "./device-auth.ts";
import type { Edge, EdgeContext, EdgeVariables } from "./edge.ts";
import { HttpProblem, notFound, refusalProblem } from "./problem.ts";
import { readJson } from "./read-input.ts";

/** The steps of a session: `/arm`, `/start`, `/end`, `/revoke-network-loss`, `/removed`. */
export function deviceSessionRoutes(edge: Edge): Hono<EdgeVariables> {
  const routes = new Hono<EdgeVariables>();
  routes.post("/arm", (context) => postArm(edge, context));
  routes.post("/start", (context) => postStart(edge, context));
  routes.post("/end", (context) => postEnd(edge, context));
  routes.post("/revoke-network-loss", (context) => postNetworkLoss(edge, context));
  routes.post("/removed", (context) => postRemoved(edge, context));
  return routes;
}

async function refuseAudited(
  edge: Edge,
  serial: string,
  requestId: string,
  what: string,
  refusal: Refusal,
): Promise<never> {
  await recordRefusal(edge.service, requestId, refusal, {
    what,
    commandId: edge.service.ids.uuid(),
    actor: { kind: "mac", serial },
  });
  throw refusalProblem(refusal);
}

async function postArm(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
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
  if (refusal !== undefined) return refuseAudited(edge, serial, requestId, "POST /arm", refusal);
  if (guard !== undefined) {
    throw new HttpProblem(409, {
      kind: "other_session",
      title: "Another session is open",
      detail: `Another session (${shortId(guard.owner)}) is open on this Mac, or was closed without its proof. It has to end first: start this Mac anew, or let it enrol again.`,
      requestId: guard.owner,
    });
  }
  if (stored?.request.status !== "arming") throw notFound("session");
  const { approval, arming } = stored.request;
  return answer(context, { approvedMinutes: approval.minutes, confirmBy: isoTime(arming.confirmBy) });
}

async function postStart(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
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
  if (refusal !== undefined) return refuseAudited(edge, serial, requestId, "POST /start", refusal);
  if (stored?.request.status !== "active") throw notFound("session");
  const { endsAt } = stored.request.grant;
  const remainingSeconds = Math.max(0, Math.ceil((endsAt - service.clock.now()) / SECOND_MS));
  return answer(context, { elevationEnd: isoTime(endsAt), remainingSeconds });
}

async function postEnd(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
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
  return answer(context, { requestId, status: stored?.request.status });
}

async function postNetworkLoss(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
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
  return answer(context, { requestId, status: stored?.request.status });
}

async function postRemoved(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
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
    return refuseAudited(edge, serial, requestId, "POST /removed", result.refusal);
  return answer(context, nextKey === undefined ? {} : { nextKey });
}
