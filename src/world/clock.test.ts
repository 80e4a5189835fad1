import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import test from "node:test";
import { createVirtualClock } from "./clock.ts";
import { createScaledClock } from "./scaled-clock.ts";

const START = 1_800_000_000_000;

test("timers fire at their own time, in order of time and then of making", async () => {
  const clock = createVirtualClock(START);
  const fired: string[] = [];
  const note = (name: string) => () => fired.push(`${name}@${clock.now() - START}`);
  clock.at(START + 300, note("c"));
  clock.at(START + 100, note("a"));
  clock.at(START + 300, note("d"));
  clock.at(START + 200, note("b"));
  clock.at(START + 301, note("never"));
  await clock.advance(300);
  assert.deepEqual(fired, ["a@100", "b@200", "c@300", "d@300"]);
  assert.equal(clock.now(), START + 300);
  assert.equal(clock.nextAt(), START + 301);
});

test("a timer in the past fires at once, without the clock moving, and a cancelled one never", async () => {
  const clock = createVirtualClock(START);
  const fired: string[] = [];
  clock.at(START - 5, () => fired.push("past"));
  const cancelPast = clock.at(START, () => fired.push("cancelled past"));
  const cancel = clock.at(START + 1, () => fired.push("cancelled"));
  cancelPast();
  cancel();
  cancel();
  assert.deepEqual(fired, [], "not inside the call itself");
  await clock.activity.settled();
  assert.deepEqual(fired, ["past"]);
  await clock.advance(10);
  assert.deepEqual(fired, ["past"]);
});

test("work begun by a timer finishes before the next timer, whatever turns it takes", async () => {
  const clock = createVirtualClock(START);
  const seen: string[] = [];
  clock.at(START + 1, async () => {
    for (let turn = 0; turn < 50; turn += 1) {
      await Promise.resolve();
      await new Promise<void>((resolve) => setImmediate(resolve));
    }
    seen.push(`slow done @${clock.now() - START}`);
  });
  clock.at(START + 2, () => seen.push("next"));
  await clock.advance(2);
  assert.deepEqual(seen, ["slow done @1", "next"]);
});

test("a timer set while advancing fires in the same advance when it is due", async () => {
  const clock = createVirtualClock(START);
  const at: number[] = [];
  const again = () => {
    at.push(clock.now() - START);
    if (at.length < 4) clock.at(clock.now() + 10, again);
  };
  clock.at(START + 10, again);
  await clock.advance(35);
  assert.deepEqual(at, [10, 20, 30]);
});

test("advances queue up", async () => {
  const clock = createVirtualClock(START);
  await Promise.all([clock.advance(10), clock.advance(5)]);
  assert.equal(clock.now(), START + 15);
  await clock.advanceTo(START);
  assert.equal(clock.now(), START + 15, "time never runs backwards");
});

test("sleep ends on time, or early and without error when aborted", async () => {
  const clock = createVirtualClock(START);
  const ends: string[] = [];
  const stop = new AbortController();
  void clock.sleep(100).then(() => ends.push(`slept ${clock.now() - START}`));
  void clock.sleep(100, stop.signal).then(() => ends.push(`aborted ${clock.now() - START}`));
  void clock.sleep(100, AbortSignal.abort()).then(() => ends.push("already aborted"));
  await clock.advance(40);
  stop.abort();
  await clock.activity.settled();
  assert.deepEqual(ends, ["already aborted", "aborted 40"]);
  await clock.advance(60);
  assert.deepEqual(ends, ["already aborted", "aborted 40", "slept 100"]);
  assert.equal(clock.nextAt(), undefined, "an aborted sleep leaves no timer");
});

