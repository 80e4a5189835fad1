import assert from "node:assert/strict";
import { test } from "node:test";
import { createVirtualClock } from "../clock.ts";
import { createCaptions } from "./captions.ts";

const line = (what: string) => ({ at: 0, who: "Anna", what });

test("each line stays long enough to be read, however fast the next ones come", async () => {
  const clock = createVirtualClock(0);
  const captions = createCaptions(clock);
  assert.equal(captions.current(), undefined);
  for (const what of ["one", "two"]) captions.add(line(what));
  assert.equal(captions.current()?.what, "one");
  await clock.advance(600);
  assert.equal(captions.current()?.what, "one");
  await clock.advance(100);
  assert.equal(captions.current()?.what, "two");
  await clock.advance(60_000);
  assert.equal(captions.current()?.what, "two", "the last one stays");
});

test("when the story runs away, old lines are left out and the newest are shown", async () => {
  const clock = createVirtualClock(0);
  const captions = createCaptions(clock);
  for (let count = 1; count <= 10; count += 1) captions.add(line(String(count)));
  const seen: (string | undefined)[] = [];
  for (let looks = 0; looks < 4; looks += 1) {
    seen.push(captions.current()?.what);
    await clock.advance(700);
  }
  assert.deepEqual(seen, ["9", "10", "10", "10"]);
});
