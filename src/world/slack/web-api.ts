import { uploadMethods } from "./file-uploads.ts";
import { readingMethods } from "./history.ts";
import { messagingMethods } from "./messaging.ts";
import type { Arguments, Method } from "./method.ts";
import type { SlackState } from "./state.ts";

/** The methods that Hallpass uses, after docs.slack.dev; any other answers `unknown_method`. */
const METHODS: Readonly<Record<string, Method>> = {
  ...messagingMethods,
  ...readingMethods,
  ...uploadMethods,
};

/** A call as the Web API saw it; no token in it. */
export interface ReceivedCall {
  readonly method: string;
  readonly args: Arguments;
}

/** Who may call and what. */
export interface WebApiAccess {
  readonly token: string;
  readonly scopes: readonly string[];
}

/** Answers one call of the Web API: always 200, with `ok` in the body, as Slack does. */
export async function answerCall(
  state: SlackState,
  access: WebApiAccess,
  name: string,
  request: Request,
  received: (call: ReceivedCall) => void,
): Promise<Response> {
  const args = await readArguments(request);
  received({ method: name, args });
  const method = METHODS[name];
  if (method === undefined) return refusal("unknown_method");
  const authorization = request.headers.get("authorization");
  if (authorization === null) return refusal("not_authed");
  if (authorization !== `Bearer ${access.token}`) return refusal("invalid_auth");
  const needed = method.scopes(state, args).filter((scope) => !access.scopes.includes(scope));
  if (needed.length > 0) {
    return refusal("missing_scope", { needed: needed.join(","), provided: access.scopes.join(",") });
  }
  const answer = method.call(state, args);
  return typeof answer === "string" ? refusal(answer) : Response.json({ ok: true, ...answer });
}

function refusal(error: string, more: object = {}): Response {
  return Response.json({ ok: false, error, ...more });
}

async function readArguments(request: Request): Promise<Arguments> {
  const body = await request.text();
  if (request.headers.get("content-type")?.startsWith("application/json") !== true) {
    return Object.fromEntries(new URLSearchParams(body));
  }
  const parsed: unknown = JSON.parse(body);
  return typeof parsed === "object" && parsed !== null ? (parsed as Arguments) : {};
}
