import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import type { MessageRef } from "../../ports/chat.ts";
import { askOf, requestIn } from "../../ports/contract/store/fixtures.ts";
import { MessageGone, RetryableError, SetupError, TerminalError } from "../../ports/errors.ts";
import {
  type SlackWorkbench,
  WORKBENCH_CHANNEL,
  WORKBENCH_TIMEOUT_MS,
  WORKBENCH_TOKEN,
  createSlackWorkbench,
} from "../../world/slack/workbench.ts";
import { createSlackChat } from "./chat.ts";
import { postToResponseUrl } from "./response-url.ts";

const card = (number = 1) => ({
  request: requestIn("pending", askOf(number)),
  actions: [{ action: "deny" }] as const,
  timeline: [],
});
const POST = { path: "/api/chat.postMessage" };

async function errorOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => assert.fail("it should have failed"),
    (error: Error) => error,
  );
}

/** A fresh click's response URL. */
async function respondable(): Promise<{ bench: SlackWorkbench; ref: MessageRef; responseUrl: string }> {
  const urls: string[] = [];
  const bench = createSlackWorkbench({
    delivery: {
      appUrl: "https://hallpass.test",
      signingSecret: "secret",
      fetch: (_, init) => {
        const payload = new URLSearchParams(init.body).get("payload") ?? "{}";
        const parsed: unknown = JSON.parse(payload);
        if (typeof parsed === "object" && parsed !== null)
          urls.push(String(Reflect.get(parsed, "response_url")));
        return Promise.resolve(new Response(null));
      },
    },
  });
  const ref = await bench.chat.postCard(card(), "card");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  return { bench, ref, responseUrl: urls[0] ?? assert.fail("no response URL") };
}

test("a rate limit is retryable, with Slack's own wish in milliseconds", async () => {
  const { chat, slack } = createSlackWorkbench();
  slack.failNext({ ...POST, kind: "status", status: 429, headers: { "retry-after": "7" } });
  const error = await errorOf(chat.postCard(card(), "k"));
  assert.ok(error instanceof RetryableError);
  assert.equal(error.retryAfterMs, 7_000);
  slack.failNext({ ...POST, kind: "status", status: 429 });
  const bare = await errorOf(chat.postCard(card(), "k"));
  assert.ok(bare instanceof RetryableError);
  assert.equal(bare.retryAfterMs, undefined);
});

test("server errors, broken connections and answers that are not Slack's are retryable", async () => {
  const { chat, slack } = createSlackWorkbench();
  slack.failNext({ ...POST, kind: "status", status: 503, headers: { "retry-after": "2" } });
  const unavailable = await errorOf(chat.postCard(card(), "k"));
  assert.ok(unavailable instanceof RetryableError);
  assert.equal(unavailable.retryAfterMs, 2_000);
  for (const fault of [
    { kind: "status", status: 500 },
    { kind: "reset" },
    { kind: "malformed" },
    { kind: "status", status: 200, body: "<html>Proxy</html>" },
  ] as const) {
    slack.failNext({ ...POST, ...fault });
    assert.ok((await errorOf(chat.postCard(card(), "k"))) instanceof RetryableError, JSON.stringify(fault));
  }
});

test("a call that gets no answer ends at its time limit, and the timer with it", async () => {
  const { chat, slack, clock } = createSlackWorkbench();
  slack.failNext({ ...POST, kind: "silence" });
  const waiting = errorOf(chat.postCard(card(), "k"));
  await clock.advance(WORKBENCH_TIMEOUT_MS - 1);
  assert.equal(await Promise.race([waiting, clock.advance(0).then(() => "still waiting")]), "still waiting");
  await clock.advance(1);
  const error = await waiting;
  assert.ok(error instanceof RetryableError);
  assert.match(error.message, /in time/);
  await chat.postCard(card(), "k");
  assert.equal(clock.nextAt(), undefined);
});

test("L14 a thread whose root message was deleted is said to be gone", async () => {
  const { chat, slack } = createSlackWorkbench();
  const ref = await chat.postCard(card(), "k");
  slack.refuseNext("chat.postMessage", "thread_not_found");
  assert.ok((await errorOf(chat.postThread(ref, { note: "lapsed" }, "n"))) instanceof MessageGone);
});

