import assert from "node:assert/strict";
import { test } from "node:test";
import { createSlackChat } from "../../adapters/slack/chat.ts";
import { createSlackInlet } from "../../adapters/slack/inlet.ts";
import { askOf, requestIn } from "../../ports/contract/store/fixtures.ts";
import type { SlackInbound } from "../../ports/slack-inlet.ts";
import { createVirtualClock } from "../clock.ts";
import { createSimulatedSlack } from "./simulated-slack.ts";
import {
  WORKBENCH_CHANNEL,
  WORKBENCH_PEOPLE,
  type SlackWorkbench,
  createSlackWorkbench,
} from "./workbench.ts";

const SECRET = "signing-secret";
const request = requestIn("pending", askOf(1));
const pending = {
  request,
  actions: [{ action: "approve", minutes: 15, asked: true }, { action: "deny" }],
  timeline: [],
} as const;
const decided = { request: requestIn("denied", askOf(1)), actions: [], timeline: [] } as const;

/** A workspace whose people reach a small Hallpass that checks, reads and answers what they send. */
function createTalkingBench(
  answer: (inbound: SlackInbound, bench: SlackWorkbench) => Promise<Response> | Response,
) {
  const inlet = createSlackInlet([SECRET]);
  const inbounds: SlackInbound[] = [];
  const bench: SlackWorkbench = createSlackWorkbench({
    delivery: {
      appUrl: "https://hallpass.test",
      signingSecret: SECRET,
      async fetch(url, init) {
        const headers = new Headers(init.headers);
        const rawBody = init.body;
        const verdict = inlet.verify({
          timestamp: headers.get("x-slack-request-timestamp") ?? undefined,
          signature: headers.get("x-slack-signature") ?? undefined,
          rawBody,
          now: bench.clock.now(),
        });
        assert.deepEqual(verdict, { ok: true });
        const isCommand = url === "https://hallpass.test/slack/commands";
        if (!isCommand) assert.equal(url, "https://hallpass.test/slack/actions");
        const inbound = isCommand ? inlet.parseSlashCommand(rawBody) : inlet.parseInteraction(rawBody);
        inbounds.push(inbound);
        return answer(inbound, bench);
      },
    },
  });
  return { bench, inbounds };
}

const ok = () => new Response(null);

test("a click arrives signed, with what its button carries, and its repeat is told apart", async () => {
  const { bench, inbounds } = createTalkingBench(ok);
  const ref = await bench.chat.postCard(pending, "card");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_approve_15");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_approve_15");
  const [first, second] = inbounds;
  assert.ok(first?.kind === "act" && second?.kind === "act");
  assert.equal(first.act.act === "approve" && first.act.minutes, 15);
  assert.equal("requestId" in first.act && first.act.requestId, request.ask.requestId);
  assert.equal(first.act.userId, "U0IVO");
  assert.notEqual(first.act.actId, second.act.actId);
});

test("a button that an edit took away can still be clicked, one that never was cannot", async () => {
  const { bench, inbounds } = createTalkingBench(ok);
  const ref = await bench.chat.postCard(pending, "card");
  await bench.chat.updateCard(ref, decided);
  assert.deepEqual(bench.slack.buttons(ref.ts), []);
  await bench.slack.click("U0IVO", ref.ts, "hallpass_approve_15");
  assert.equal(inbounds.length, 1);
  assert.match(bench.slack.transcript(), /@ivo clicks \[Approve 15 min\], which is no longer there/);
  await assert.rejects(bench.slack.click("U0IVO", ref.ts, "hallpass_lock"), /never had/);
  await assert.rejects(bench.slack.click("U0NOBODY", ref.ts, "hallpass_deny"), /cannot see/);
  await bench.chat.sendDirect(
    "U0ANNA",
    { note: "warning", endsAt: bench.clock.now() },
    "dm",
    request.ask.requestId,
  );
  const [direct] = bench.slack.directs("U0ANNA");
  await assert.rejects(bench.slack.click("U0IVO", direct?.ts ?? "", "hallpass_done"), /cannot see/);
});

test("Deny opens a dialog whose words come back with the request and the place for an answer", async () => {
  const { bench, inbounds } = createTalkingBench(async (inbound, { chat }) => {
    if (inbound.kind !== "act") return new Response("odd", { status: 400 });
    const { act } = inbound;
    if (act.act === "deny_asked")
      await chat.openDenyDialog(act.triggerId, act.requestId, act.responseUrl ?? "");
    if (act.act === "deny") await chat.answerPrivately(act.responseUrl ?? "", { text: "Denied." });
    return ok();
  });
  const ref = await bench.chat.postCard(pending, "card");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  assert.equal(bench.slack.dialogOf("U0IVO")?.title.text, "Deny this request");
  await bench.slack.submitView("U0IVO", "Use the *store*");
  const last = inbounds.at(-1);
  assert.ok(last?.kind === "act" && last.act.act === "deny");
  assert.equal(last.act.reason, "Use the *store*");
  assert.equal(last.act.requestId, request.ask.requestId);
  assert.equal(bench.slack.dialogOf("U0IVO"), undefined);
  assert.equal(bench.slack.privates("U0IVO").length, 1);
  await assert.rejects(bench.slack.submitView("U0IVO", ""), /no dialog/);
});

