import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogFields } from "../../ports/log.ts";
import { createSystemIds } from "./ids.ts";
import { createJsonLog } from "./log.ts";

function logged(message: string, fields?: LogFields, secrets: readonly string[] = []): string {
  let text = "";
  const log = createJsonLog({
    write: (line) => (text += line),
    clock: { now: () => 1_790_000_000_123 },
    secrets,
  });
  log.warn(message, fields);
  return text;
}

test("a log line is one JSON object with time, level, message and fields", () => {
  const text = logged("commit failed", { writes: 3, isLast: true, why: 'a\nb \u2028 "c"', none: undefined });
  assert.equal(text.indexOf("\n"), text.length - 1);
  assert.deepEqual(JSON.parse(text), {
    time: "2026-09-21T14:13:20.123Z",
    level: "warn",
    message: "commit failed",
    writes: 3,
    isLast: true,
    why: 'a\nb \u2028 "c"',
  });
});

test("each level says its name", () => {
  const levels: unknown[] = [];
  const write = (line: string) => void levels.push((JSON.parse(line) as { level: string }).level);
  const log = createJsonLog({ write, clock: { now: () => 0 } });
  log.info("a");
  log.warn("b");
  log.error("c");
  assert.deepEqual(levels, ["info", "warn", "error"]);
});

test("a field cannot pass itself off as the time, the level or the message", () => {
  const line = JSON.parse(logged("true", { time: "never", level: "info", message: "false" })) as object;
  assert.deepEqual(line, {
    time: "2026-09-21T14:13:20.123Z",
    level: "warn",
    message: "true",
    time_: "never",
    level_: "info",
    message_: "false",
  });
});

// Put together here, so that no scanner takes this file for a leak.
const slackToken = ["xoxb", "1234567890", "AbCdEfGhIjKl"].join("-");
const rotated = ["xoxe.xoxb", "1", "AbCdEfGhIjKl"].join("-");
const deviceKey = createSystemIds().secret();

const LEAKS: readonly (readonly [string, string])[] = [
  ["a Slack token", slackToken],
  ["a rotated Slack token", rotated],
  ["a Slack app token", ["xapp", "1", "A012", "abc"].join("-")],
  ["a response URL", "hooks.slack.com/actions/T0/123/abcDEF"],
  ["a bearer token", "Bearer abc.def-123"],
  ["an API key header", "x-api-key: 0123456789abcdef"],
  ["a header in JSON", '"x-enrollment-token":"letmein-please"'],
  ["one of our keys", deviceKey],
];
for (const [what, leak] of LEAKS) {
  test(`L12 ${what} never reaches the log, in a message or in a field`, () => {
    const secretPart =
      leak
        .split(/[ :/]+/)
        .at(-1)
        ?.replaceAll('"', "") ?? leak;
    for (const text of [
      logged(`call failed (${leak}) again`),
      logged("call failed", { why: `got ${leak}, sorry` }),
    ]) {
      assert.ok(!text.includes(secretPart), text);
      assert.match(text, /\[redacted\]/);
      assert.match(text, /call failed/);
    }
  });
}

test("W30 L12 a configured secret never reaches the log, whatever it looks like", () => {
  const text = logged("denied: hunter2", { why: "hunter2 and hunter2" }, ["hunter2", ""]);
  assert.ok(!text.includes("hunter2"));
  assert.match(text, /"message":"denied: \[redacted\]"/);
});

test("L12 the value of a field with a secret's name never reaches the log", () => {
  for (const name of [
    "botToken",
    "signing_secret",
    "apiKey",
    "api-key",
    "Authorization",
    "password",
    "pin",
  ]) {
    assert.ok(!logged("started", { [name]: "plain words" }).includes("plain words"), name);
  }
  assert.ok(!logged("locked", { pin: 482913 }).includes("482913"));
});

test("what is no secret stays readable", () => {
  const fields = {
    requestId: "0f0e0d0c-0000-4000-8000-000000000001",
    key: "closed-0f0e0d0c-0000-4000-8000-000000000001",
    hash: "ab".repeat(32),
    url: "https://slack.com/api/chat.postMessage",
    spinning: "yes",
    attempts: 2,
  };
  assert.doesNotMatch(logged("effect failed, trying again", fields), /redacted/);
});
