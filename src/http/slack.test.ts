import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, clickForm, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { createRecordingStore, type RecordingStore } from "../../test/http/recording-store.ts";
import { shortId } from "../core/ids.ts";
import { DAY_MS } from "../core/time.ts";
import { TerminalError } from "../ports/errors.ts";

let store: RecordingStore;
let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  store = createRecordingStore();
  world = await createHttpWorld({ store });
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

const read = async (requestId: string) => (await store.loadRequest(requestId))?.request;
const statusOf = async (requestId: string) => (await read(requestId))?.status;
const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;
const privatesTo = (userId: string) => world.privates.filter((one) => one.responseUrl.endsWith(userId));
const refusals = async (stream: string) =>
  (await store.readAudit(stream, 0, 1000)).filter((entry) => entry.type === "refused");

async function click(userId: string, action: string, value: string): Promise<void> {
  const { status, text } = await world.click(userId, `hallpass_${action}`, value);
  assert.deepEqual([status, text], [200, ""]);
  await world.settle();
}

const dialogForm = (userId: string, requestId: string, reason: string, count = 1) =>
  new URLSearchParams({
    payload: JSON.stringify({
      type: "view_submission",
      user: { id: userId },
      view: {
        id: `V${count}`,
        callback_id: "hallpass_deny_dialog",
        private_metadata: JSON.stringify({
          requestId,
          responseUrl: `https://hooks.slack.com/actions/${userId}`,
        }),
        state: { values: { hallpass_deny_reason: { hallpass_deny_reason_text: { value: reason } } } },
      },
    }),
  }).toString();

const commandForm = (userId: string, text: string, command = "/admin-status") =>
  new URLSearchParams({
    command,
    text,
    user_id: userId,
    trigger_id: `trigger-${userId}-${text}`,
    response_url: `https://hooks.slack.com/commands/${userId}`,
  }).toString();

describe("Slack's signature", () => {
  const form = () => clickForm(CAST.ben, "hallpass_approve_15", requestId, 1);
  let requestId: string;
  beforeEach(async () => {
    requestId = await mac.asked();
    store.changes.length = 0;
  });

  for (const [what, options, why] of [
    ["none at all", { signature: undefined }, "missing header"],
    ["an empty one", { signature: "" }, "missing header"],
    ["one of another form", { signature: "v1=00" }, "malformed header"],
    ["one by another secret", { secret: "some-other-secret-000" }, "wrong signature"],
    ["zeros", { signature: `v0=${"0".repeat(64)}` }, "wrong signature"],
    ["one of 301 s ago", { offBySeconds: -301 }, "too old"],
    ["one of 301 s ahead", { offBySeconds: 301 }, "too far ahead"],
  ] as const) {
    test(`${what} is refused`, async () => {
      const answer = await world.slack("/slack/actions", form(), options);
      assert.equal(kind(answer), "401 bad_signature");
      assert.deepEqual(answer.body["errors"], [{ field: "X-Slack-Signature", message: why }]);
      assert.deepEqual(store.changes, []);
      assert.equal(await statusOf(requestId), "pending");
    });
  }

  for (const [what, options] of [
    ["now", {}],
    ["300 s ago", { offBySeconds: -300 }],
    ["300 s ahead", { offBySeconds: 300 }],
    ["by the previous secret", { secret: CAST.previousSigningSecret }],
  ] as const) {
    test(`one of ${what} is taken`, async () => {
      assert.equal((await world.slack("/slack/actions", form(), options)).status, 200);
      assert.equal(await statusOf(requestId), "approved");
    });
  }

  test("it is over the bytes: one changed byte is refused", async () => {
    const timestamp = String(world.clock.now() / 1000);
    const { signSlackRequest } = await import("../adapters/slack/verify.ts");
    const headers = {
      "x-slack-request-timestamp": timestamp,
      "x-slack-signature": signSlackRequest(CAST.signingSecret, timestamp, form()),
    };
    const body = `${form()} `;
    assert.equal(kind(await world.call("POST", "/slack/actions", { body, headers })), "401 bad_signature");
    assert.equal((await world.call("POST", "/slack/actions", { body: form(), headers })).status, 200);
  });

  test("a replay of the same click changes nothing more", async () => {
    await world.slack("/slack/actions", form());
    await world.settle();
    store.changes.length = 0;
    assert.equal((await world.slack("/slack/actions", form())).status, 200);
    await world.settle();
    assert.deepEqual(store.changes, []);
    assert.deepEqual(privatesTo(CAST.ben), []);
  });

  test("a body over 1 MiB is refused before it is looked at", async () => {
    const answer = await world.slack("/slack/actions", `payload=${"x".repeat(1024 * 1024)}`, {
      signature: undefined,
    });
    assert.equal(kind(answer), "413 too_large");
  });
});