test("L11 a dialog that is refused stays open and says why, below its field", async () => {
  const { refuseDialog } = createSlackInlet([SECRET]);
  const { bench } = createTalkingBench(async (inbound, { chat }) => {
    if (inbound.kind !== "act") return new Response("odd", { status: 400 });
    const { act } = inbound;
    if (act.act === "deny") return Response.json(refuseDialog("It was already approved."));
    if (act.act === "deny_asked") await chat.openDenyDialog(act.triggerId, act.requestId, undefined);
    return ok();
  });
  const ref = await bench.chat.postCard(pending, "card");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  await bench.slack.submitView("U0IVO", "");
  const [field] = bench.slack.dialogOf("U0IVO")?.blocks ?? [];
  assert.match(JSON.stringify(field), /"hint":{"type":"plain_text","text":"It was already approved."}/);
});

test("a trigger opens one dialog, within three seconds", async () => {
  const triggers: string[] = [];
  const { bench } = createTalkingBench((inbound) => {
    if (inbound.kind === "act") triggers.push(inbound.act.triggerId ?? "");
    return ok();
  });
  const ref = await bench.chat.postCard(pending, "card");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  const open = (trigger = "") => bench.chat.openDenyDialog(trigger, "request", "https://hooks.slack.com/x");
  await bench.clock.advance(3_000);
  await open(triggers[0]);
  await assert.rejects(open(triggers[0]), /exchanged_trigger_id/);
  await bench.clock.advance(1);
  await assert.rejects(open(triggers[1]), /expired_trigger_id/);
});

test("a slash command arrives signed; an answer other than an empty 200 is on record", async () => {
  const { bench, inbounds } = createTalkingBench(() => new Response("no", { status: 500 }));
  const answer = await bench.slack.slash("U0ANNA", "/admin-status", "abcd");
  assert.deepEqual(answer, { status: 500, body: "no" });
  assert.ok(inbounds[0]?.kind === "act" && inbounds[0].act.act === "admin_status");
  assert.match(
    bench.slack.transcript(),
    /@anna types \/admin-status abcd[\s\S]*@anna gets the answer 500 no/,
  );
});

test("a wrong token, an unknown method, a false file and a stale URL are refused as Slack refuses them", async () => {
  const { slack } = createSlackWorkbench();
  const call = async (method: string, headers: Record<string, string>, body = "") =>
    (await slack.fetch(`https://slack.com/api/${method}`, { method: "POST", headers, body })).json();
  const authorization = "Bearer xoxb-simulated-token";
  assert.deepEqual(await call("chat.postMessage", {}), { ok: false, error: "not_authed" });
  assert.deepEqual(await call("chat.postMessage", { authorization: "Bearer x" }), {
    ok: false,
    error: "invalid_auth",
  });
  assert.deepEqual(await call("chat.frobnicate", { authorization }), { ok: false, error: "unknown_method" });
  const blocks = JSON.stringify([{ type: "section" }]);
  const form = new URLSearchParams({ channel: WORKBENCH_CHANNEL.id, text: "x", blocks }).toString();
  assert.deepEqual(await call("chat.postMessage", { authorization }, form), {
    ok: false,
    error: "invalid_blocks",
  });
  const upload = await slack.fetch("https://files.slack.com/upload/v1/F1", { method: "POST", body: "x" });
  assert.equal(upload.status, 400);
  assert.equal(
    (await slack.fetch("https://hooks.slack.com/actions/T/1/x", { method: "POST", body: "{}" })).status,
    404,
  );
});

/** One short story, told the same way each time. */
async function tellStory(): Promise<SlackWorkbench> {
  const { bench } = createTalkingBench(ok);
  const ref = await bench.chat.postCard(pending, "card");
  await bench.clock.advance(61_500);
  await bench.slack.click("U0IVO", ref.ts, "hallpass_deny");
  await bench.chat.updateCard(ref, decided);
  await bench.chat.postThread(
    ref,
    { note: "denied", by: { kind: "slack", userId: "U0IVO" }, reason: "No" },
    "t",
  );
  const upload = { filename: "log.txt", text: "id\nwhoami\n", lines: 2, hash: "f".repeat(64), late: false };
  await bench.chat.uploadLog(ref, upload, `${request.ask.requestId}:log`);
  await bench.chat.sendDirect("U0ANNA", { note: "denied", reason: "No" }, "dm", request.ask.requestId);
  await bench.chat.showPrivately(ref, "U0IVO", "PIN 1234");
  return bench;
}