test("L7 Slack's no to a message is final; its no to the installation is tried again, and says how to mend it", async () => {
  const { chat, slack } = createSlackWorkbench();
  for (const code of [
    "ratelimited",
    "internal_error",
    "fatal_error",
    "service_unavailable",
    "file_not_found",
  ]) {
    slack.refuseNext("chat.postMessage", code);
    assert.ok((await errorOf(chat.postCard(card(), "k"))) instanceof RetryableError, code);
  }
  const mendings = {
    invalid_auth: /SLACK_BOT_TOKEN/,
    token_revoked: /SLACK_BOT_TOKEN/,
    missing_scope: /manifest/,
    channel_not_found: /SLACK_IT_CHANNEL_ID/,
    not_in_channel: /invite the app/,
    is_archived: /unarchive/,
    account_inactive: /SLACK_BOT_TOKEN/,
    invalid_blocks: /fault of Hallpass/,
    some_new_error: /docs\.slack\.dev/,
  };
  for (const [code, mending] of Object.entries(mendings)) {
    slack.refuseNext("chat.postMessage", code);
    const error = await errorOf(chat.postCard(card(), "k"));
    assert.ok(error instanceof (code === "invalid_blocks" ? TerminalError : SetupError), code);
    assert.match(error.message, mending);
    assert.match(error.message, new RegExp(code));
  }
  slack.failNext({ ...POST, kind: "status", status: 403 });
  assert.ok((await errorOf(chat.postCard(card(), "k"))) instanceof SetupError, "a proxy's no");
});

test("a missing scope, an archived channel and a removed bot are refused by the workspace itself", async () => {
  const bare = createSlackWorkbench({ scopes: ["commands"] });
  assert.match((await errorOf(bare.chat.postCard(card(), "k"))).message, /missing_scope \(chat:write\)/);
  const archived = createSlackWorkbench();
  archived.slack.archiveChannel();
  assert.match((await errorOf(archived.chat.postCard(card(), "k"))).message, /archived/);
  const removed = createSlackWorkbench();
  removed.slack.removeMember("U0HALLPASS");
  assert.match((await errorOf(removed.chat.postCard(card(), "k"))).message, /invite the app/);
});

test("every call is made once: trying again is decided elsewhere", async () => {
  const { chat, slack } = createSlackWorkbench();
  slack.failNext({ ...POST, kind: "status", status: 500, work: "after", times: 9 });
  await errorOf(chat.postCard(card(), "k"));
  assert.equal(slack.calls.length, 1);
});

test("L7 a post whose answer was lost is found by its key", async () => {
  const { chat, slack, clock } = createSlackWorkbench();
  const since = clock.now();
  slack.failNext({ ...POST, kind: "reset", work: "after" });
  assert.ok((await errorOf(chat.postCard(card(), "card-1"))) instanceof RetryableError);
  const [posted] = slack.cards();
  assert.deepEqual(await chat.findCard("card-1", since), { channelId: WORKBENCH_CHANNEL.id, ts: posted?.ts });
});

test("L7 the search goes through all pages, and not past the asked time", async () => {
  const { chat, slack, clock } = createSlackWorkbench();
  const first = await chat.postCard(card(), "first");
  const since = clock.now();
  for (let count = 0; count < 205; count += 1)
    await chat.warnChannel({ serial: "S", kind: "drift", items: [] }, `${count}`);
  assert.deepEqual(await chat.findCard("first", since), first);
  await clock.advance(6 * 60_000);
  assert.equal(await chat.findCard("first", clock.now()), undefined);
  for (let count = 0; count < 205; count += 1) await chat.postThread(first, { note: "lapsed" }, `t${count}`);
  assert.equal(await chat.isInThread(first, "t204"), true);
  assert.equal(slack.calls.filter((call) => call.method === "conversations.replies").length, 2);
});

