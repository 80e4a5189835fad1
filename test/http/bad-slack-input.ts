import fc from "fast-check";
import { signSlackRequest } from "../../src/adapters/slack/verify.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import { slip } from "../slip.ts";
import type { BadRequest } from "./bad-input.ts";
import { CAST, clickForm } from "./http-world.ts";

const anyText = fc.string({ unit: "binary", maxLength: 60 });
const anyValue = fc.oneof(fc.jsonValue({ maxDepth: 3 }), anyText);
const formOf = (fields: Readonly<Record<string, string>>) => new URLSearchParams(fields).toString();
const payloadOf = (value: unknown) => formOf({ payload: JSON.stringify(value) });

type Path = "/slack/actions" | "/slack/commands";

function signed(
  path: Path,
  form: string,
  now: number,
  signer: { secret?: string; at?: number } = {},
): BadRequest {
  const timestamp = String(signer.at ?? Math.floor(now / SECOND_MS));
  return {
    what: "a signed body that Slack does not send",
    method: "POST",
    path,
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signSlackRequest(signer.secret ?? CAST.signingSecret, timestamp, form),
    },
    body: form,
    status: 400,
  };
}

/** Good forms with something wrong about who signed them, when, or what. */
export function badSignature(path: Path, form: string, now: number): fc.Arbitrary<BadRequest> {
  const good = signed(path, form, now);
  const refused = { what: "a wrong signature", status: 401, field: "X-Slack-Signature" } as const;
  const withHeader = (name: string, value: string): BadRequest => ({
    ...good,
    ...refused,
    headers: { ...good.headers, [name]: value },
  });
  const seconds = Math.floor(now / SECOND_MS);
  const hexSlip = slip(fc.constantFrom(..."0123456789abcdefABCDEFv= "));
  const signature = good.headers["x-slack-signature"] ?? "";
  return fc.oneof(
    fc
      .array(hexSlip, { minLength: 1, maxLength: 3 })
      .map((slips) => slips.reduce((text, change) => change(text), signature))
      .filter((text) => text.trim() !== signature)
      .map((text) => withHeader("x-slack-signature", text)),
    fc
      .oneof(fc.integer({ min: 301, max: 1e9 }), fc.integer({ min: -1e9, max: -301 }))
      .map((off) => ({ ...signed(path, form, now, { at: seconds + off }), ...refused })),
    fc
      .string({ unit: "grapheme-ascii", maxLength: 20 })
      .filter((text) => text.trim() !== String(seconds))
      .map((text) => withHeader("x-slack-request-timestamp", text)),
    slip(fc.constantFrom(..."aZ09%&=+ "))
      .map((change) => change(form))
      .filter((text) => text !== form)
      .map((body) => ({ ...good, ...refused, body })),
    fc
      .string({ maxLength: 40 })
      .filter((secret) => secret !== CAST.signingSecret && secret !== CAST.previousSigningSecret)
      .map((secret) => ({ ...signed(path, form, now, { secret }), ...refused })),
  );
}

const isUserId = (value: unknown) => typeof value === "string" && /^[UW][A-Z0-9]{2,20}$/.test(value);
const isUuid = (value: unknown) =>
  typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value);
const OUR_BUTTONS = [
  "approve_5",
  "approve_30",
  "deny",
  "cancel",
  "revoke",
  "lock",
  "close_unverified",
  "done",
];

/** Bodies of `POST /slack/actions`, rightly signed, that Slack would never send. */
export function badInteraction(requestId: string, now: number): fc.Arbitrary<BadRequest> {
  const click = JSON.parse(
    new URLSearchParams(clickForm(CAST.ben, "hallpass_approve_15", requestId, 1)).get("payload") ?? "",
  ) as {
    readonly actions: readonly Readonly<Record<string, unknown>>[];
  };
  const [action] = click.actions;
  const withAction = (change: Readonly<Record<string, unknown>>) => ({
    ...click,
    actions: [{ ...action, ...change }],
  });
  const isObject = (value: unknown) => typeof value === "object" && value !== null;
  const payloads = fc.oneof(
    anyValue.filter((value) => !isObject(value) || !Object.hasOwn(value as object, "type")),
    anyValue.filter((value) => typeof value !== "string").map((type) => ({ ...click, type })),
    anyValue.filter((value) => !isUserId(value)).map((id) => ({ ...click, user: { id } })),
    anyValue
      .filter((value) => !isObject(value) || !Object.hasOwn(value as object, "id"))
      .map((user) => ({ ...click, user })),
    anyValue.filter((value) => !Array.isArray(value)).map((actions) => ({ ...click, actions })),
    fc.constant({ ...click, actions: [] }),
    anyValue.filter((value) => typeof value !== "string").map((id) => withAction({ action_id: id })),
    anyValue
      .filter((value) => typeof value !== "string" || !/^\d{1,12}\.\d{1,9}$/.test(value))
      .map((ts) => withAction({ action_ts: ts })),
    fc
      .tuple(
        fc.constantFrom(...OUR_BUTTONS),
        anyValue.filter((value) => !isUuid(value)),
      )
      .map(([name, value]) => withAction({ action_id: `hallpass_${name}`, value })),
    anyText.filter((text) => !URL.canParse(text)).map((url) => ({ ...click, response_url: url })),
    anyText.map((text) => ({
      type: "view_submission",
      user: { id: CAST.ben },
      view: { id: "V1", callback_id: "hallpass_deny_dialog", private_metadata: text },
    })),
  );
  return fc
    .oneof(
      { weight: 1, arbitrary: anyText.filter((text) => new URLSearchParams(text).get("payload") === null) },
      {
        weight: 1,
        arbitrary: anyText.filter((text) => !text.includes("{")).map((text) => formOf({ payload: text })),
      },
      { weight: 6, arbitrary: payloads.map(payloadOf) },
    )
    .map((form) => signed("/slack/actions", form, now));
}

/** Bodies of `POST /slack/commands`, rightly signed, that Slack would never send. */
export function badCommand(now: number): fc.Arbitrary<BadRequest> {
  const good = {
    command: "/admin-status",
    text: "",
    user_id: CAST.ben,
    trigger_id: "trigger",
    response_url: "https://hooks.slack.com/commands/1",
  };
  const without = (name: keyof typeof good) => {
    const { [name]: _left, ...rest } = good;
    return formOf(rest);
  };
  return fc
    .oneof(
      fc.constantFrom("command", "user_id", "trigger_id").map((name) => without(name as keyof typeof good)),
      anyText.filter((text) => !isUserId(text)).map((text) => formOf({ ...good, user_id: text })),
      anyText.filter((text) => !/^\/\S{1,31}$/.test(text)).map((command) => formOf({ ...good, command })),
      anyText.filter((text) => !URL.canParse(text)).map((url) => formOf({ ...good, response_url: url })),
      fc.integer({ min: 4_001, max: 9_000 }).map((length) => formOf({ ...good, text: "x".repeat(length) })),
      anyText.filter((text) => new URLSearchParams(text).get("ssl_check") !== "1"),
    )
    .map((form) => signed("/slack/commands", form, now));
}