describe("POST /slack/actions", () => {
  test("signed, but not what Slack sends: 400 by field, and nothing stored", async () => {
    const requestId = await mac.asked();
    store.changes.length = 0;
    const payload = (value: unknown) => new URLSearchParams({ payload: JSON.stringify(value) }).toString();
    for (const [form, field] of [
      ["", "payload"],
      ["payload=%7B", "payload"],
      [payload([]), "payload"],
      [payload({ type: 7 }), "payload.type"],
      [payload({ type: "block_actions", user: { id: CAST.ben }, actions: [] }), "actions"],
      [payload({ type: "block_actions", user: { id: "ben" }, actions: [] }), "user.id"],
      [clickForm(CAST.ben, "hallpass_approve_15", "not-a-request", 1), "payload.actions[0].value"],
      [dialogForm(CAST.ben, "not-a-request", "no"), "payload.view.private_metadata"],
      [dialogForm(CAST.ben, requestId, "x".repeat(501)), "payload.view.state.hallpass_deny_reason"],
    ] as const) {
      const answer = await world.slack("/slack/actions", form);
      assert.equal(kind(answer), "400 bad_input", form);
      const errors = answer.body["errors"] as { field: string }[];
      assert.ok(
        errors.some((error) => error.field === field),
        JSON.stringify(errors),
      );
    }
    assert.deepEqual(store.changes, []);
  });

  test("legal things that are not ours are acknowledged and do nothing", async () => {
    const requestId = await mac.asked();
    store.changes.length = 0;
    for (const form of [
      new URLSearchParams({ payload: JSON.stringify({ type: "message_action" }) }).toString(),
      clickForm(CAST.ben, "somebody_elses_button", requestId, 1),
      clickForm(CAST.ben, "hallpass_approve_7", requestId, 1),
    ]) {
      assert.equal((await world.slack("/slack/actions", form)).status, 200);
    }
    await world.settle();
    assert.deepEqual(store.changes, []);
  });

  test("the four Approve buttons override the asked length", async () => {
    for (const minutes of [5, 10, 15, 30]) {
      const requestId = await mac.asked({ durationMinutes: 15 });
      await click(CAST.ben, `approve_${minutes}`, requestId);
      const request = await read(requestId);
      assert.ok(request?.status === "approved" && request.approval.minutes === minutes);
      await mac.post("/cancel", { requestId });
    }
  });

  test("L2 who comes second is told who won; the winner's own repeat is silent", async () => {
    const requestId = await mac.asked();
    await click(CAST.ben, "approve_15", requestId);
    await click(CAST.ben, "approve_15", requestId);
    await click(CAST.carla, "approve_15", requestId);
    await click(CAST.carla, "deny", requestId);
    assert.deepEqual(privatesTo(CAST.ben), []);
    const winner = { kind: "slack", userId: CAST.ben };
    assert.deepEqual(
      privatesTo(CAST.carla).map(({ answer }) => answer.decidedBy),
      [winner, winner],
    );
    assert.deepEqual(world.chat.dialogs, [], "no dialog for a decision that is made");
  });

  test("W24 L11 approvers are a list: neither a stranger nor the requester decides, and both are told and audited", async () => {
    const requestId = await mac.asked();
    for (const action of ["approve_15", "deny"]) {
      await click(CAST.mallory, action, requestId);
      await click(CAST.anna, action, requestId);
    }
    await world.slack("/slack/actions", dialogForm(CAST.mallory, requestId, "no"));
    await world.settle();
    assert.equal(await statusOf(requestId), "pending");
    assert.deepEqual(world.chat.dialogs, []);
    assert.equal((await refusals(requestId)).length, 5);
    assert.equal(privatesTo(CAST.mallory).length, 3);
    assert.equal(privatesTo(CAST.anna).length, 2);
  });

  test("L11 an approver's own request is for another approver", async () => {
    world.chat.people.set("anna@example.com", CAST.ben);
    const requestId = await mac.asked();
    await click(CAST.ben, "approve_15", requestId);
    assert.equal(await statusOf(requestId), "pending");
    assert.match(privatesTo(CAST.ben)[0]?.answer.text ?? "", /your own request/);
    await click(CAST.carla, "approve_15", requestId);
    assert.equal(await statusOf(requestId), "approved");
  });

  test("L11 while it is not known who asks, nobody can approve", async () => {
    world.mdm.failNext({ call: "findMac", kind: "retryable", times: 2 });
    const requestId = await mac.asked();
    await click(CAST.ben, "approve_15", requestId);
    assert.equal(await statusOf(requestId), "pending");
    assert.match(privatesTo(CAST.ben)[0]?.answer.text ?? "", /not known yet who/);
  });

  test("deny asks for a reason in a dialog, which decides nothing by itself; sending it does", async () => {
    const requestId = await mac.asked();
    await click(CAST.ben, "deny", requestId);
    assert.deepEqual(world.chat.dialogs, [requestId]);
    assert.equal(await statusOf(requestId), "pending");
    const { status } = await world.slack(
      "/slack/actions",
      dialogForm(CAST.ben, requestId, "  use the other tool "),
    );
    assert.equal(status, 200);
    const request = await read(requestId);
    assert.ok(request?.status === "denied" && request.denial.reason === "use the other tool");
  });

  test("L2 a dialog that is sent too late loses like any other click", async () => {
    const requestId = await mac.asked();
    await click(CAST.carla, "approve_15", requestId);
    await world.slack("/slack/actions", dialogForm(CAST.ben, requestId, "no"));
    await world.settle();
    assert.equal(await statusOf(requestId), "approved");
    assert.deepEqual(privatesTo(CAST.ben)[0]?.answer.decidedBy, { kind: "slack", userId: CAST.carla });
  });

  test("L11 a dialog that is refused stays open and says so, though there is no place for a private answer", async () => {
    const requestId = await mac.asked();
    await click(CAST.carla, "approve_15", requestId);
    world.chat.failNext({ call: "answerPrivately", kind: "terminal", times: 9 });
    const late = await world.slack("/slack/actions", dialogForm(CAST.ben, requestId, "no"));
    assert.deepEqual(
      [late.status, late.body],
      [
        200,
        {
          response_action: "errors",
          errors: { hallpass_deny_reason: "This request was already decided." },
        },
      ],
    );
  });

  test("a dialog that Slack will not open is told to the clicker", async () => {
    const requestId = await mac.asked();
    world.chat.failNext({ call: "openDenyDialog", kind: "terminal" });
    await click(CAST.ben, "deny", requestId);
    assert.match(privatesTo(CAST.ben)[0]?.answer.text ?? "", /press Deny again/);
  });

  test("W60 revoke, lock and I'm done end a session; the PIN is shown to who locked, and stored nowhere", async () => {
    const revoked = await mac.active();
    await click(CAST.ben, "revoke", revoked);
    assert.equal(await statusOf(revoked), "ending");
    await click(CAST.carla, "lock", revoked);
    const pin = world.mdm.locks[0]?.pin ?? "";
    const shown = world.chat.privates.filter(({ text }) => text.includes(pin));
    assert.deepEqual(
      shown.map(({ to }) => to),
      [CAST.carla],
    );
    assert.ok(!JSON.stringify([store.changes, world.logLines]).includes(pin), "L12");
    const { body } = await mac.removed(revoked);
    mac.key = String(body["nextKey"]);

    const done = await mac.active();
    await click(CAST.ben, "done", done);
    assert.equal(await statusOf(done), "active", "only the requester can be done");
    await click(CAST.anna, "done", done);
    const request = await read(done);
    assert.ok(request?.status === "ending" && request.ending.reason === "ended_by_user");
  });

  test("W60 L14 a stale button gets a private answer and changes nothing", async () => {
    const requestId = await mac.asked();
    await world.clock.advance(DAY_MS);
    const before = (await store.loadRequest(requestId))?.version;
    await click(CAST.ben, "approve_15", requestId);
    await click(CAST.ben, "revoke", requestId);
    await click(CAST.ben, "close_unverified", requestId);
    assert.equal(privatesTo(CAST.ben).length, 3);
    assert.equal((await store.loadRequest(requestId))?.version, before);
    await click(CAST.ben, "approve_15", "0e000000-0000-4000-8000-000000000009");
    assert.equal(privatesTo(CAST.ben).at(-1)?.answer.text, "There is no such request.");
  });

  test("an acknowledgement waits neither for Slack nor for Iru", async () => {
    const requestId = await mac.asked();
    let giveUp = (): void => undefined;
    const silence = new Promise<never>((_resolve, reject) => {
      giveUp = () => reject(new TerminalError("never answered"));
    });
    Object.assign(world.chat, {
      updateCard: () => silence,
      postThread: () => silence,
      sendDirect: () => silence,
    });
    Object.assign(world.mdm, { changeTags: () => silence });
    const { status } = await world.click(CAST.ben, "hallpass_approve_15", requestId);
    assert.equal(status, 200);
    assert.equal(await statusOf(requestId), "approved");
    giveUp();
  });
});

