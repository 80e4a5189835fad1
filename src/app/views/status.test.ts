import assert from "node:assert/strict";
import { test } from "node:test";
import { END_REASONS } from "../../core/request.ts";
import { lifeIn, requestIn } from "../../core/test-kit.ts";
import { statusOf } from "./status.ts";

test("W58 each way of ending is told on the Mac in words of its own; only a revoke and a lock are IT's doing", () => {
  const life = lifeIn("ending");
  const request = requestIn(life, "ending");
  const messageFor = (reason: (typeof END_REASONS)[number]) =>
    statusOf({ version: 1, request: { ...request, ending: { ...request.ending, reason } } }, life.now)
      .message;
  const messages = END_REASONS.map(messageFor);
  assert.equal(new Set(messages).size, END_REASONS.length, messages.join("\n"));
  const blamesIt = END_REASONS.filter((reason) => /\bIT\b/.test(messageFor(reason)));
  assert.deepEqual(blamesIt, ["revoked", "locked"]);
  assert.match(messageFor("expired"), /time .* is over/);
  assert.match(messageFor("ended_by_user"), /You ended/);
});
