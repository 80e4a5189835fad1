import assert from "node:assert/strict";
import { test } from "node:test";
import {
  type AccessRequest,
  END_REASONS,
  type EndedRequest,
  type EndReason,
  type Proof,
} from "../../../core/request.ts";
import { MINUTE_MS } from "../../../core/time.ts";
import { APPROVER, START, askOf, requestIn } from "../../../ports/contract/store/fixtures.ts";
import { SESSION_MINUTES } from "../../../core/time.ts";
import { renderBlocks } from "../../../world/slack/plain-text.ts";
import type { SlackMessage } from "../block-kit.ts";
import { cardMessage } from "./card.ts";
import { directMessage } from "./direct.ts";
import { statusMessage } from "./status.ts";
import { threadMessage } from "./thread.ts";

const ask = askOf(1, { hostname: "Anna’s MacBook Pro", reason: "Update the font cache", requestedAt: START });

function textOf(message: SlackMessage): string {
  const wording = {
    userName: (userId: string) => userId,
    time: (seconds: number, format: string, fallback: string) =>
      `${seconds - START / 1000}s(${format}|${fallback})`,
  };
  return renderBlocks(message.blocks, wording).join("\n");
}

function cardText(request: AccessRequest): string {
  return textOf(cardMessage({ request, actions: [], timeline: [] }));
}

function endedWith(proof: Proof): EndedRequest {
  const request = requestIn("ended", ask);
  return request.status === "ended" ? { ...request, proof } : assert.fail();
}

test("a pending card says who, which Mac, what for and why, and offers each length", () => {
  const request = requestIn("pending", ask);
  const actions = [
    ...SESSION_MINUTES.map((minutes) => ({ action: "approve", minutes, asked: minutes === 15 }) as const),
    { action: "deny" } as const,
  ];
  const resolved = {
    ...request,
    identity: { state: "resolved", requesterSlackIds: ["U0ANNA"], directMessageTo: "U0ANNA", doubts: [] },
  } as const;
  assert.equal(
    textOf(cardMessage({ request: resolved, actions, timeline: [] })),
    `# Admin rights for 15 minutes?
@U0ANNA (\`anna\`) on \`Anna’s MacBook Pro\`
  *Asked for*: 15 minutes
  *What for*: Find a fault
  *Serial*: C02HALLPASS1
  *Asked at*: 0s({date_short_pretty} {time}|2026-09-21 14:13 UTC)
  *Reason*
| Update the font cache
  Request 00000001
[Approve 5 min] [Approve 10 min] [Approve 15 min*] [Approve 30 min] [Deny…!]
  ? Approve 5 min: Approve 5 minutes? anna on Anna’s MacBook Pro gets admin rights for 5 minutes. Asked for: 15 minutes.
  ? Approve 10 min: Approve 10 minutes? anna on Anna’s MacBook Pro gets admin rights for 10 minutes. Asked for: 15 minutes.
  ? Approve 15 min: Approve 15 minutes? anna on Anna’s MacBook Pro gets admin rights for 15 minutes.
  ? Approve 30 min: Approve 30 minutes? anna on Anna’s MacBook Pro gets admin rights for 30 minutes. Asked for: 15 minutes.`,
  );
});

