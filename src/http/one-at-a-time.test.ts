import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { type Answer, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { enrolledMac, OTHER_ARM_ID, type TestMac } from "../../test/http/mac.ts";
import { createMemoryStore } from "../adapters/memory/store.ts";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import { macAnswer } from "../wire/device.ts";

/** What a person and a Mac may have only once, over HTTP and on both stores. */

const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };
const PAUL = { username: "paul", uid: 502, generatedUid: CAST.paulUid, email: "paul@example.com" };
const PAULS_ARM = { uid: 502, generatedUid: CAST.paulUid, armId: OTHER_ARM_ID };

const kind = ({ status, body }: Answer) => `${status} ${String(body["type"]).split(":").at(-1)}`;

for (const [name, openStore] of [
  ["memory", () => createMemoryStore()],
  ["SQLite", (folder: string) => openSqliteStore({ file: join(folder, "hallpass.db"), log: NO_LOG })],
] as const) {
  describe(`on ${name}`, () => {
    let folder: string;
    let world: HttpWorld;
    let mac: TestMac;
    beforeEach(async () => {
      folder = mkdtempSync(join(tmpdir(), "hallpass-once-"));
      world = await createHttpWorld({ store: openStore(folder) });
      mac = await enrolledMac(world);
    });
    afterEach(async () => {
      await world.running.stop();
      await world.store.close();
      rmSync(folder, { recursive: true });
    });
    const openHere = async () => macAnswer.parse((await mac.get("/mac")).body).openRequests.length;

    test("W32 a person has one open request on a Mac until it is over, whatever state it is in", async () => {
      const first = await mac.asked();
      const again = async () => {
        const answer = await mac.ask({ reason: "something else", durationMinutes: 30 });
        assert.deepEqual([kind(answer), answer.body["requestId"]], ["409 open_request", first]);
        assert.equal(await openHere(), 1);
      };
      await again();
      await world.click(CAST.ben, "hallpass_approve_15", first);
      await world.settle();
      await again();
      assert.equal((await mac.arm(first)).status, 200);
      await again();
      assert.equal((await mac.start(first)).status, 200);
      await again();
      await mac.post("/end", { requestId: first });
      await again();
      const { body } = await mac.removed(first);
      mac.key = String(body["nextKey"]);
      assert.equal((await mac.ask()).status, 201, "with the Mac's proof it is over");
    });

    test("W32 somebody else on the Mac, and the same person on another Mac, ask for themselves", async () => {
      await mac.asked();
      assert.equal((await mac.ask(PAUL)).status, 201);
      assert.equal((await (await enrolledMac(world, CAST.otherSerial)).ask()).status, 201);
      assert.equal(kind(await mac.ask(PAUL)), "409 open_request");
      assert.equal(await openHere(), 2);
    });

    test("W32 a Mac has one session, from the permission to the proof of its end", async () => {
      const first = await mac.approved();
      const second = await mac.approved(PAUL);
      const paulWaits = async () => {
        const answer = await mac.arm(second, PAULS_ARM);
        assert.deepEqual([kind(answer), answer.body["requestId"]], ["409 other_session", first]);
      };
      assert.equal((await mac.arm(first)).status, 200);
      await paulWaits();
      assert.equal((await mac.start(first)).status, 200);
      await paulWaits();
      await mac.post("/end", { requestId: first });
      await paulWaits();
      const { body } = await mac.removed(first);
      mac.key = String(body["nextKey"]);
      assert.equal((await mac.arm(second, PAULS_ARM)).status, 200);
    });
  });
}