describe("POST /slack/commands", () => {
  test("L9 /admin-status answers people on its list, and nobody else", async () => {
    const requestId = await mac.active();
    await world.slack("/slack/commands", commandForm(CAST.ben, ""));
    await world.slack("/slack/commands", commandForm(CAST.carla, ""));
    await world.settle();
    assert.deepEqual(
      world.chat.statuses.map(({ open }) => open.map(({ ask }) => ask.requestId)),
      [[requestId]],
      "Carla approves but is not on the list",
    );
    const [refusal] = await refusals("slack");
    assert.deepEqual(refusal?.actor, { kind: "slack", userId: CAST.carla });
    assert.match(world.privates.at(-1)?.answer.text ?? "", /may not use this command/);
  });

  test("L9 with an empty list nobody may", async () => {
    const own = await createHttpWorld({ policy: { adminStatusIds: [] } });
    for (const userId of [CAST.ben, CAST.carla, CAST.mallory]) {
      assert.equal((await own.slack("/slack/commands", commandForm(userId, ""))).status, 200);
    }
    await own.settle();
    assert.deepEqual(own.chat.statuses, []);
    await own.running.stop();
  });

  test("W60 it shows one request by a short id, and says when there is none", async () => {
    const requestId = await mac.active();
    for (const text of [shortId(requestId), requestId.toUpperCase(), "ffff", "'; DROP TABLE"]) {
      await world.slack("/slack/commands", commandForm(CAST.ben, text));
      await world.settle();
    }
    const [short, whole, none, wrong] = world.chat.statuses;
    assert.equal(short?.detail?.request.ask.requestId, requestId);
    assert.equal(whole?.detail?.request.ask.requestId, requestId);
    assert.match(none?.problem ?? "", /No open request/);
    assert.match(wrong?.problem ?? "", /is not a request id/);
  });

  test("Slack's own probe and other commands are acknowledged", async () => {
    assert.equal((await world.slack("/slack/commands", "ssl_check=1")).status, 200);
    assert.equal((await world.slack("/slack/commands", commandForm(CAST.ben, "", "/other"))).status, 200);
    await world.settle();
    assert.deepEqual(world.chat.statuses, []);
  });

  test("signed, but not what Slack sends: 400 by field", async () => {
    for (const form of ["", "command=admin-status", commandForm("ben", "")]) {
      assert.equal(kind(await world.slack("/slack/commands", form)), "400 bad_input", form);
    }
  });
});