test("an in-process request counts as work, a held poll does not", async () => {
  const clock = createVirtualClock(START);
  const app = clock.activity.serve(async (request: Request) => {
    if (request.url.endsWith("/held")) await clock.sleep(20_000);
    return new Response(`at ${clock.now() - START}`);
  });
  const fetch = clock.activity.fetch(async (input, init) => app(new Request(input, init)));
  const answers: string[] = [];
  void fetch("http://x/held").then(async (response) => answers.push(await response.text()));
  void fetch("http://x/quick").then(async (response) => answers.push(await response.text()));
  await clock.activity.settled();
  assert.deepEqual(answers, ["at 0"]);
  assert.deepEqual(clock.activity.pending(), ["fetch http://x/held (parked)"]);
  await clock.advance(20_000);
  assert.deepEqual(answers, ["at 0", "at 20000"]);
  assert.deepEqual(clock.activity.pending(), []);
});

test("real HTTP over loopback: advance waits for answers and lets held polls be held", async (t) => {
  const clock = createVirtualClock(START);
  const handler = clock.activity.serve(async (request: Request) => {
    if (request.url.endsWith("/held")) await clock.sleep(5_000);
    return new Response("x".repeat(300_000) + clock.now());
  });
  const server = createServer((incoming, outgoing) => {
    const headers = incoming.headers as Record<string, string>;
    void Promise.resolve(handler(new Request(`http://x${incoming.url}`, { headers }))).then(
      async (response) => {
        outgoing.end(Buffer.from(await response.arrayBuffer()));
      },
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const fetch = clock.activity.fetch(globalThis.fetch);
  const seen: string[] = [];
  const get = (path: string) =>
    fetch(base + path).then(async (response) => {
      seen.push(`${path} ${Number((await response.text()).slice(300_000)) - START}`);
    });
  clock.at(START + 1_000, () => void get("/quick"));
  clock.at(START + 1_001, () => void get("/held"));
  clock.at(START + 1_002, () => seen.push("after both were sent"));
  await clock.advance(2_000);
  assert.deepEqual(seen, ["/quick 1000", "after both were sent"]);
  await clock.advance(10_000);
  assert.deepEqual(seen, ["/quick 1000", "after both were sent", "/held 6001"]);
});

test("track: work given as a promise keeps the world busy; work given as a function may park itself", async () => {
  const clock = createVirtualClock(START);
  const { activity } = clock;
  const step = Promise.withResolvers<void>();
  void activity.track(step.promise, "step");
  void activity.track(() => clock.sleep(50), "napping");
  assert.deepEqual(activity.pending(), ["step", "napping (parked)"]);
  let quiet = false;
  const settled = activity.settled().then(() => (quiet = true));
  await new Promise<void>((resolve) => setImmediate(resolve));
  assert.equal(quiet, false);
  step.resolve();
  await settled;
  await clock.advance(50);
  assert.deepEqual(activity.pending(), []);
  const end = activity.begin("by hand");
  assert.deepEqual(activity.pending(), ["by hand"]);
  end();
  end();
  assert.deepEqual(activity.pending(), []);
});

test("work left behind by an answered request cannot park a later one", async () => {
  const clock = createVirtualClock(START);
  const fetch = clock.activity.fetch(async () => {
    void clock.sleep(1_000);
    return new Response("now");
  });
  assert.equal(await (await fetch("http://x/")).text(), "now");
  assert.deepEqual(clock.activity.pending(), []);
});

test("a scaled clock runs at its rate, can stop, and keeps waiting timers across changes", async () => {
  const base = createVirtualClock(0);
  const clock = createScaledClock(START, 60, base);
  const fired: number[] = [];
  clock.at(START + 60_000, () => fired.push(base.now()));
  clock.at(START + 120_000, () => fired.push(base.now()));
  void clock.sleep(180_000).then(() => fired.push(base.now()));
  await base.advance(1_000);
  assert.deepEqual(fired, [1_000]);
  assert.equal(clock.now(), START + 60_000);
  clock.setRate(0);
  await base.advance(500_000);
  assert.deepEqual(fired, [1_000], "time stands");
  clock.setRate(1);
  await base.advance(60_000);
  assert.deepEqual(fired, [1_000, 561_000]);
  clock.setRate(600);
  await base.advance(100);
  assert.deepEqual(fired, [1_000, 561_000, 561_100]);
  assert.throws(() => clock.setRate(-1), RangeError);
});