test("L12 the token is in no error and in no log line", async () => {
  const { chat, slack, logged } = createSlackWorkbench({ token: "another-token" });
  const errors = [await errorOf(chat.postCard(card(), "k"))];
  for (const fault of [
    { kind: "reset" },
    { kind: "status", status: 500, body: `Bearer ${WORKBENCH_TOKEN}` },
    { kind: "status", status: 200, body: `Bearer ${WORKBENCH_TOKEN}` },
    { kind: "status", status: 429, headers: { "retry-after": "1" } },
  ] as const) {
    slack.failNext({ ...POST, ...fault });
    errors.push(await errorOf(chat.postCard(card(), "k")));
  }
  assert.match(errors[0]?.message ?? "", /invalid_auth/);
  for (const error of errors)
    assert.doesNotMatch(inspect(error, { depth: 9 }), /simulated-token|another-token/);
  assert.doesNotMatch(logged.join("\n"), /simulated-token|another-token/);
});

test("L12 the client's warnings are logged without the token", async () => {
  const lines: string[] = [];
  const write = (message: string) => void lines.push(message);
  const { clock } = createSlackWorkbench();
  const chat = createSlackChat({
    token: WORKBENCH_TOKEN,
    channelId: "C1",
    fetch: () => Promise.reject(new Error(`cannot send ${WORKBENCH_TOKEN}`)),
    clock,
    log: { info: write, warn: write, error: write },
    timeoutMs: 1_000,
  });
  const error = await errorOf(chat.postCard(card(), "k"));
  assert.doesNotMatch(inspect(error, { depth: 9 }), new RegExp(WORKBENCH_TOKEN));
  assert.equal(lines.length, 1);
  assert.match(lines[0] ?? "", /cannot send \[token\]/);
});

test("a message that Slack would not take is never sent", async () => {
  const { chat, slack } = createSlackWorkbench();
  const illegal = { ...card(), request: requestIn("pending", askOf(1, { requestId: "x".repeat(2_001) })) };
  const error = await errorOf(chat.postCard(illegal, "k"));
  assert.ok(error instanceof TerminalError);
  assert.match(error.message, /was not sent/);
  const ref = { channelId: WORKBENCH_CHANNEL.id, ts: "1.1" };
  await assert.rejects(chat.updateCard(ref, illegal), /was not sent/);
  await assert.rejects(chat.openDenyDialog("t", "x".repeat(3_001), "u"), /was not sent/);
  assert.deepEqual(slack.calls, []);
});

test("L10 an illegal private answer is not sent", async () => {
  const sent: unknown[] = [];
  const fetch = (url: unknown) => {
    sent.push(url);
    return Promise.resolve(new Response("ok"));
  };
  const url = "https://hooks.slack.com/actions/1";
  const post = (text: string) =>
    postToResponseUrl(fetch, url, ["https://hooks.slack.com"], { text, blocks: [{ type: "divider" }] });
  await assert.rejects(post("<!channel>"), TerminalError);
  assert.deepEqual(sent, []);
  await post("fine");
  assert.equal(sent.length, 1);
});

test("a private answer reaches the clicker alone, and is no part of the channel", async () => {
  const { bench, responseUrl } = await respondable();
  await bench.chat.answerPrivately(responseUrl, {
    text: "This request was already decided <!channel>.",
    decidedBy: { kind: "slack", userId: "U0ANNA" },
  });
  const [shown] = bench.slack.privates("U0IVO");
  assert.match(JSON.stringify(shown?.content.blocks), /already decided <!channel>.*Decided by <@U0ANNA>/);
  assert.match(shown?.content.text ?? "", /&lt;!channel&gt;/);
  assert.equal(bench.slack.privates("U0ANNA").length, 0);
  assert.equal(bench.slack.cards().length, 1);
});

test("a response URL is good five times and for half an hour", async () => {
  const used = await respondable();
  for (let count = 0; count < 5; count += 1)
    await used.bench.chat.answerPrivately(used.responseUrl, { text: "no" });
  const again = used.bench.chat.answerPrivately(used.responseUrl, { text: "no" });
  assert.ok((await errorOf(again)) instanceof TerminalError);
  const late = await respondable();
  await late.bench.clock.advance(30 * 60_000 + 1);
  const tooLate = late.bench.chat.answerPrivately(late.responseUrl, { text: "no" });
  assert.ok((await errorOf(tooLate)) instanceof TerminalError);
});

