import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import {
  ARM_ID,
  armBody,
  ASK,
  enrolledMac,
  logBody,
  networkLossBody,
  removedBody,
  reportBody,
  startBody,
  type TestMac,
} from "../../test/http/mac.ts";
import { createRecordingStore, type RecordingStore } from "../../test/http/recording-store.ts";
import { SECOND_MS } from "../core/time.ts";

let store: RecordingStore;
let world: HttpWorld;
let mac: TestMac;
beforeEach(async () => {
  store = createRecordingStore();
  world = await createHttpWorld({ store });
  mac = await enrolledMac(world);
});
afterEach(() => world.running.stop());

interface Case {
  /** Leads to the state in which the call is made; answers the request's id. */
  readonly given: () => Promise<string>;
  readonly send: (requestId: string) => Promise<Answer>;
  /** Fields that count down between the answers. */
  readonly counting?: readonly string[];
}

const headers = { "idempotency-key": "the-same-submission" };

const CASES: Readonly<Record<string, Case>> = {
  "POST /request": { given: async () => "", send: () => mac.post("/request", ASK, { headers }) },
  "POST /cancel": { given: () => mac.approved(), send: (requestId) => mac.post("/cancel", { requestId }) },
  "POST /arm": { given: () => mac.approved(), send: (requestId) => mac.post("/arm", armBody(requestId)) },
  "POST /start": {
    async given() {
      const requestId = await mac.approved();
      await mac.arm(requestId);
      return requestId;
    },
    send: (requestId) => mac.post("/start", startBody(world, requestId)),
    counting: ["remainingSeconds"],
  },
  "POST /beat": {
    given: () => mac.active(),
    send: (requestId) => mac.beat(requestId),
    counting: ["remainingSeconds"],
  },
  "POST /end": { given: () => mac.active(), send: (requestId) => mac.post("/end", { requestId }) },
  "POST /revoke-network-loss": {
    given: () => mac.active(),
    send: (requestId) => mac.post("/revoke-network-loss", networkLossBody(world, requestId)),
  },
  "POST /removed, not verified": {
    given: () => mac.active(),
    send: (requestId) => mac.post("/removed", { ...removedBody(world, requestId), verified: false }),
  },
  "POST /log": { given: () => mac.active(), send: (requestId) => mac.post("/log", logBody(requestId)) },
  "POST /log, the last chunk": {
    given: () => mac.active(),
    send: (requestId) => mac.post("/log", { ...logBody(requestId), final: true }),
  },
  "POST /report": {
    given: () => mac.active(),
    send: (requestId) => mac.post("/report", { ...reportBody(world.clock.now()), requestId }),
  },
  "POST /report, of no request": {
    given: async () => "",
    send: () => mac.post("/report", reportBody(world.clock.now())),
  },
};

describe("L2 a call whose answer was lost gets the first answer again, and happens once", () => {
  for (const [name, { given, send, counting = [] }] of Object.entries(CASES)) {
    test(name, async () => {
      const requestId = await given();
      const plain = (answer: Answer) => {
        assert.ok([200, 201].includes(answer.status), answer.text);
        return Object.fromEntries(Object.entries(answer.body).filter(([field]) => !counting.includes(field)));
      };
      const first = plain(await send(requestId));
      await world.settle();
      store.changes.length = 0;
      const again = plain(await send(requestId));
      await world.clock.advance(5 * SECOND_MS);
      const late = plain(await send(requestId));
      assert.deepEqual([again, late], [first, first]);
      assert.deepEqual(
        store.changes.filter((change) => change.request !== undefined || change.chunk !== undefined),
        [],
      );
      assert.deepEqual(
        store.changes.flatMap((change) => change.audit.map(({ type }) => type)),
        [],
      );
    });
  }

  test("POST /removed: proven once; the key in the last answer is the one that works", async () => {
    const requestId = await mac.active();
    const answers = [
      await mac.removed(requestId),
      await mac.removed(requestId),
      await mac.removed(requestId),
    ];
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
    mac.key = String(answers.at(-1)?.body["nextKey"]);
    assert.equal((await mac.get("/mac")).status, 200);
    const proofs = store.changes.flatMap((change) => change.audit).filter(({ type }) => type === "removed");
    assert.equal(proofs.length, 1);
    await world.settle();
    assert.equal(world.chat.thread.filter(({ note }) => note.note === "removed").length, 1);
  });

  test("the same calls at the same moment: each happens once", async () => {
    const requestId = await mac.approved();
    const atOnce = async (send: () => Promise<Answer>): Promise<void> => {
      const answers = await Promise.all(Array.from({ length: 10 }, send));
      assert.equal(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size, 1);
      assert.equal(answers[0]?.status, 200);
    };
    await atOnce(() => mac.arm(requestId));
    await atOnce(() => mac.start(requestId));
    await atOnce(() => mac.post("/end", { requestId }));
    await world.settle();
    const types = (await store.readAudit(requestId, 0, 1000)).map((entry) => entry.type);
    for (const type of ["armed", "started", "ending_begun", "baseline"]) {
      assert.equal(types.filter((one) => one === type).length, 1, type);
    }
  });

  test("409 is for contradictions only: another attempt, another body, another past", async () => {
    const requestId = await mac.active();
    assert.equal((await mac.post("/start", { ...startBody(world, requestId), armId: ARM_ID })).status, 200);
    assert.equal((await mac.arm(requestId)).status, 409, "what has begun is not armed again");
    await mac.log(requestId);
    assert.equal((await mac.log(requestId, { lines: ["other"] })).status, 409);
  });
});
