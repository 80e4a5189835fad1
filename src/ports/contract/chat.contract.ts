import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { SlackUserId } from "../../core/ids.ts";
import type { Instant } from "../../core/time.ts";
import type { Chat, MessageRef, RequestCard } from "../chat.ts";
import { MessageGone, TerminalError } from "../errors.ts";
import { askOf, requestIn } from "./store/fixtures.ts";

/** A `Chat` and the workspace behind it. Tests share one; each uses keys and messages of its own. */
export interface ChatHarness {
  readonly chat: Chat;
  /** The workspace's own time. */
  readonly now: () => Instant;
  /** A member of the IT channel whom Slack finds by `email`, and another one. */
  readonly person: SlackUserId;
  readonly email: string;
  readonly otherPerson: SlackUserId;
  /** Somebody whom Slack does not know. */
  readonly stranger: SlackUserId;
  /** What the messages of a thread say now, its root first; blocks as JSON. */
  readonly readThread: (ref: MessageRef) => Promise<readonly string[]>;
  /** The contents of the files in a thread. */
  readonly readFiles: (ref: MessageRef) => Promise<readonly string[]>;
  /** What was said to one person directly. */
  readonly readDirects: (userId: SlackUserId) => Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

/** The rules that every `Chat` keeps. */
export function chatContract(name: string, makeHarness: () => Promise<ChatHarness>): void {
  describe(`${name} keeps the chat contract`, () => {
    let harness: ChatHarness | undefined;
    before(async () => {
      harness = await makeHarness();
    });
    after(() => harness?.close());
    const rule = (text: string, check: (made: ChatHarness) => Promise<void>): void => {
      test(text, () => check(harness ?? assert.fail("the workspace did not start")));
    };
    cardRules(rule);
    threadRules(rule);
    personRules(rule);
  });
}

type DeclareRule = (text: string, check: (harness: ChatHarness) => Promise<void>) => void;

let lastNumber = 0;

/** A card and a key that no other test uses. */
function freshCard(status: "pending" | "denied" = "pending"): { card: RequestCard; key: string } {
  lastNumber += 1;
  const request = requestIn(status, askOf(lastNumber));
  const actions = status === "pending" ? ([{ action: "deny" }] as const) : [];
  return { card: { request, actions, timeline: [] }, key: `${request.ask.requestId}:card` };
}

function cardRules(rule: DeclareRule): void {
  rule("L7 a root message is found by its key and by no other", async ({ chat, now }) => {
    const since = now();
    const first = freshCard();
    const second = freshCard();
    const firstRef = await chat.postCard(first.card, first.key);
    const secondRef = await chat.postCard(second.card, second.key);
    assert.notEqual(firstRef.ts, secondRef.ts);
    assert.deepEqual(await chat.findCard(first.key, since), firstRef);
    assert.deepEqual(await chat.findCard(second.key, since), secondRef);
    assert.equal(await chat.findCard(`${first.key}x`, since), undefined);
  });

  rule("L14 an update replaces what the root message says and takes its buttons away", async (harness) => {
    const { chat, readThread } = harness;
    const { card, key } = freshCard();
    const ref = await chat.postCard(card, key);
    const [before = ""] = await readThread(ref);
    assert.match(before, /hallpass_deny/);
    await chat.updateCard(ref, freshCard("denied").card);
    const [now = ""] = await readThread(ref);
    assert.match(now, /Denied/);
    assert.doesNotMatch(now, /hallpass_deny/);
  });

  rule("L14 a message that is not there cannot be updated, and is said to be gone", async ({ chat }) => {
    const { card, key } = freshCard();
    const ref = await chat.postCard(card, key);
    await assert.rejects(chat.updateCard({ ...ref, ts: "1000000000.000001" }, card), MessageGone);
  });

  rule("warnings and enrolment questions are messages of their own", async ({ chat, now, readThread }) => {
    lastNumber += 1;
    const [ask, warning] = [`mac:${lastNumber}:ask`, `mac:${lastNumber}:warn`];
    const since = now();
    await chat.askReEnrollment({ serial: "C02HALLPASS1", askedAt: now() }, ask);
    await chat.warnChannel({ serial: "C02HALLPASS1", kind: "drift", items: ["<!channel> sshd"] }, warning);
    const asked = await chat.findCard(ask, since);
    const warned = await chat.findCard(warning, since);
    assert.ok(asked && warned);
    assert.match((await readThread(asked))[0] ?? "", /hallpass_allow_re_enrollment/);
    assert.match((await readThread(warned))[0] ?? "", /sshd/);
  });
}

function threadRules(rule: DeclareRule): void {
  rule(
    "L7 thread posts come in order and are found by their keys, in their own thread only",
    async (harness) => {
      const { chat, readThread } = harness;
      const mine = freshCard();
      const other = freshCard();
      const ref = await chat.postCard(mine.card, mine.key);
      const otherRef = await chat.postCard(other.card, other.key);
      const key = `${mine.key}:a`;
      assert.equal(await chat.isInThread(ref, key), false);
      await chat.postThread(ref, { note: "lapsed" }, key);
      await chat.postThread(ref, { note: "heartbeat_returned" }, `${mine.key}:b`);
      assert.equal(await chat.isInThread(ref, key), true);
      assert.equal(await chat.isInThread(ref, `${mine.key}:c`), false);
      assert.equal(await chat.isInThread(otherRef, key), false);
      const posts = await readThread(ref);
      assert.equal(posts.length, 3);
      assert.match(posts[1] ?? "", /lapsed/);
      assert.match(posts[2] ?? "", /heard from again/);
    },
  );

  rule("W20 L8 a log arrives in the thread as a file, whole, and is found by its key", async (harness) => {
    const { chat, readFiles } = harness;
    const { card, key } = freshCard();
    const ref = await chat.postCard(card, key);
    const text = "09:00:01 /usr/bin/id <!channel> & `x`\n```\n09:00:02 /bin/echo Zürich 🧪 ```\n";
    const upload = { filename: "sudo-log.txt", text, lines: 2, hash: "a".repeat(64), late: false };
    assert.equal(await chat.isInThread(ref, `${key}:log`), false);
    await chat.uploadLog(ref, upload, `${key}:log`);
    assert.equal(await chat.isInThread(ref, `${key}:log`), true);
    assert.equal(await chat.isInThread(ref, `${key}:lo`), false);
    assert.deepEqual(await readFiles(ref), [text]);
  });

  rule("L8 a session without commands has a log file too", async ({ chat, readFiles }) => {
    const { card, key } = freshCard();
    const ref = await chat.postCard(card, key);
    const upload = { filename: "sudo-log.txt", text: "", lines: 0, hash: "0".repeat(64), late: true };
    await chat.uploadLog(ref, upload, `${key}:log`);
    assert.match((await readFiles(ref))[0] ?? "", /No commands/);
  });
}

function personRules(rule: DeclareRule): void {
  rule("L7 a direct message reaches one person and is found by its key", async (harness) => {
    const { chat, now, person, otherPerson, readDirects } = harness;
    const since = now();
    const { card, key } = freshCard();
    const { requestId } = card.request.ask;
    const note = { note: "warning", endsAt: now() } as const;
    await chat.sendDirect(person, note, `${key}:dm`, requestId);
    assert.equal(await chat.wasSentDirect(person, `${key}:dm`, since), true);
    assert.equal(await chat.wasSentDirect(person, `${key}:dmx`, since), false);
    assert.equal(await chat.wasSentDirect(otherPerson, `${key}:dm`, since), false);
    const last = (await readDirects(person)).at(-1) ?? "";
    assert.match(last, /hallpass_done/);
    assert.ok(last.includes(requestId), "the button names its request");
  });

  rule("people are found by e-mail, or not at all", async ({ chat, person, email }) => {
    assert.equal(await chat.findUserByEmail(email), person);
    assert.equal(await chat.findUserByEmail("nobody@nowhere.test"), undefined);
  });

  rule("what is shown privately is shown to members of the channel, and nowhere else", async (harness) => {
    const { chat, person, stranger, readThread } = harness;
    const { card, key } = freshCard();
    const ref = await chat.postCard(card, key);
    await chat.showPrivately(ref, person, "Unlock PIN: 123456");
    assert.doesNotMatch((await readThread(ref)).join("\n"), /123456/);
    await assert.rejects(chat.showPrivately(ref, stranger, "Unlock PIN: 123456"), TerminalError);
  });

  rule("a stranger gets no direct message, and a made-up click opens no dialog", async (harness) => {
    const { chat, stranger } = harness;
    const { card, key } = freshCard();
    const { requestId } = card.request.ask;
    await assert.rejects(
      chat.sendDirect(stranger, { note: "lapsed" }, `${key}:dm`, requestId),
      TerminalError,
    );
    await assert.rejects(
      chat.openDenyDialog("1.2.made-up", requestId, "https://hooks.slack.com/x"),
      TerminalError,
    );
  });

  rule("L9 a private answer goes nowhere but to Slack", async ({ chat }) => {
    const elsewhere = [
      "https://evil.test/actions/1",
      "http://hooks.slack.com/actions/1",
      "https://hooks.slack.com.evil.test/1",
      "https://user@hooks.slack.com/1",
      "https://:pw@hooks.slack.com/1",
      "https://hooks.slack.com:8443/1",
      "file:///etc/passwd",
      "not a url",
    ];
    for (const url of elsewhere) {
      await assert.rejects(chat.answerPrivately(url, { text: "secret" }), TerminalError, url);
    }
  });
}
