import assert from "node:assert/strict";
import { test } from "node:test";
import { askOf, requestIn } from "../../ports/contract/store/fixtures.ts";
import { SetupError, TerminalError } from "../../ports/errors.ts";
import { type SlackWorkbench, createSlackWorkbench } from "../../world/slack/workbench.ts";
import { BOT_SCOPES, slackManifest } from "./manifest.ts";

const card = { request: requestIn("pending", askOf(1)), actions: [], timeline: [] };
const upload = { filename: "log.txt", text: "id\n", lines: 1, hash: "f".repeat(64), late: false };

/** Does everything the chat can do, in a workspace that grants these scopes; the messages of what was refused. */
async function refusalsWith(scopes: readonly string[], isPrivate: boolean): Promise<readonly string[]> {
  const bench = createSlackWorkbench({ scopes, isPrivate });
  const refusals: string[] = [];
  const attempt = (work: Promise<unknown>) =>
    work.catch((error: unknown) => {
      if (!(error instanceof SetupError || error instanceof TerminalError)) throw error;
      refusals.push(error.message);
      return undefined;
    });
  for (const call of everyCall(bench)) await attempt(call());
  return refusals.filter((message) => message.includes("missing_scope"));
}

function everyCall({ chat, clock, slack }: SlackWorkbench): readonly (() => Promise<unknown>)[] {
  const ref = () => ({ channelId: "C0ITACCESS", ts: slack.cards()[0]?.ts ?? "1.1" });
  return [
    () => chat.postCard(card, "card"),
    () => chat.updateCard(ref(), card),
    () => chat.findCard("card", clock.now()),
    () => chat.postThread(ref(), { note: "lapsed" }, "thread"),
    () => chat.uploadLog(ref(), upload, "log"),
    () => chat.isInThread(ref(), "log"),
    () => chat.sendDirect("U0ANNA", { note: "lapsed" }, "dm", "request"),
    () => chat.wasSentDirect("U0ANNA", "dm", clock.now()),
    () => chat.showPrivately(ref(), "U0ANNA", "words"),
    () => chat.openDenyDialog("trigger", "request", "https://hooks.slack.com/x"),
    () => chat.askReEnrollment({ serial: "S", askedAt: 0 }, "ask"),
    () => chat.warnChannel({ serial: "S", kind: "drift", items: [] }, "warn"),
    () => chat.findUserByEmail("anna@acme.test"),
  ];
}

test("the manifest's scopes are enough for every call, in a public and in a private channel", async () => {
  for (const isPrivate of [false, true]) assert.deepEqual(await refusalsWith(BOT_SCOPES, isPrivate), []);
});

test("without any one of its scopes something fails: the manifest asks for nothing that is not used", async () => {
  // The slash command needs its scope to exist at all, and Slack gives users:read.email only beside users:read.
  const declaredOnly = ["commands", "users:read"];
  for (const scope of BOT_SCOPES) {
    const others = BOT_SCOPES.filter((other) => other !== scope);
    const refusals = [...(await refusalsWith(others, false)), ...(await refusalsWith(others, true))];
    assert.equal(
      refusals.some((message) => message.includes(scope)),
      !declaredOnly.includes(scope),
      scope,
    );
  }
});

test("the manifest points Slack to the service and keeps Slack's lengths", () => {
  const manifest = slackManifest("https://hallpass.example.com/");
  const [command] = manifest.features.slash_commands;
  assert.equal(command?.url, "https://hallpass.example.com/slack/commands");
  assert.equal(command?.command, "/admin-status");
  assert.equal(manifest.settings.interactivity.request_url, "https://hallpass.example.com/slack/actions");
  assert.deepEqual(manifest.oauth_config.scopes.bot, [...BOT_SCOPES]);
  assert.ok(manifest.display_information.name.length <= 35);
  assert.ok(manifest.display_information.description.length <= 140);
  assert.match(manifest.features.bot_user.display_name, /^[a-z0-9._-]{1,80}$/);
});

test("a public URL that Slack could not reach safely is refused", () => {
  for (const url of [
    "http://hallpass.example.com",
    "hallpass.example.com",
    "",
    "https://x.example/?a=1",
    "ftp://x",
  ]) {
    assert.throws(() => slackManifest(url), /must look like/, url);
  }
});
