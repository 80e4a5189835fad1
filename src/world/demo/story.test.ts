import assert from "node:assert/strict";
import { test } from "node:test";
import { stripVTControlCharacters } from "node:util";
import { LIFECYCLE } from "../../core/lifecycle.ts";
import type { Actor } from "../../core/request.ts";
import { samplePending } from "../page/samples.ts";
import { actorWords, auditWords, type AuditWording } from "./audit-words.ts";
import type { StoryLine } from "./snapshot.ts";
import { createNarrator } from "./story.ts";
import { storyText } from "./terminal-text.ts";

const AT = Date.UTC(2026, 10, 23, 10, 0, 0);
const wording: AuditWording = {
  nameOf: (id) => (id === "U0BEN" ? "Ben" : id),
  macOf: () => "Anna’s Mac",
  time: (at) => new Date(at).toISOString().slice(11, 16),
};
const ben: Actor = { kind: "slack", userId: "U0BEN" };
const mac: Actor = { kind: "mac", serial: "C02XK1ABJG5H" };

function tell(type: string, data: object, actor: Actor): StoryLine | undefined {
  const lines: StoryLine[] = [];
  const narrator = createNarrator(wording, (line) => lines.push(line));
  narrator.onAudit({ at: AT, actor, type, commandId: "c", data });
  return lines[0];
}

test("every event of the lifecycle has words of its own in the audit trail", () => {
  const types = new Set(Object.values(LIFECYCLE).flatMap((row) => Object.keys(row)));
  assert.ok(types.size > 20);
  const { ask } = samplePending();
  for (const type of types) {
    const data = {
      type,
      ask,
      approval: { minutes: 10 },
      identity: { requesterSlackIds: ["U0ANNA"], doubts: [] },
      reason: "expired",
      endsAt: AT,
      what: "posting the card",
      why: "Slack was away",
      items: [],
      kind: "exit",
      count: 2,
      seq: 3,
      lines: 4,
      granted: true,
    };
    const words = auditWords({ type, data }, wording);
    assert.ok(words.length > 3 && !words.includes("undefined") && !words.includes("_"), `${type}: ${words}`);
  }
});

test("who did it is named as people know them", () => {
  assert.deepEqual(
    [ben, mac, { kind: "system", part: "timer" } as const].map((actor) => actorWords(actor, wording)),
    ["Ben", "Anna’s Mac", "Hallpass"],
  );
});

test("the story tells the turns, with who and what", () => {
  const { ask } = samplePending();
  assert.deepEqual(tell("requested", { type: "requested", ask }, mac), {
    at: AT,
    who: "Anna",
    what: "asks for 15 minutes on Anna’s MacBook Pro: “Install the new VPN client”",
  });
  assert.equal(
    tell("approved", { type: "approved", approval: { minutes: 10 } }, ben)?.what,
    "approves 10 minutes",
  );
  assert.equal(
    tell("refused", { what: "approve", message: "You are not on the list." }, ben)?.what,
    "is refused: You are not on the list.",
  );
  assert.equal(tell("baseline", {}, mac), undefined, "the wheels behind a turn are not told");
});

test("L10 nothing that people wrote moves the cursor or colours the terminal", () => {
  const line = { at: AT, who: "Anna", what: "asks: “\u001b[31mred\u001b]0;title\u0007\r\nnew line”" };
  const text = storyText(line, { columns: 200, hasStyles: true, time: wording.time });
  assert.doesNotMatch(stripVTControlCharacters(text), /[\u0000-\u001f]/);
  assert.equal(text.split("\u001b").length, 5, "only our own two styles, each begun and ended");
});

test("long lines go on below their beginning, within the width", () => {
  const line = { at: AT, who: "Hallpass", what: "word ".repeat(60).trim() };
  const rows = storyText(line, { columns: 80, hasStyles: false, time: wording.time }).split("\n");
  assert.ok(rows.length > 3);
  assert.ok(rows.every((row) => row.length <= 80));
  const [first = "", ...others] = rows;
  const column = first.indexOf("word");
  for (const row of others) assert.equal(row.search(/\S/), column);
});
