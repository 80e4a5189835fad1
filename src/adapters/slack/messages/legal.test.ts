import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import type { DirectNote, ThreadNote } from "../../../core/effects.ts";
import { anyCard, anyRequest, words } from "../../../world/slack/arbitrary-requests.ts";
import { assertLegalMessage, assertLegalView } from "../block-kit.ts";
import { cardMessage } from "./card.ts";
import { denyModal } from "./deny-modal.ts";
import { directMessage } from "./direct.ts";
import {
  channelWarningMessage,
  logUploadComment,
  plainMessage,
  privateAnswerMessage,
  reEnrollmentMessage,
} from "./notices.ts";
import { statusMessage } from "./status.ts";
import { threadMessage } from "./thread.ts";
import { DOUBT_WORDS, SHORT_DOUBT_WORDS } from "./words.ts";

const REQUEST_ID = "0f9a3b52-6f0e-4c0e-9e0a-2f6f0d7c1a11";
const runs = { numRuns: 200 };

test("L10 whatever is asked by whomever, its card is a legal message with no markup of theirs", () => {
  fc.assert(
    fc.property(anyCard, (card) => assertLegalMessage(cardMessage(card))),
    runs,
  );
});

test("L14 a card has exactly the buttons it is given, in their order", () => {
  fc.assert(
    fc.property(anyCard, (card) => {
      const shown = cardMessage(card).blocks.flatMap((block) =>
        block.type === "actions"
          ? block.elements.map((element) => ("action_id" in element ? element.action_id : ""))
          : [],
      );
      const wanted = card.actions.map((action) =>
        action.action === "approve" ? `hallpass_approve_${action.minutes}` : `hallpass_${action.action}`,
      );
      assert.deepEqual(shown, wanted);
    }),
    runs,
  );
});

test("L14 the same card makes the same message", () => {
  fc.assert(
    fc.property(anyCard, (card) => assert.deepEqual(cardMessage(card), cardMessage(structuredClone(card)))),
  );
});

test("L11 every doubt about who asks is in the card in full and in the question of every Approve button", () => {
  fc.assert(
    fc.property(anyCard, (card) => {
      const { identity } = card.request;
      const doubts = identity.state === "resolved" ? identity.doubts : [];
      const message = cardMessage(card);
      const shown = JSON.stringify(message.blocks);
      for (const doubt of doubts) assert.ok(shown.includes(JSON.stringify(DOUBT_WORDS[doubt]).slice(1, -1)));
      for (const block of message.blocks) {
        if (block.type !== "actions") continue;
        for (const element of block.elements) {
          if (element.type !== "button" || element.action_id?.startsWith("hallpass_approve_") !== true)
            continue;
          for (const doubt of doubts)
            assert.ok(element.confirm?.text.text.includes(SHORT_DOUBT_WORDS[doubt]));
        }
      }
    }),
    runs,
  );
});

test("whatever /admin-status has to show is a legal message", () => {
  const view = fc.oneof(
    fc.record({ open: fc.array(anyRequest, { maxLength: 80 }) }),
    fc.record({ open: fc.constant([]), problem: words }),
    anyCard.map(({ request, timeline }) => ({ open: [], detail: { request, timeline } })),
  );
  fc.assert(
    fc.property(view, (shown) => assertLegalMessage(statusMessage(shown))),
    { numRuns: 150 },
  );
});

const at = fc.constantFrom(1_790_000_000_000, 0, NaN);
const by = fc.constantFrom(
  { kind: "slack", userId: "U0IVO" } as const,
  { kind: "slack", userId: "<!here>" } as const,
  { kind: "mac", serial: "S" } as const,
  { kind: "policy", rule: "off_hours", onCallUserId: "U0IVO" } as const,
  { kind: "system", part: "timer" } as const,
);
const items = fc.array(words, { maxLength: 30 });

test("every thread note, whatever its words, is a legal message", () => {
  const note: fc.Arbitrary<ThreadNote> = fc.oneof(
    fc.record({ note: fc.constant("denied" as const), by, reason: words }),
    fc.record({
      note: fc.constant("approved" as const),
      by,
      minutes: fc.constant(5 as const),
      askedMinutes: fc.constant(30 as const),
    }),
    fc.record({ note: fc.constant("auto_approval_declined" as const), why: words }),
    fc.record({ note: fc.constant("signal_failed" as const), why: words }),
    fc.record({ note: fc.constant("nudge" as const), count: fc.nat(), waitingSince: at }),
    fc.record({
      note: fc.constant("started" as const),
      endsAt: at,
      minutes: fc.constant(15 as const),
      clockSkewSeconds: fc.integer(),
    }),
    fc.record({ note: fc.constant("log_contradiction" as const), seq: fc.nat(), what: words }),
    fc.record({
      note: fc.constant("report" as const),
      kind: fc.oneof(words, fc.constant("toString")),
      items,
    }),
    fc.record({ note: fc.constant("refused_device_call" as const), call: words, why: words }),
    fc.record({ note: fc.constant("effect_failed" as const), what: words, why: words }),
    fc.record({ note: fc.constant("effect_recovered" as const), what: words }),
  );
  fc.assert(
    fc.property(note, (value) => assertLegalMessage(threadMessage(value))),
    runs,
  );
});

test("every direct note, whatever its words, is a legal message", () => {
  const note: fc.Arbitrary<DirectNote> = fc.oneof(
    fc.record({ note: fc.constant("denied" as const), reason: words }),
    fc.record({ note: fc.constantFrom("elevated" as const, "warning" as const), endsAt: at }),
    fc.record({
      note: fc.constant("on_call_approved" as const),
      username: words,
      hostname: words,
      minutes: fc.constant(5 as const),
      reason: words,
    }),
  );
  fc.assert(
    fc.property(note, (value) => assertLegalMessage(directMessage(value, REQUEST_ID))),
    runs,
  );
});

test("warnings, enrolment questions, private answers and the deny dialog are legal whatever they say", () => {
  fc.assert(
    fc.property(words, words, items, by, (one, two, many, decidedBy) => {
      assertLegalMessage(plainMessage(one));
      assertLegalMessage(privateAnswerMessage({ text: one, decidedBy }));
      assertLegalMessage(channelWarningMessage({ serial: one, kind: two, items: many }));
      assertLegalMessage(reEnrollmentMessage({ serial: one.slice(0, 100) || "S", askedAt: NaN }));
      assertLegalView(denyModal(REQUEST_ID, one));
    }),
    runs,
  );
});

test("L10 the words beside a log file hold no markup but their own", () => {
  fc.assert(
    fc.property(words, words, (hash, key) => {
      const comment = logUploadComment({ filename: "f", text: "", lines: 1, hash, late: true }, key);
      assert.doesNotMatch(comment, /[<>]/);
      assert.equal(comment.split("\n").length, 3);
    }),
  );
});
