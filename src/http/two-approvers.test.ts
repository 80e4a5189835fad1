import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { type HttpListener, listenHttp } from "../adapters/node-http/listen.ts";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import { callers, CAST, createHttpWorld, type HttpWorld } from "../../test/http/http-world.ts";
import { macWithKey } from "../../test/http/mac.ts";
import { hashKey } from "../app/device-keys.ts";
import { verifyAuditChain } from "../ports/audit-chain.ts";

const ROUNDS = 200;
/** Rounds that run side by side, so that clicks on different requests share the store's transactions. */
const AT_ONCE = 50;
const NO_LOG = { info: () => undefined, warn: () => undefined, error: () => undefined };

let folder: string;
let world: HttpWorld;
let listener: HttpListener;
/** The same world, reached over real HTTP. */
let outside: HttpWorld;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-approvers-"));
  world = await createHttpWorld({
    store: openSqliteStore({ file: join(folder, "hallpass.db"), log: NO_LOG }),
  });
  const unreadable = () => new Response(null, { status: 400 });
  listener = await listenHttp({ fetch: world.fetch, host: "127.0.0.1", port: 0, unreadable });
  outside = { ...world, ...callers(world.clock, (request) => fetch(request), listener.url) };
});

after(async () => {
  await listener.close(1_000);
  await world.running.stop();
  await world.store.close();
  rmSync(folder, { recursive: true });
});

const serialOf = (round: number) => `C02ROUND${String(round).padStart(4, "0")}`;
const keyOf = (round: number) => `key-${round}`.padEnd(43, "k");

/** Enrolling is tested elsewhere; 200 Macs are simply there. */
async function addMac(round: number): Promise<void> {
  const serial = serialOf(round);
  const deviceId = `device-${serial}`;
  world.mdm.macs.set(serial, { deviceId, serial, name: "Mac", ownerEmail: "anna@example.com", tags: [] });
  const value = { serial, deviceId, enrolledAt: CAST.start, keyHash: hashKey(keyOf(round)) };
  await world.store.commit({
    stream: `mac:${serial}`,
    mac: { expectedVersion: 0, value },
    audit: [],
    effects: [],
    at: CAST.start,
  });
}

async function becomesKnown(requestId: string): Promise<void> {
  for (;;) {
    if ((await world.store.loadRequest(requestId))?.request.identity.state === "resolved") return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

interface Round {
  readonly requestId: string;
  readonly statuses: readonly number[];
}

async function play(round: number): Promise<Round> {
  await addMac(round);
  const { status, body } = await macWithKey(outside, serialOf(round), keyOf(round)).ask();
  assert.equal(status, 201);
  const requestId = String(body["requestId"]);
  await becomesKnown(requestId);
  const clicks = [
    () => outside.click(CAST.ben, "hallpass_approve_15", requestId),
    () => outside.click(CAST.carla, "hallpass_approve_30", requestId),
  ];
  if (round % 2 === 1) clicks.reverse();
  const answers = await Promise.all(clicks.map((click) => click()));
  return { requestId, statuses: answers.map((answer) => answer.status) };
}

test("L2 two approvers click at once, 200 rounds over HTTP on SQLite: one approval each, the other told who won", async () => {
  const rounds: Round[] = [];
  for (let first = 0; first < ROUNDS; first += AT_ONCE) {
    rounds.push(...(await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => play(first + index)))));
  }
  await world.settle();

  const wins = { [CAST.ben]: 0, [CAST.carla]: 0 };
  const told: { readonly loser: string; readonly decidedBy: unknown }[] = [];
  for (const { requestId, statuses } of rounds) {
    assert.deepEqual(statuses, [200, 200]);
    const request = (await world.store.loadRequest(requestId))?.request;
    assert.ok(request?.status === "approved");
    const winner = request.approval.by;
    assert.ok(winner.kind === "slack");
    assert.equal(request.approval.minutes, winner.userId === CAST.ben ? 15 : 30);
    const trail = await world.store.readAudit(requestId, 0, 100);
    assert.equal(trail.filter(({ type }) => type === "approved").length, 1);
    assert.equal(verifyAuditChain(trail), undefined);
    wins[winner.userId as keyof typeof wins] += 1;
    told.push({ loser: winner.userId === CAST.ben ? CAST.carla : CAST.ben, decidedBy: winner });
  }
  assert.equal(rounds.length, ROUNDS);
  assert.ok(wins[CAST.ben] > 0 && wins[CAST.carla] > 0, "the same one always won: that is no race");

  const inOrder = (list: readonly unknown[]) => list.map((one) => JSON.stringify(one)).toSorted();
  assert.deepEqual(
    inOrder(
      world.privates.map(({ responseUrl, answer }) => ({
        loser: responseUrl.split("/").at(-1),
        decidedBy: answer.decidedBy,
      })),
    ),
    inOrder(told),
  );
});
