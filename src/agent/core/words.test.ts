import assert from "node:assert/strict";
import test from "node:test";
import type { EndReason } from "./calls.ts";
import { endSentence, minutesText } from "./words.ts";

test("a person reads in plain words why a session ended", () => {
  const sentences: Readonly<Record<EndReason, string>> = {
    expired: "Your time is over.",
    revoked: "IT ended your session.",
    locked: "IT ended your session and is locking this Mac.",
    network_loss: "The network or the service could not be reached.",
    ended_by_user: "You ended your session.",
    tampered: "Something on this Mac was changed that must stay as it is during a session.",
    device_error: "There was a problem on this Mac.",
  };
  for (const [reason, sentence] of Object.entries(sentences))
    assert.equal(endSentence(reason as EndReason), sentence);
});

test("one minute is one, all others are many", () => {
  assert.deepEqual([1, 5, 30].map(minutesText), ["1 minute", "5 minutes", "30 minutes"]);
});
