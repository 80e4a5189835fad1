import { Hono } from "hono";
import { StoreError } from "../ports/store.ts";
import { answer } from "./answers.ts";
import { deviceEvidenceRoutes } from "./device-evidence.ts";
import { deviceRequestRoutes } from "./device-requests.ts";
import { deviceSessionRoutes } from "./device-session.ts";
import type { Edge, EdgeVariables } from "./edge.ts";
import { HttpProblem, notFound, problemResponse } from "./problem.ts";
import { slackRoutes } from "./slack.ts";

/**
 * The whole HTTP side: a `fetch` that takes a web `Request` and answers a `Response`, the same on one machine and
 * on AWS. Every answer carries `x-request-id`; every error is `application/problem+json` without inner details.
 */
export function createHttpApp(edge: Edge): Hono<EdgeVariables> {
  const { service } = edge;
  const app = new Hono<EdgeVariables>();
  // One listener for all held polls: a signal looks through those it has whenever one is added.
  edge.stopping?.addEventListener("abort", () => service.wake.notifyAll(), { once: true });

  app.use(async (context, next) => {
    const requestId = service.ids.uuid();
    context.set("requestId", requestId);
    const from = service.clock.now();
    await next();
    service.log.info("http", {
      requestId,
      method: context.req.method,
      path: context.req.path,
      status: context.res.status,
      milliseconds: service.clock.now() - from,
    });
  });

  app.get("/healthz", async (context) => {
    // A read proves that the store answers; no such guard exists.
    await service.store.guardOwner("health");
    return answer(context, { status: "ok", version: edge.version });
  });
  app.route("/", deviceRequestRoutes(edge));
  app.route("/", deviceSessionRoutes(edge));
  app.route("/", deviceEvidenceRoutes(edge));
  app.route("/", slackRoutes(edge));

  app.notFound((context) => problemResponse(notFound("resource"), context.get("requestId")));
  app.onError((error, context) => {
    const requestId = context.get("requestId");
    if (error instanceof HttpProblem) return problemResponse(error, requestId);
    service.log.error("a call failed", {
      requestId,
      path: context.req.path,
      why: error.message,
    });
    if (error instanceof StoreError) {
      const details = {
        kind: "store_unavailable",
        title: "Not stored",
        detail: "Nothing was changed. Try again.",
      };
      return problemResponse(new HttpProblem(503, details, 1), requestId);
    }
    const details = {
      kind: "internal",
      title: "Internal error",
      detail: "Something went wrong on our side.",
    };
    return problemResponse(new HttpProblem(500, details), requestId);
  });

  return app;
}
