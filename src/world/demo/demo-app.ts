import { Hono } from "hono";
import { HttpProblem, notFound, problemResponse } from "../../http/problem.ts";
import { readJson } from "../../http/read-input.ts";
import { type DemoAct, demoAct } from "./acts.ts";
import type { EventStream } from "./event-stream.ts";
import type { PageFiles } from "./page-files.ts";

/** What the demo's own server answers with; it stands beside the service and has no way into it. */
export interface DemoAppParts {
  readonly files: PageFiles;
  readonly events: Pick<EventStream, "open">;
  /** Does an act and says what came of it, if there is something to say; throws `HttpProblem` when it refuses. */
  readonly act: (act: DemoAct) => Promise<string | undefined>;
}

const ACT_MAX_BYTES = 16 * 1024;
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
} as const;

/** `GET /` and its files, `GET /demo/events`, `POST /demo/act`; only to pages of this machine's own address. */
export function createDemoApp(parts: DemoAppParts): Hono {
  const app = new Hono();
  app.use(async (context, next) => {
    refuseStrangers(context.req.header("host"), context.req.header("origin"));
    await next();
    for (const [name, value] of Object.entries(HEADERS)) context.res.headers.set(name, value);
  });
  for (const [path, { type, body }] of parts.files) {
    app.get(path, (context) => context.body(body, 200, { "content-type": type }));
  }
  app.get("/demo/events", (context) => parts.events.open(context.req.raw.signal));
  app.post("/demo/act", async (context) => {
    if (!(context.req.header("content-type") ?? "").startsWith("application/json")) {
      throw new HttpProblem(415, {
        kind: "not_json",
        title: "Not JSON",
        detail: "An act is sent as application/json.",
      });
    }
    const text = await parts.act(await readJson(context, demoAct, ACT_MAX_BYTES));
    return context.json(text === undefined ? {} : { text });
  });
  app.notFound(() => problemResponse(notFound("page")));
  app.onError((error) => {
    if (error instanceof HttpProblem) return problemResponse(error);
    const detail = `The demo could not do that: ${error.message}`;
    return problemResponse(new HttpProblem(500, { kind: "internal", title: "Not done", detail }));
  });
  return app;
}

const OWN_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/;

/**
 * A page of another site could reach this address in two ways: by a request of its own (its Origin tells), or by a
 * name of its own that it points to this machine (DNS rebinding; its Host tells).
 */
function refuseStrangers(host: string | undefined, origin: string | undefined): void {
  const isOwnHost = host !== undefined && OWN_HOST.test(host);
  const isOwnOrigin = origin === undefined || origin === `http://${host}`;
  if (isOwnHost && isOwnOrigin) return;
  throw new HttpProblem(403, {
    kind: "strange_origin",
    title: "Refused",
    detail: "The demo answers only its own page, under 127.0.0.1 or localhost.",
  });
}
