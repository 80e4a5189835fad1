import { z } from "zod";
import { SLACK_USER_ID_PATTERN } from "../../core/ids.ts";
import type { SlackActKind, SlackInbound } from "../../ports/slack-inlet.ts";
import {
  ALLOW_RE_ENROLLMENT_ACTION_ID,
  DENY_DIALOG,
  STATUS_COMMAND,
  minutesOfApproveAction,
  requestActionOf,
  requestIdFromValue,
  serialFromValue,
} from "./actions.ts";

const userId = z.string().regex(SLACK_USER_ID_PATTERN, "must be a Slack user id");
const responseUrl = z
  .string()
  .max(3000)
  .refine((value) => URL.canParse(value), "must be a URL");
const triggerId = z.string().min(1).max(255);

// Slack adds fields over time, so these are loose: only what is used is checked.
const blockActions = z.object({
  type: z.literal("block_actions"),
  user: z.object({ id: userId }),
  actions: z
    .array(
      z.object({
        action_id: z.string().min(1).max(255),
        action_ts: z.string().regex(/^\d{1,12}\.\d{1,9}$/, "must be a Slack time stamp"),
        value: z.string().max(2000).optional(),
      }),
    )
    .min(1)
    .max(25),
  trigger_id: triggerId.optional(),
  response_url: responseUrl.optional(),
});

const viewSubmission = z.object({
  type: z.literal("view_submission"),
  user: z.object({ id: userId }),
  view: z.object({
    id: z.string().min(1).max(255),
    callback_id: z.string().max(255).default(""),
    private_metadata: z.string().max(3000).default(""),
    state: z
      .object({
        values: z.record(
          z.string(),
          z.record(z.string(), z.object({ value: z.string().max(3000).nullish() })),
        ),
      })
      .optional(),
  }),
  trigger_id: triggerId.optional(),
});

const dialogMetadata = z.object({ requestId: z.string(), responseUrl: responseUrl.optional() });

const slashCommand = z.object({
  command: z.string().regex(/^\/\S{1,31}$/, "must be a slash command"),
  text: z.string().max(4000).default(""),
  user_id: userId,
  trigger_id: triggerId,
  response_url: responseUrl.optional(),
});

/** Reads the body of `POST /slack/actions`: a form with one field `payload` of JSON. Never throws. */
export function parseInteraction(rawBody: string): SlackInbound {
  const payload = new URLSearchParams(rawBody).get("payload");
  if (payload === null) return malformed("payload", "is missing");
  const value = parseJson(payload);
  if (typeof value !== "object" || value === null || !("type" in value)) {
    return malformed("payload", "must be a JSON object with a type");
  }
  if (value.type === "block_actions") return parseClick(value);
  if (value.type === "view_submission") return parseSubmission(value);
  if (typeof value.type === "string") return { kind: "unknown", what: value.type.slice(0, 64) };
  return malformed("payload.type", "must be text");
}

/** Reads the body of `POST /slack/commands`: a form. Never throws. */
export function parseSlashCommand(rawBody: string): SlackInbound {
  const form = new URLSearchParams(rawBody);
  if (form.get("ssl_check") === "1") return { kind: "ssl_check" };
  const parsed = slashCommand.safeParse(Object.fromEntries(form));
  if (!parsed.success) return problemsOf(parsed.error);
  const { command, text, user_id, trigger_id, response_url } = parsed.data;
  if (command !== STATUS_COMMAND) return { kind: "unknown", what: command };
  return {
    kind: "act",
    act: {
      act: "admin_status",
      text: text.trim(),
      userId: user_id,
      actId: `slack-command:${trigger_id}`,
      triggerId: trigger_id,
      ...(response_url === undefined ? {} : { responseUrl: response_url }),
    },
  };
}

function parseClick(value: unknown): SlackInbound {
  const parsed = blockActions.safeParse(value);
  if (!parsed.success) return problemsOf(parsed.error);
  const { user, actions, trigger_id, response_url } = parsed.data;
  const click = actions[0];
  if (click === undefined) return malformed("payload.actions", "must not be empty");
  const kind = kindOfClick(click.action_id, click.value, trigger_id);
  if ("kind" in kind) return kind;
  const act = {
    ...kind,
    userId: user.id,
    actId: `slack-click:${user.id}:${click.action_id}:${click.action_ts}`,
    ...(response_url === undefined ? {} : { responseUrl: response_url }),
    ...(trigger_id === undefined ? {} : { triggerId: trigger_id }),
  };
  return { kind: "act", act };
}

function kindOfClick(
  actionId: string,
  value: string | undefined,
  trigger: string | undefined,
): SlackActKind | SlackInbound {
  if (actionId === ALLOW_RE_ENROLLMENT_ACTION_ID) {
    const serial = serialFromValue(value);
    return serial === undefined
      ? malformed("payload.actions[0].value", "must be a serial number")
      : { act: "allow_re_enrollment", serial };
  }
  const minutes = minutesOfApproveAction(actionId);
  const action = requestActionOf(actionId);
  if (minutes === undefined && action === undefined) return { kind: "unknown", what: "action" };
  const requestId = requestIdFromValue(value);
  if (requestId === undefined) return malformed("payload.actions[0].value", "must be a request id");
  if (minutes !== undefined) return { act: "approve", requestId, minutes };
  if (action === "deny") {
    return trigger === undefined
      ? malformed("payload.trigger_id", "is missing")
      : { act: "deny_asked", requestId, triggerId: trigger };
  }
  return action === undefined ? { kind: "unknown", what: "action" } : { act: action, requestId };
}

function parseSubmission(value: unknown): SlackInbound {
  const parsed = viewSubmission.safeParse(value);
  if (!parsed.success) return problemsOf(parsed.error);
  const { user, view, trigger_id } = parsed.data;
  if (view.callback_id !== DENY_DIALOG.callbackId) return { kind: "unknown", what: "view" };
  const metadata = dialogMetadata.safeParse(parseJson(view.private_metadata));
  const requestId = metadata.success ? requestIdFromValue(metadata.data.requestId) : undefined;
  if (!metadata.success || requestId === undefined) {
    return malformed("payload.view.private_metadata", "must name a request");
  }
  const reason = view.state?.values[DENY_DIALOG.blockId]?.[DENY_DIALOG.actionId]?.value?.trim();
  if (reason && (!reason.isWellFormed() || reason.includes("\0"))) {
    return malformed(`payload.view.state.${DENY_DIALOG.blockId}`, "must be well-formed text without NUL");
  }
  if (reason && [...reason].length > DENY_DIALOG.reasonMaxLength) {
    return malformed(
      `payload.view.state.${DENY_DIALOG.blockId}`,
      `must have at most ${DENY_DIALOG.reasonMaxLength} characters`,
    );
  }
  return {
    kind: "act",
    act: {
      act: "deny",
      requestId,
      ...(reason ? { reason } : {}),
      userId: user.id,
      actId: `slack-view:${user.id}:${view.id}`,
      ...(metadata.data.responseUrl === undefined ? {} : { responseUrl: metadata.data.responseUrl }),
      ...(trigger_id === undefined ? {} : { triggerId: trigger_id }),
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function malformed(field: string, message: string): SlackInbound {
  return { kind: "malformed", problems: [{ field, message }] };
}

function problemsOf(error: z.ZodError): SlackInbound {
  const problems = error.issues.map((issue) => ({
    field: issue.path.map(String).join(".") || "body",
    message: issue.message,
  }));
  return { kind: "malformed", problems };
}