test("a transcript shows who did what when, what an edit changed, and no ids", async () => {
  const transcript = (await tellStory()).slack.transcript();
  const expected = `+0:01:01.500  #it-access 1, thread
    Denied by @ivo.
      *Why*
    | No

+0:01:01.500  #it-access 1, thread
    Command log of the session: 2 lines.
    SHA-256 of the chain: \`<sha256 1>\`
    Reference: \`<id 1>:log\`
    (file log.txt)
      id
      whoami

+0:01:01.500  @anna 1
    IT has denied your request for admin rights.
      *Why*
    | No

+0:01:01.500  only @ivo is shown
    | PIN 1234
`;
  assert.equal(transcript.slice(transcript.indexOf("+0:01:01.500  #it-access 1, thread")), expected);
  assert.match(transcript, /^\+0:00:00 {2}#it-access 1\n {4}# Admin rights for 15 minutes\?\n/);
  assert.match(transcript, /Request <id 1>\n/);
  assert.match(transcript, /@ivo clicks \[Deny…\] on #it-access 1\n/);
  const change = transcript.slice(transcript.indexOf("#it-access 1 changes"));
  assert.match(change, /^#it-access 1 changes\n {4}- # Admin rights for 15 minutes\?\n {4}\+ # Denied\n/);
  assert.doesNotMatch(change.slice(0, change.indexOf("\n\n")), /Serial/);
  assert.doesNotMatch(transcript, /00000000/);
});

test("the same story leaves the same bytes", async () => {
  const [one, two] = [await tellStory(), await tellStory()];
  assert.equal(one.slack.transcript(), two.slack.transcript());
  assert.deepEqual(one.slack.snapshot(), two.slack.snapshot());
  assert.deepEqual(one.slack.calls, two.slack.calls);
});

test("a snapshot holds all that can be drawn and does not change afterwards", async () => {
  const bench = await tellStory();
  const snapshot = bench.slack.snapshot();
  const [post] = snapshot.channel.posts;
  assert.equal(post?.replies.length, 2);
  assert.equal(post?.replies[1]?.files[0]?.text, "id\nwhoami\n");
  assert.equal(post?.editedAt, bench.clock.now());
  assert.equal(snapshot.people.find((person) => person.id === "U0ANNA")?.directs.length, 1);
  assert.equal(snapshot.people.find((person) => person.id === "U0IVO")?.privates.length, 1);
  const before = structuredClone(snapshot);
  await bench.chat.updateCard({ channelId: WORKBENCH_CHANNEL.id, ts: post?.ts ?? "" }, pending);
  assert.deepEqual(snapshot, before);
});

test("listeners hear of everything that can be seen until they stop", async () => {
  const { chat, slack } = createSlackWorkbench();
  const heard: string[] = [];
  const stop = slack.onChange((event) => heard.push(event.event));
  const ref = await chat.postCard(pending, "card");
  await chat.updateCard(ref, decided);
  stop();
  await chat.updateCard(ref, pending);
  assert.deepEqual(heard, ["posted", "edited"]);
});

test("time stamps follow the clock and never repeat", async () => {
  const { chat, clock } = createSlackWorkbench();
  const first = await chat.postCard(pending, "a");
  const second = await chat.postCard(pending, "b");
  await clock.advance(1_234);
  const third = await chat.postCard(pending, "c");
  assert.deepEqual(
    [first.ts, second.ts, third.ts],
    ["1774342800.000000", "1774342800.000001", "1774342801.234000"],
  );
});

test("the workspace can be served over a socket, uploads and private answers included", async () => {
  const clock = createVirtualClock(1_774_342_800_000);
  const slack = createSimulatedSlack({
    clock,
    token: "xoxb-t",
    scopes: ["chat:write", "files:write", "channels:history"],
    channel: WORKBENCH_CHANNEL,
    people: WORKBENCH_PEOPLE,
  });
  const server = await slack.listen();
  try {
    const chat = createSlackChat({
      token: "xoxb-t",
      apiUrl: `${server.url}/api/`,
      channelId: WORKBENCH_CHANNEL.id,
      clock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      timeoutMs: 5_000,
    });
    const ref = await chat.postCard(pending, "card");
    await chat.uploadLog(ref, { filename: "l.txt", text: "id\n", lines: 1, hash: "f", late: false }, "log");
    assert.equal(await chat.isInThread(ref, "log"), true);
    slack.failNext({ path: "/api/chat.update", kind: "reset" });
    await assert.rejects(chat.updateCard(ref, decided), { name: "RetryableError" });
  } finally {
    await server.close();
  }
});