test("a private answer that meets trouble is retryable", async () => {
  const { bench, responseUrl } = await respondable();
  const path = "/actions/";
  bench.slack.failNext({ path, kind: "status", status: 429, headers: { "retry-after": "3" } });
  const limited = await errorOf(bench.chat.answerPrivately(responseUrl, { text: "no" }));
  assert.ok(limited instanceof RetryableError);
  assert.equal(limited.retryAfterMs, 3_000);
  bench.slack.failNext({ path, kind: "reset" });
  assert.ok(
    (await errorOf(bench.chat.answerPrivately(responseUrl, { text: "no" }))) instanceof RetryableError,
  );
  bench.slack.failNext({ path, kind: "silence" });
  const waiting = errorOf(bench.chat.answerPrivately(responseUrl, { text: "no" }));
  await bench.clock.advance(WORKBENCH_TIMEOUT_MS);
  assert.ok((await waiting) instanceof RetryableError);
});

test("a failed upload leaves nothing in the thread, and its error says whether to try again", async () => {
  const { chat, slack } = createSlackWorkbench();
  const ref = await chat.postCard(card(), "card");
  const upload = { filename: "log.txt", text: "id\n", lines: 1, hash: "f".repeat(64), late: false };
  const tries = [
    [{ path: "/upload/", kind: "status", status: 500 }, RetryableError],
    [{ path: "/upload/", kind: "status", status: 403 }, SetupError],
    [{ path: "/api/files.getUploadURLExternal", kind: "reset" }, RetryableError],
    [{ path: "/api/files.completeUploadExternal", kind: "status", status: 503 }, RetryableError],
  ] as const;
  for (const [fault, kind] of tries) {
    slack.failNext(fault);
    assert.ok((await errorOf(chat.uploadLog(ref, upload, "log"))) instanceof kind, fault.path);
    assert.equal(await chat.isInThread(ref, "log"), false);
  }
  slack.failNext({ path: "/api/files.completeUploadExternal", kind: "reset", work: "after" });
  await errorOf(chat.uploadLog(ref, upload, "log"));
  assert.equal(await chat.isInThread(ref, "log"), true);
});

test("L9 the bytes of a log go nowhere but to Slack", async () => {
  const { chat, slack } = createSlackWorkbench();
  const ref = await chat.postCard(card(), "card");
  const body = JSON.stringify({ ok: true, file_id: "F1", upload_url: "https://evil.test/upload/v1/F1" });
  slack.failNext({ path: "/api/files.getUploadURLExternal", kind: "status", status: 200, body });
  const upload = { filename: "log.txt", text: "id\n", lines: 1, hash: "f".repeat(64), late: false };
  const error = await errorOf(chat.uploadLog(ref, upload, "log"));
  assert.ok(error instanceof TerminalError);
  assert.match(error.message, /not one of Slack's/);
});

test("a deactivated person counts as unknown; other refusals of a search are told", async () => {
  const { chat, slack } = createSlackWorkbench();
  assert.equal(await chat.findUserByEmail("gone@acme.test"), undefined);
  for (const user of [
    { id: "U0X", deleted: true },
    { id: "U0X", is_bot: true },
  ]) {
    const body = JSON.stringify({ ok: true, user });
    slack.failNext({ path: "/api/users.lookupByEmail", kind: "status", status: 200, body });
    assert.equal(await chat.findUserByEmail("anna@acme.test"), undefined);
  }
  slack.refuseNext("users.lookupByEmail", "missing_scope");
  assert.ok((await errorOf(chat.findUserByEmail("anna@acme.test"))) instanceof SetupError);
});

test("a direct channel is opened once", async () => {
  const { chat, slack } = createSlackWorkbench();
  for (const key of ["a", "b", "c"]) await chat.sendDirect("U0ANNA", { note: "lapsed" }, key, "request");
  assert.equal(slack.calls.filter((call) => call.method === "conversations.open").length, 1);
  assert.equal(slack.directs("U0ANNA").length, 3);
});
