import { Hono } from "hono";
import { enroll } from "../app/enroll.ts";
import { handleCommand } from "../app/handle-command.ts";
import { holdStatus, isNews } from "../app/hold-status.ts";
import { openRequestsOf } from "../app/open-requests.ts";
import { readBaseline } from "../app/read-baseline.ts";
import { OPEN_PER_MAC_MAX, submitRequest } from "../app/submit-request.ts";
import { tickIfDue } from "../app/take-evidence.ts";
import { macView, sessionOf, statusOf } from "../app/views/status.ts";
import { SECOND_MS } from "../core/time.ts";
import { RetryableError, TerminalError } from "../ports/errors.ts";
import type { StoredRequest } from "../ports/store.ts";
import {
  cancelBody,
  enrollBody,
  idempotencyKey,
  macQuery,
  requestBody,
  statusQuery,
} from "../wire/device.ts";
import {
  limit,
  requireCaller,
  requireEnrollmentToken,
  requireOwnRequest,
  requireOwnSerial,
} from "./device-auth.ts";
import type { Edge, EdgeContext, EdgeVariables } from "./edge.ts";
import { answer, macAnswerOf, statusAnswerOf } from "./answers.ts";
import { badInput, HttpProblem, notFound, refusalProblem } from "./problem.ts";
import { readJson, readQuery } from "./read-input.ts";

/** Enrolment and the calls before a session: `/enroll`, `/mac`, `/request`, `/status`, `/cancel`. */
export function deviceRequestRoutes(edge: Edge): Hono<EdgeVariables> {
  const routes = new Hono<EdgeVariables>();
  routes.post("/enroll", (context) => postEnroll(edge, context));
  routes.get("/mac", (context) => getMac(edge, context));
  routes.post("/request", (context) => postRequest(edge, context));
  routes.get("/status", (context) => getStatus(edge, context));
  routes.post("/cancel", (context) => postCancel(edge, context));
  return routes;
}

async function postEnroll(edge: Edge, context: EdgeContext): Promise<Response> {
  requireEnrollmentToken(edge, context);
  const { serial } = await readJson(context, enrollBody);
  limit(edge, `enroll:${serial}`);
  const outcome = await enrollOrProblem(edge, serial);
  switch (outcome.outcome) {
    case "enrolled":
      return answer(context, { deviceKey: outcome.deviceKey }, 201);
    case "needs_permission":
      throw new HttpProblem(409, {
        kind: "enrolled_already",
        title: "Enrolled already",
        detail: "This Mac is enrolled. IT has been asked in Slack to allow a new enrolment; try again then.",
      });
    case "unknown_to_mdm":
      throw new HttpProblem(403, {
        kind: "unknown_mac",
        title: "Unknown Mac",
        detail: "Iru does not know exactly one Mac with this serial.",
      });
  }
}

async function getMac(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context);
  const { serial } = readQuery(context, macQuery);
  await requireOwnSerial(edge, caller, serial, "GET /mac");
  for (const stored of await openRequestsOf(service, serial)) await tickIfDue(service, stored);
  const open = await openRequestsOf(service, serial);
  const session = sessionOf(open);
  const baseline = session === undefined ? undefined : await readBaseline(service, session);
  return answer(context, macAnswerOf(macView(open, service.macConfig, service.clock.now(), baseline)));
}

async function postRequest(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context);
  const body = await readJson(context, requestBody);
  await requireOwnSerial(edge, caller, body.serial, "POST /request");
  const key = idempotencyKey.safeParse(context.req.header("idempotency-key"));
  if (!key.success) {
    throw badInput([{ field: "Idempotency-Key", message: "must be 8-128 printable ASCII characters" }]);
  }
  const outcome = await submitRequest(service, body, key.data);
  switch (outcome.outcome) {
    case "created":
    case "repeat": {
      const { requestId } = outcome.stored.request.ask;
      const { status } = outcome.stored.request;
      return answer(context, { requestId, status }, outcome.outcome === "created" ? 201 : 200);
    }
    case "open_request":
      throw new HttpProblem(409, {
        kind: "open_request",
        title: "There is an open request",
        detail: "You already have an open request on this Mac.",
        requestId: outcome.requestId,
      });
    case "too_many_open":
      throw new HttpProblem(409, {
        kind: "too_many_open",
        title: "Too many open requests",
        detail: `This Mac has ${OPEN_PER_MAC_MAX} open requests. Some of them have to be decided first.`,
      });
    case "too_many":
      throw new HttpProblem(
        429,
        {
          kind: "too_many_requests",
          title: "Too many requests",
          detail: "This Mac has asked too often. Try again later.",
        },
        outcome.waitSeconds,
      );
    case "key_reused":
      throw new HttpProblem(409, {
        kind: "key_reused",
        title: "Idempotency key used before",
        detail: "This Idempotency-Key was used for a different request. Use a new one.",
      });
  }
}

async function getStatus(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context, "status");
  const { requestId, serial, since, wait } = readQuery(context, statusQuery);
  await requireOwnSerial(edge, caller, serial, "GET /status");
  const own = await requireOwnRequest(edge, caller, requestId, "GET /status");
  let stored: StoredRequest | undefined = await tickIfDue(service, own);
  const waitMs = service.macConfig.longPoll ? (wait ?? 0) * SECOND_MS : 0;
  if (waitMs > 0 && !isNews(stored, since)) {
    const hungUp = context.req.raw.signal;
    stored = await holdStatus(service, requestId, since, waitMs, hungUp, edge.stopping);
  }
  if (stored === undefined) throw notFound("request");
  return answer(context, statusAnswerOf(statusOf(stored, service.clock.now())));
}

async function postCancel(edge: Edge, context: EdgeContext): Promise<Response> {
  const { service } = edge;
  const caller = await requireCaller(edge, context);
  const { requestId, serial } = await readJson(context, cancelBody);
  await requireOwnSerial(edge, caller, serial, "POST /cancel");
  await requireOwnRequest(edge, caller, requestId, "POST /cancel");
  const { refusal, stored } = await handleCommand(service, requestId, {
    commandId: context.get("requestId"),
    type: "cancel",
    by: { mac: caller.serial },
  });
  if (refusal !== undefined) throw refusalProblem(refusal);
  return answer(context, { requestId, status: stored?.request.status });
}

async function enrollOrProblem(edge: Edge, serial: string) {
  try {
    return await enroll(edge.service, serial);
  } catch (error) {
    if (error instanceof RetryableError) {
      const problem = {
        kind: "mdm_unavailable",
        title: "Iru does not answer",
        detail: "Iru could not be asked about this Mac. Try again later.",
      };
      throw new HttpProblem(503, problem, 30);
    }
    if (error instanceof TerminalError) {
      throw new HttpProblem(403, { kind: "unknown_mac", title: "Unknown Mac", detail: error.message });
    }
    throw error;
  }
}
