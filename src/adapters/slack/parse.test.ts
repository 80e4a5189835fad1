import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { SESSION_MINUTES } from "../../core/time.ts";
import {
  ALLOW_RE_ENROLLMENT_ACTION_ID,
  DENY_DIALOG,
  REQUEST_ACTION_IDS,
  approveActionId,
} from "./actions.ts";
import { parseInteraction, parseSlashCommand } from "./parse.ts";
import type { SlackInbound } from "../../ports/slack-inlet.ts";

const REQUEST_ID = "0f9a3b52-6f0e-4c0e-9e0a-2f6f0d7c1a11";
const RESPONSE_URL = "https://hooks.slack.com/actions/T1/2/abc";

function interaction(payload: unknown): SlackInbound {
  return parseInteraction(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
}

function click(actionId: string, value: string | undefined = REQUEST_ID, change: object = {}) {
  return {
    type: "block_actions",
    user: { id: "U0ADA", username: "ada", team_id: "T1" },
    team: { id: "T1", domain: "acme" },
    channel: { id: "C0IT", name: "it-access" },
    container: { type: "message", message_ts: "1700000000.000100", channel_id: "C0IT", is_ephemeral: false },
    message: { ts: "1700000000.000100" },
    api_app_id: "A1",
    token: "old-style-token",
    trigger_id: "11.22.33",
    response_url: RESPONSE_URL,
    actions: [{ type: "button", action_id: actionId, block_id: "b1", value, action_ts: "1700000009.123456" }],
    ...change,
  };
}

function submission(change: object = {}, reason: string | null = "Not on my watch") {
  return {
    type: "view_submission",
    user: { id: "U0ADA" },
    trigger_id: "44.55.66",
    view: {
      id: "V123",
      callback_id: DENY_DIALOG.callbackId,
      private_metadata: JSON.stringify({ requestId: REQUEST_ID, responseUrl: RESPONSE_URL }),
      state: {
        values: {
          [DENY_DIALOG.blockId]: { [DENY_DIALOG.actionId]: { type: "plain_text_input", value: reason } },
        },
      },
      ...change,
    },
    response_urls: [],
  };
}

function actOf(inbound: SlackInbound) {
  assert.equal(inbound.kind, "act", JSON.stringify(inbound));
  return inbound.kind === "act" ? inbound.act : assert.fail();
}

function problemFields(inbound: SlackInbound): readonly string[] {
  return inbound.kind === "malformed" ? inbound.problems.map((problem) => problem.field) : [inbound.kind];
}

test("each Approve button becomes an approval of its own length", () => {
  for (const minutes of SESSION_MINUTES) {
    assert.deepEqual(actOf(interaction(click(approveActionId(minutes)))), {
      act: "approve",
      requestId: REQUEST_ID,
      minutes,
      userId: "U0ADA",
      actId: `slack-click:U0ADA:hallpass_approve_${minutes}:1700000009.123456`,
      responseUrl: RESPONSE_URL,
      triggerId: "11.22.33",
    });
  }
});

test("the request buttons become their acts", () => {
  for (const [action, actionId] of Object.entries(REQUEST_ACTION_IDS)) {
    const act = actOf(interaction(click(actionId)));
    assert.equal(act.act, action === "deny" ? "deny_asked" : action);
    assert.equal("requestId" in act && act.requestId, REQUEST_ID);
  }
});

test("a request id is taken in lower case", () => {
  const act = actOf(interaction(click(REQUEST_ACTION_IDS.lock, REQUEST_ID.toUpperCase())));
  assert.equal("requestId" in act && act.requestId, REQUEST_ID);
});

test("the re-enrolment button carries a serial", () => {
  const act = actOf(interaction(click(ALLOW_RE_ENROLLMENT_ACTION_ID, "C02XG2JHJG5H")));
  assert.equal(act.act === "allow_re_enrollment" && act.serial, "C02XG2JHJG5H");
  assert.deepEqual(problemFields(interaction(click(ALLOW_RE_ENROLLMENT_ACTION_ID, "c02; drop"))), [
    "payload.actions[0].value",
  ]);
});

test("the act id tells clicks apart and stays the same for a repeat", () => {
  const id = (payload: object) => actOf(interaction(payload)).actId;
  const first = click(REQUEST_ACTION_IDS.revoke);
  assert.equal(id(first), id(structuredClone(first)));
  const others = [
    click(REQUEST_ACTION_IDS.lock),
    click(REQUEST_ACTION_IDS.revoke, REQUEST_ID, { user: { id: "U0BOB" } }),
    click(REQUEST_ACTION_IDS.revoke, REQUEST_ID, {
      actions: [{ action_id: REQUEST_ACTION_IDS.revoke, value: REQUEST_ID, action_ts: "1700000009.123457" }],
    }),
  ];
  for (const other of others) assert.notEqual(id(other), id(first));
});

test("the deny dialog gives the request, the trimmed reason and the place for a private answer", () => {
  assert.deepEqual(actOf(interaction(submission({}, "  Not on my watch \n"))), {
    act: "deny",
    requestId: REQUEST_ID,
    reason: "Not on my watch",
    userId: "U0ADA",
    actId: "slack-view:U0ADA:V123",
    responseUrl: RESPONSE_URL,
    triggerId: "44.55.66",
  });
});

test("an empty reason is no reason", () => {
  for (const reason of ["", "   ", null])
    assert.equal("reason" in actOf(interaction(submission({}, reason))), false);
});

test("a reason that is too long or not text is refused at its field", () => {
  const field = `payload.view.state.${DENY_DIALOG.blockId}`;
  assert.equal(actOf(interaction(submission({}, "\u{1F600}".repeat(500)))).act, "deny");
  assert.deepEqual(problemFields(interaction(submission({}, "x".repeat(501)))), [field]);
  assert.deepEqual(problemFields(interaction(submission({}, "a\0b"))), [field]);
  assert.deepEqual(problemFields(interaction(submission({}, "a\ud800b"))), [field]);
});

test("a dialog without a request in its metadata is malformed", () => {
  for (const private_metadata of ["", "{}", "null", "not json", JSON.stringify({ requestId: "../../etc" })]) {
    assert.deepEqual(problemFields(interaction(submission({ private_metadata }))), [
      "payload.view.private_metadata",
    ]);
  }
});

test("other people's buttons, dialogs and payload types are unknown, not errors", () => {
  assert.equal(interaction(click("someone_elses")).kind, "unknown");
  assert.equal(interaction(click("hallpass_approve_7")).kind, "unknown");
  assert.equal(interaction(click("hallpass_approve_", REQUEST_ID)).kind, "unknown");
  assert.equal(interaction(submission({ callback_id: "else" })).kind, "unknown");
  assert.equal(interaction({ type: "view_closed" }).kind, "unknown");
});

test("a click without a proper request id or trigger is malformed", () => {
  for (const value of [undefined, "", "1234", `${REQUEST_ID}x`, `x${REQUEST_ID}`]) {
    const payload = click(REQUEST_ACTION_IDS.revoke);
    assert.deepEqual(
      problemFields(interaction({ ...payload, actions: [{ ...payload.actions[0], value }] })),
      ["payload.actions[0].value"],
    );
  }
  assert.deepEqual(
    problemFields(interaction(click(REQUEST_ACTION_IDS.deny, REQUEST_ID, { trigger_id: undefined }))),
    ["payload.trigger_id"],
  );
});

test("bodies that Slack never sends are malformed", () => {
  const bodies = [
    "",
    "payload",
    "payload=",
    "payload=%7B",
    "payload=null",
    "payload=%5B%5D",
    "payload=%22x%22",
    "x=1",
  ];
  for (const body of bodies) assert.equal(parseInteraction(body).kind, "malformed", body);
  assert.deepEqual(problemFields(interaction({ type: 1 })), ["payload.type"]);
  assert.deepEqual(problemFields(interaction(click("a", "b", { user: { id: "ada" } }))), ["user.id"]);
  assert.deepEqual(problemFields(interaction(click("a", "b", { actions: [] }))), ["actions"]);
  assert.deepEqual(
    problemFields(interaction(click("a", "b", { actions: [{ action_id: "a", action_ts: "now" }] }))),
    ["actions.0.action_ts"],
  );
  assert.deepEqual(problemFields(interaction(click("a", "b", { response_url: "nowhere" }))), [
    "response_url",
  ]);
});

const command = {
  token: "t",
  command: "/admin-status",
  text: " 0f9a3b52 ",
  user_id: "U0ADA",
  trigger_id: "77.88.99",
  response_url: RESPONSE_URL,
  channel_id: "C0IT",
  is_enterprise_install: "false",
};

test("/admin-status becomes an act with its trimmed text", () => {
  assert.deepEqual(actOf(parseSlashCommand(new URLSearchParams(command).toString())), {
    act: "admin_status",
    text: "0f9a3b52",
    userId: "U0ADA",
    actId: "slack-command:77.88.99",
    responseUrl: RESPONSE_URL,
    triggerId: "77.88.99",
  });
});

test("another command is unknown, a probe of the certificate is answered, the rest is malformed", () => {
  const parse = (change: object) =>
    parseSlashCommand(new URLSearchParams({ ...command, ...change }).toString());
  assert.equal(parse({ command: "/lunch" }).kind, "unknown");
  assert.equal(parseSlashCommand("ssl_check=1&token=abc").kind, "ssl_check");
  assert.deepEqual(problemFields(parse({ user_id: "<!channel>" })), ["user_id"]);
  assert.deepEqual(problemFields(parse({ command: "admin-status" })), ["command"]);
  assert.deepEqual(problemFields(parseSlashCommand("")), ["command", "user_id", "trigger_id"]);
});

test("any body at all gives an answer and never an exception", () => {
  fc.assert(fc.property(fc.string(), (body) => void [parseInteraction(body), parseSlashCommand(body)]));
  fc.assert(
    fc.property(
      fc.json(),
      (json) => void parseInteraction(new URLSearchParams({ payload: json }).toString()),
    ),
  );
  fc.assert(
    fc.property(
      fc.constantFrom("block_actions", "view_submission"),
      fc.object({ maxDepth: 4 }),
      (type, rest) => {
        const inbound = interaction({ ...rest, type });
        assert.equal(inbound.kind, "malformed");
      },
    ),
  );
});
