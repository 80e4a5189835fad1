import { createHash } from "node:crypto";
import { approveActionId } from "../../src/adapters/slack/actions.ts";
import { signSlackRequest } from "../../src/adapters/slack/verify.ts";
import type { Ask } from "../../src/core/request.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import { FIRST_HASH } from "../../src/wire/device.ts";

/** Who and what the benchmarks are played with: a Mac, its user and its request for every number from 0 on. */

export const APPROVER = "U0APPROVER";
export const SIGNING_SECRET = "bench-signing-secret";

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex");

const FIRST_REQUEST_AT = Date.UTC(2026, 0, 1);

/** Spread over the whole range of ids, as random ones are. */
function uuidOf(what: string, number: number): string {
  const hex = digestOf(`${what} ${number}`);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export const serialOf = (number: number): string => `B${String(number).padStart(9, "0")}`;
/** Like the service's own ids: they begin with the time, and each of these requests came a millisecond later. */
export function requestIdOf(number: number): string {
  const time = (FIRST_REQUEST_AT + number).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-7${uuidOf("request", number).slice(15)}`;
}
export const generatedUidOf = (number: number): string => uuidOf("user", number).toUpperCase();

/** The key of a Mac: 256 bits as base64url, like those that `/enroll` gives out. */
export const keyOf = (number: number): string =>
  createHash("sha256").update(`key ${number}`).digest("base64url");

/** What the user of a Mac asks for; texts of everyday length. */
export function askOf(number: number, requestedAt: number): Ask {
  return {
    requestId: requestIdOf(number),
    serial: serialOf(number),
    ...wishOf(number),
    requestedAt,
  };
}

function wishOf(number: number) {
  return {
    hostname: `Anna’s MacBook Pro ${String(number).padStart(6, "0")}`,
    username: "anna",
    uid: 501,
    generatedUid: generatedUidOf(number),
    reason: "Install the new build tools and the debugger for the release on Thursday",
    category: "install",
    durationMinutes: 15,
    email: `user${String(number).padStart(6, "0")}@example.com`,
  } as const;
}

/** One HTTP request to be sent. */
export interface HttpCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export function statusCall(
  number: number,
  wait?: { readonly seconds: number; readonly since: number },
): HttpCall {
  const held = wait === undefined ? "" : `&since=${wait.since}&wait=${wait.seconds}`;
  return {
    method: "GET",
    path: `/status?requestId=${requestIdOf(number)}&serial=${serialOf(number)}${held}`,
    headers: { "x-api-key": keyOf(number) },
  };
}

export function requestCall(number: number): HttpCall {
  return postOf(
    "/request",
    number,
    { serial: serialOf(number), ...wishOf(number) },
    {
      "idempotency-key": uuidOf("submission", number),
    },
  );
}

const LOG_LINES = Array.from(
  { length: 20 },
  (_, line) =>
    `Nov 23 10:${String(line + 10)}:07 2026 : anna : HOST=annas-macbook-pro : TTY=ttys001 ; PWD=/Users/anna/src/tools ; USER=root ; COMMAND=/usr/bin/make install`,
);

/** The first chunk of a session's log: 20 lines, 3 KB. */
export function logCall(number: number): HttpCall {
  return postOf("/log", number, {
    requestId: requestIdOf(number),
    serial: serialOf(number),
    seq: 0,
    previousHash: FIRST_HASH,
    lines: LOG_LINES,
    final: false,
  });
}

function postOf(
  path: string,
  number: number,
  value: unknown,
  headers: Record<string, string> = {},
): HttpCall {
  return {
    method: "POST",
    path,
    headers: { "x-api-key": keyOf(number), "content-type": "application/json", ...headers },
    body: JSON.stringify(value),
  };
}

/** The approver's click on "Approve 15 min", in the shape and size that Slack sends, signed now. */
export function approveCall(number: number): HttpCall {
  const seconds = String(Math.floor(Date.now() / SECOND_MS));
  const payload = {
    type: "block_actions",
    user: { id: APPROVER, username: "boris", name: "boris", team_id: "T0BENCH" },
    api_app_id: "A0BENCH",
    token: "verification-token-that-nobody-reads",
    container: {
      type: "message",
      message_ts: `${seconds}.000100`,
      channel_id: "C0BENCH",
      is_ephemeral: false,
    },
    trigger_id: `${seconds}.${number}.abcdef0123456789abcdef0123456789`,
    team: { id: "T0BENCH", domain: "bench" },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: "C0BENCH", name: "it-admin-requests" },
    message: {
      type: "message",
      ts: `${seconds}.000100`,
      text: "Anna asks for administrator rights",
      blocks: Array.from({ length: 6 }, (_, block) => ({
        type: "section",
        block_id: `block-${block}`,
        text: {
          type: "mrkdwn",
          text: "*Reason* Install the new build tools and the debugger for the release",
        },
      })),
    },
    state: { values: {} },
    response_url: `https://hooks.slack.com/actions/T0BENCH/${number}/abcdefghijklmnopqrstuvwx`,
    actions: [
      {
        action_id: approveActionId(15),
        block_id: "block-5",
        text: { type: "plain_text", text: "15 min", emoji: true },
        value: requestIdOf(number),
        type: "button",
        style: "primary",
        action_ts: `${seconds}.${String(number).padStart(6, "0")}`,
      },
    ],
  };
  const body = new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
  return {
    method: "POST",
    path: "/slack/actions",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": seconds,
      "x-slack-signature": signSlackRequest(SIGNING_SECRET, seconds, body),
    },
    body,
  };
}
