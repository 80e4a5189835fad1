import { Hono } from "hono";
import { handleSlackAct } from "../app/slack-acts.ts";
import type { SlackInbound } from "../ports/slack-inlet.ts";
import { answer } from "./answers.ts";
import type { Edge, EdgeContext, EdgeVariables } from "./edge.ts";
import { badInput, HttpProblem } from "./problem.ts";
import { readBody } from "./read-input.ts";

const SLACK_BODY_MAX_BYTES = 1024 * 1024;

/** `POST /slack/actions` and `POST /slack/commands`: proven over the raw body first, then read, then decided. */
export function slackRoutes(edge: Edge): Hono<EdgeVariables> {
  const routes = new Hono<EdgeVariables>();
  routes.post("/slack/actions", (context) => take(edge, context, edge.slack.parseInteraction));
  routes.post("/slack/commands", (context) => take(edge, context, edge.slack.parseSlashCommand));
  return routes;
}

async function take(
  edge: Edge,
  context: EdgeContext,
  parse: (rawBody: string) => SlackInbound,
): Promise<Response> {
  const { service, slack } = edge;
  const rawBody = await readBody(context, SLACK_BODY_MAX_BYTES);
  const verdict = slack.verify({
    timestamp: context.req.header("x-slack-request-timestamp"),
    signature: context.req.header("x-slack-signature"),
    rawBody,
    now: service.clock.now(),
  });
  if (!verdict.ok) {
    service.log.warn("a request that claims to be Slack's was refused", { why: verdict.why });
    throw new HttpProblem(401, {
      kind: "bad_signature",
      title: "Not signed by Slack",
      detail: "The Slack signature is missing, too old or wrong.",
      errors: [{ field: "X-Slack-Signature", message: verdict.why.replaceAll("_", " ") }],
    });
  }
  const inbound = parse(new TextDecoder().decode(rawBody));
  switch (inbound.kind) {
    case "malformed":
      throw badInput(inbound.problems);
    case "ssl_check":
    case "unknown":
      return answer(context);
    case "act": {
      const { afterwards, refusal } = await handleSlackAct(service, inbound.act);
      if (afterwards !== undefined) service.inBackground("slack act", afterwards);
      // The private answer may have nowhere to go: a dialog can be sent long after the click that opened it.
      const isDialogRefused = inbound.act.act === "deny" && refusal !== undefined;
      return isDialogRefused ? answer(context, slack.refuseDialog(refusal.message)) : answer(context);
    }
  }
}
