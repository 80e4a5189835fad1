import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";
import { type Answer, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, type TestMac } from "../../test/http/mac.ts";
import { HOUR_MS, MINUTE_MS } from "../core/time.ts";
import { macAnswer, statusAnswer } from "../wire/device.ts";

/** What asking is like for whoever asks. */

let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  world = await createHttpWorld();
  mac = await enrolledMac(world);
});
afterEach(async () => {
  // Whatever still waits for somebody comes to its end.
  await world.clock.advance(HOUR_MS);
  await world.running.stop();
});

/** As macOS names a new Mac in several languages, and as people rename theirs. */
const NAMES = [
  "Anna's MacBook Pro",
  "Anna’s MacBook Pro (2)",
  "MacBook Pro von Anna",
  "MacBook Pro de José",
  "Mac mini",
  "アンナのMacBook Air",
  "安娜的MacBook Pro",
  "Παρασκευή iMac",
  "M4 & co. <IT> #3 / Büro",
  "💻 of Anna",
];

test("W54 every name that macOS gives a Mac, or a person theirs, is taken and kept as it is", async () => {
  for (const hostname of NAMES) {
    const requestId = await mac.asked({ hostname });
    const stored = (await world.store.loadRequest(requestId))?.request;
    assert.equal(stored?.ask.hostname, hostname);
    assert.equal(world.chat.cards.at(-1)?.card.request.ask.hostname, hostname);
    await mac.post("/cancel", { requestId });
  }
});

test("W59 asking is answered as soon as it is stored, however long Iru and Slack take", async () => {
  const begun = world.clock.now();
  let isWaiting = false;
  Object.assign(world.mdm, {
    async findMac() {
      isWaiting = true;
      await world.clock.sleep(10 * MINUTE_MS);
      return undefined;
    },
  });
  const answers: Answer[] = [];
  void mac.ask().then((answer) => answers.push(answer));
  await world.settle();
  assert.deepEqual([answers[0]?.status, world.clock.now()], [201, begun]);
  assert.ok(isWaiting, "Iru is still being asked");
  const requestId = String(answers[0]?.body["requestId"]);
  const { body } = await mac.get("/status", { requestId });
  assert.equal(statusAnswer.parse(body).status, "pending");
});

test("W32 a Mac has at most 20 open requests: no flood of them hides its session from it, or fills the channel", async () => {
  const requestId = await mac.active();
  const uids = Array.from({ length: 40 }, (_, index) => ({
    uid: 600 + index,
    generatedUid: `B11A0000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  }));
  const answers: Answer[] = [];
  for (const who of uids) answers.push(await mac.ask(who));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [...Array<number>(19).fill(201), ...Array<number>(21).fill(409)],
  );
  assert.match(String(answers.at(-1)?.body["type"]), /too_many_open$/);
  const { session, openRequests } = macAnswer.parse((await mac.get("/mac")).body);
  assert.deepEqual([session?.requestId, openRequests.length], [requestId, 20]);
  await mac.post("/cancel", { requestId: String(answers[0]?.body["requestId"]) });
  assert.equal((await mac.ask(uids[39])).status, 201, "one decided, one more");
});
