import assert from "node:assert/strict";
import { test } from "node:test";
import { createVirtualClock } from "../clock.ts";
import { emptySample, pendingSample } from "../page/samples.ts";
import { createEventStream } from "./event-stream.ts";
import type { DemoSnapshot } from "./snapshot.ts";

function begin(first: DemoSnapshot) {
  const clock = createVirtualClock(0);
  const state = { now: first, taken: 0, broken: false };
  const problems: unknown[] = [];
  const stream = createEventStream(
    async () => {
      state.taken += 1;
      if (state.broken) throw new Error("the stage is gone");
      return state.now;
    },
    clock,
    (error) => problems.push(error),
  );
  const gone = new AbortController();
  const response = stream.open(gone.signal);
  const reader = response.body?.getReader();
  assert.ok(reader !== undefined);
  const read = async (): Promise<Partial<DemoSnapshot> | undefined> => {
    const { value, done } = await reader.read();
    if (done) return undefined;
    const text = new TextDecoder().decode(value as Uint8Array);
    assert.match(text, /^data: .*\n\n$/);
    return JSON.parse(text.slice(6)) as Partial<DemoSnapshot>;
  };
  return { clock, state, stream, gone, response, read, problems };
}

test("a page gets everything first, then what changed, each part once", async () => {
  const { clock, state, read, response } = begin(emptySample());
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  assert.deepEqual(await read(), emptySample());
  state.now = { ...emptySample(), audit: pendingSample().audit };
  await clock.advance(100);
  const second = await read();
  assert.deepEqual(Object.keys(second ?? {}), ["clock", "audit"]);
  state.now = { ...state.now, clock: { now: 5, rate: 60 } };
  await clock.advance(100);
  assert.deepEqual(await read(), { clock: { now: 5, rate: 60 } });
});

test("while nothing changes only the clock goes out, once a second", async () => {
  const { clock, read, state } = begin(emptySample());
  await read();
  const beat = read();
  await clock.advance(800);
  assert.equal(await Promise.race([beat, Promise.resolve("nothing yet")]), "nothing yet");
  await clock.advance(200);
  assert.deepEqual(await beat, { clock: emptySample().clock });
  assert.ok(state.taken >= 10);
});

test("a page that lags gets the newest state, not every state between", async () => {
  const { clock, state, read } = begin(emptySample());
  for (let round = 1; round <= 5; round += 1) {
    state.now = { ...emptySample(), story: { state: "playing", progress: round / 5 } };
    await clock.advance(100);
  }
  await read();
  const next = read();
  await clock.advance(100);
  assert.equal((await next)?.story?.progress, 1);
});

test("a state that cannot be taken is told once a look, and the stream goes on when it can be again", async () => {
  const { clock, state, read, problems } = begin(emptySample());
  await read();
  state.broken = true;
  await clock.advance(200);
  assert.equal(problems.length, 2);
  Object.assign(state, { broken: false, now: pendingSample() });
  const next = read();
  await clock.advance(100);
  assert.deepEqual((await next)?.slack, pendingSample().slack);
});

test("nobody looks while no page is open, and a stopped stream ends", async () => {
  const { clock, state, gone, read, stream } = begin(emptySample());
  await read();
  gone.abort();
  await clock.advance(500);
  const { taken } = state;
  await clock.advance(5_000);
  assert.equal(state.taken, taken);
  const again = stream.open(new AbortController().signal);
  await clock.advance(0);
  stream.stop();
  assert.match(await again.text(), /^data: /);
  assert.equal(clock.nextAt() === undefined || clock.nextAt()! <= clock.now() + 100, true);
});
