import assert from "node:assert/strict";
import { test } from "node:test";
import { HOUR_MS, SECOND_MS } from "../../core/time.ts";
import { createVirtualClock } from "../../world/clock.ts";
import { createSystemClock } from "../system/clock.ts";
import { limitedFetch, TimeLimitError } from "./limited-fetch.ts";

const LIMIT_MS = 10 * SECOND_MS;
const MEBIBYTE = 1024 * 1024;
const silence = () => new Promise<Response>(() => undefined);

test("L8 the time limit of an upload grows with the file, so that a slow line loses no log", async () => {
  const clock = createVirtualClock(0);
  const send = limitedFetch(silence, clock, LIMIT_MS);
  let endedAt: number | undefined;
  const sending = send("https://files.slack.com/u", { method: "POST", body: new Uint8Array(16 * MEBIBYTE) });
  sending.catch((error: unknown) => {
    assert.ok(error instanceof TimeLimitError);
    endedAt = clock.now();
  });
  await clock.advance(HOUR_MS);
  assert.equal(endedAt, LIMIT_MS + 128 * SECOND_MS, "16 MiB at 1 Mbit/s");
});

test("L6 a clock that is set back a day makes no call wait a day", async () => {
  const real = createVirtualClock(0);
  let jumpMs = 0;
  const clock = createSystemClock({
    timers: { now: () => real.now() + jumpMs, wait: (ms, task) => real.at(real.now() + ms, task) },
  });
  const sending = limitedFetch(silence, clock, LIMIT_MS)("https://slack.com/api/chat.postMessage");
  let isOver = false;
  sending.catch(() => (isOver = true));
  jumpMs = -24 * HOUR_MS;
  await real.advance(LIMIT_MS);
  assert.ok(isOver);
});