test("L11 a card with doubts says what the Mac claimed and what Iru knows", () => {
  const text = cardText({
    ...requestIn("pending", { ...ask, email: "anna@acme.test" }),
    identity: {
      state: "resolved",
      ownerEmail: "bob@acme.test",
      requesterSlackIds: ["U0ANNA", "U0BOB"],
      directMessageTo: "U0ANNA",
      doubts: ["owner_differs"],
    },
  });
  assert.match(text, /\*Check who this is before you decide\.\*/);
  assert.match(text, /two different people/);
  assert.match(text, /E-mail the Mac gave: `anna@acme.test`. Iru's owner: `bob@acme.test`\./);
});

test("L5 the rights are said to be gone, not confirmed or still there: never one for another", () => {
  const at = START + 60_000;
  const gone = cardText(endedWith({ state: "removed", at, removedAt: at, granted: true }));
  const never = cardText(endedWith({ state: "removed", at, removedAt: at, granted: false }));
  const silent = cardText(endedWith({ state: "awaited" }));
  const unverified = cardText(endedWith({ state: "not_confirmed", at }));
  const closed = cardText(endedWith({ state: "closed_unverified", at, by: APPROVER }));
  const wiped = cardText(endedWith({ state: "re_enrolled", at }));
  const still = cardText(endedWith({ state: "still_admin", at }));
  assert.match(gone, /Rights:\* removed, verified on the Mac/);
  assert.match(never, /never given, verified on the Mac/);
  assert.match(silent, /waiting for the Mac's proof/);
  for (const text of [unverified, closed, wiped]) assert.match(text, /Rights:\* \*not confirmed\.\*/);
  assert.match(still, /STILL ADMIN\*, read on the Mac itself/);
  for (const text of [silent, unverified, closed, wiped, still])
    assert.doesNotMatch(text, /removed, verified|never given/);
  for (const text of [gone, never, silent, unverified, closed, wiped])
    assert.doesNotMatch(text, /STILL ADMIN/);
});

test("an active card has the end time in the reader's own zone, and in UTC for those who cannot", () => {
  const request = requestIn("active", ask);
  if (request.status !== "active") assert.fail();
  const endsAt = START + 15 * MINUTE_MS;
  const text = cardText({ ...request, grant: { startedAt: START, endsAt, warned: false } });
  assert.match(text, /\*Admin until 900s\(\{time\}\|14:28 UTC\)\*/);
});

test("L8 the log is said to be stored, late, on its way or MISSING", () => {
  const logged = (log: EndedRequest["log"]) => cardText({ ...endedWith({ state: "awaited" }), log });
  const collected = { state: "collected", at: START, chunks: 1, hash: "h" } as const;
  assert.match(logged({ ...collected, lines: 1, late: false }), /stored, 1 line;/);
  assert.match(logged({ ...collected, lines: 2, late: true }), /stored, 2 lines, late;/);
  assert.match(logged({ state: "streaming", since: START }), /arriving/);
  assert.match(logged({ state: "missing", at: START }), /\*MISSING\*/);
});

test("a card that is over shows its history; what does not fit is counted", () => {
  const line = (index: number) => ({
    at: START + index * 1000,
    what: `Step ${index} ${"x".repeat(190)}`,
    bySlackUserId: "U0IVO",
  });
  const request = requestIn("denied", ask);
  const few = cardMessage({ request, actions: [], timeline: [line(0), line(1)] });
  assert.match(textOf(few), /\*Timeline\*\n0s\(\{time_secs\}\|14:13:20 UTC\)  Step 0 x+, @U0IVO\n1s/);
  const many = textOf(
    cardMessage({ request, actions: [], timeline: Array.from({ length: 60 }, (_, index) => line(index)) }),
  );
  const shown = many.match(/Step \d+/g)?.length ?? 0;
  assert.ok(shown >= 8 && many.includes(`and ${60 - shown} more lines`), many);
});

test("L10 a reason keeps its lines and marks and can do nothing with them", () => {
  const reason = "<!channel> *urgent*\n<https://evil.test|Approve>";
  const message = cardMessage({
    request: requestIn("pending", { ...ask, reason }),
    actions: [],
    timeline: [],
  });
  const block = message.blocks.find(
    (candidate) => candidate.type === "section" && candidate.text?.type === "plain_text",
  );
  assert.deepEqual(block, { type: "section", text: { type: "plain_text", text: reason, emoji: false } });
  assert.match(message.text, /&lt;!channel&gt; ∗urgent∗ &lt;https/);
});

test("the requester is told only what is so, and can say that they are done while rights are in force", () => {
  const id = ask.requestId;
  const elevated = textOf(directMessage({ note: "elevated", endsAt: START }, id));
  assert.match(elevated, /You are an admin until 0s/);
  assert.match(elevated, /\[I'm done\]/);
  assert.match(textOf(directMessage({ note: "warning", endsAt: START }, id)), /\[I'm done\]/);
  const closed = (logState: "collected" | "missing" | "none") =>
    textOf(directMessage({ note: "closed", reason: "expired", logState, endedAt: START }, id));
  assert.match(closed("collected"), /log is stored/);
  assert.match(closed("missing"), /has not arrived/);
  assert.doesNotMatch(closed("none"), /log/);
  assert.doesNotMatch(closed("collected"), /I'm done/);
  const approved = (askedMinutes: 5 | 15) =>
    textOf(directMessage({ note: "approved", minutes: 15, askedMinutes }, id));
  assert.match(approved(5), /15 minutes\* \(you asked for 5\)/);
  assert.doesNotMatch(approved(15), /you asked for/);
  assert.match(textOf(directMessage({ note: "denied", reason: "Use *brew*" }, id)), /\| Use \*brew\*/);
});

test("W58 each way of ending is told in Slack in words of its own; only a revoke and a lock are IT's doing", () => {
  const wordsFor = (reason: EndReason) =>
    textOf(directMessage({ note: "closed", reason, logState: "none", endedAt: START }, ask.requestId));
  const words = END_REASONS.map(wordsFor);
  assert.equal(new Set(words).size, END_REASONS.length, words.join("\n"));
  const blamesIt = END_REASONS.filter((reason) => /\bIT\b/.test(wordsFor(reason)));
  assert.deepEqual(blamesIt, ["revoked", "locked"]);
});

test("W60 the thread names who decided", () => {
  const thread = (note: Parameters<typeof threadMessage>[0]) => textOf(threadMessage(note));
  assert.equal(
    thread({ note: "approved", by: APPROVER, minutes: 15, askedMinutes: 30 }),
    "Approved for *15 minutes* (asked for 30) by @U0APPROVER.",
  );
  const onCall = { kind: "policy", rule: "off_hours", onCallUserId: "U0IVO" } as const;
  assert.match(
    thread({ note: "approved", by: onCall, minutes: 5, askedMinutes: 5 }),
    /off-hours rule \(on call: @U0IVO\)/,
  );
  assert.match(thread({ note: "cancelled", by: { kind: "mac", serial: "S" } }), /by the user, on the Mac/);
  assert.match(thread({ note: "removed", removedAt: START, granted: true }), /\*verified on the Mac\*/);
  assert.match(thread({ note: "deadline_alarm", endsAt: START }), /Silence says nothing either way/);
  const report = thread({
    note: "report",
    kind: "tampered",
    items: ["one\ntwo", ...Array<string>(13).fill("more".repeat(70))],
  });
  assert.match(report, /Signs of tampering/);
  assert.match(report, /- one two\n/);
  assert.match(report, /and 3 more/);
  const paths = Array.from(
    { length: 40 },
    (_, index) => `added: LaunchAgents: /Library/LaunchAgents/${index}`,
  );
  const short = thread({ note: "report", kind: "exit", items: paths });
  for (const path of paths) assert.ok(short.includes(path), "short ones are all shown");
});

test("/admin-status lists what is open, and says so when nothing is", () => {
  assert.match(textOf(statusMessage({ open: [] })), /Nobody has admin rights/);
  const many = statusMessage({
    open: Array.from({ length: 41 }, (_, index) => requestIn("pending", askOf(index))),
  });
  assert.match(textOf(many), /# Open now: 41/);
  assert.match(textOf(many), /And 1 more\. \/admin-status followed by an id/);
  const open = Array.from({ length: 50 }, (_, index) => requestIn("pending", askOf(index)));
  assert.match(
    textOf(statusMessage({ open, isCut: true })),
    /# Open now: more than 50[^]*And more than 10 more/,
  );
  const one = textOf(statusMessage({ open: [requestIn("active", ask)] }));
  assert.match(one, /Admin now/);
  assert.match(one, /00000001: admin until/);
  assert.match(
    textOf(statusMessage({ open: [], problem: "You may not <use> this." })),
    /\| You may not <use> this\./,
  );
});
