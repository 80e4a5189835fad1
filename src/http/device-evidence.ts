import { Hono } from "hono";
import { takeBeat, takeReport } from "../app/take-evidence.ts";
import { takeLog } from "../app/take-log.ts";
import { statusOf } from "../app/views/status.ts";
import { beatBody, LOG_CHUNK_MAX_BYTES, logBody, reportBody } from "../wire/device.ts";
import { answer, statusAnswerOf } from "./answers.ts";
import { requireCaller, requireOwnRequest, requireOwnSerial } from "./device-auth.ts";
import type { Edge, EdgeContext, EdgeVariables } from "./edge.ts";
import { HttpProblem, notFound } from "./problem.ts";
import { readJson } from "./read-input.ts";

/** What a Mac tells of a session: `/beat`, `/log`, `/report`. */
export function deviceEvidenceRoutes(edge: Edge): Hono<EdgeVariables> {
  const routes = new Hono<EdgeVariables>();
  routes.post("/beat", (context) => postBeat(edge, context));
  routes.post("/log", (context) => postLog(edge, context));
  routes.post("/report", (context) => postReport(edge, context));
  return routes;
}

async function postBeat(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context, "beat");
  const body = await readJson(context, beatBody);
  await requireOwnSerial(edge, caller, body.serial, "POST /beat");
  await requireOwnRequest(edge, caller, body.requestId, "POST /beat");
  const stored = await takeBeat(service, body);
  if (stored === undefined) throw notFound("request");
  return answer(context, statusAnswerOf(statusOf(stored, service.clock.now())));
}

async function postLog(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context);
  const body = await readJson(context, logBody, LOG_CHUNK_MAX_BYTES);
  await requireOwnSerial(edge, caller, body.serial, "POST /log");
  const own = await requireOwnRequest(edge, caller, body.requestId, "POST /log");
  const outcome = await takeLog(service, body, own);
  switch (outcome.outcome) {
    case "stored":
      return answer(context, { nextSeq: outcome.nextSeq, hash: outcome.hash });
    case "expected":
    case "contradiction":
      throw new HttpProblem(409, {
        kind: outcome.outcome === "expected" ? "wrong_seq" : "log_contradiction",
        title: "Not the next chunk",
        detail:
          outcome.outcome === "expected"
            ? `The next chunk is number ${outcome.seq}.`
            : `Refused: ${outcome.what}. IT has been told.`,
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
}

async function postReport(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context);
  const body = await readJson(context, reportBody);
  await requireOwnSerial(edge, caller, body.serial, "POST /report");
  if (body.requestId !== undefined) {
    await requireOwnRequest(edge, caller, body.requestId, "POST /report");
  }
  await takeReport(service, caller.serial, body);
  return answer(context, {});
}
