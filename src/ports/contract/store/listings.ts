import assert from "node:assert/strict";
import { STATUSES } from "../../../core/lifecycle.ts";
import type { EndedRequest, SessionLog, Status } from "../../../core/request.ts";
import { type Page, type Store, StoreError, type StoredRequest } from "../../store.ts";
import { askOf, changeOf, idOf, pendingOf, requestIn, SERIAL, START, writeOf } from "./fixtures.ts";
import { type MakeStore, rule, type StoreHarness } from "./harness.ts";

const idsOf = (stored: readonly StoredRequest[]) => stored.map(({ request }) => request.ask.requestId);
const OTHER = "C02OTHERMAC2";

/** All pages of a listing, and how many items each had. */
async function readAll<T>(
  read: (cursor?: string) => Promise<Page<T>>,
): Promise<{ items: T[]; sizes: number[] }> {
  const items: T[] = [];
  const sizes: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    items.push(...page.items);
    sizes.push(page.items.length);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { items, sizes };
}

async function storeAll(store: Store, times: readonly (readonly [number, number])[]): Promise<void> {
  for (const [number, requestedAt] of times) await store.commit(writeOf(pendingOf(number, { requestedAt })));
}

/** Which requests are found by state, by Mac and by due time. */
export function listingRules(makeStore: MakeStore): void {
  rule(makeStore, "requests of a status come oldest first, equal times by id", async ({ store, settle }) => {
    await storeAll(store, [
      [5, START + 2],
      [1, START + 3],
      [4, START + 2],
      [2, START + 1],
    ]);
    await store.commit(writeOf(requestIn("denied", askOf(3))));
    await settle();
    const page = await store.listByStatus("pending", 10);
    assert.deepEqual(idsOf(page.items), [idOf(2), idOf(4), idOf(5), idOf(1)]);
    assert.equal(page.cursor, undefined);
    assert.deepEqual(page.items[0], { version: 1, request: pendingOf(2, { requestedAt: START + 1 }) });
    assert.deepEqual(idsOf((await store.listByStatus("denied", 10)).items), [idOf(3)]);
    assert.deepEqual(await store.listByStatus("active", 10), { items: [] });
  });

  rule(makeStore, "a request is listed in its present status only", async ({ store, settle }) => {
    for (const [version, status] of STATUSES.entries()) {
      await store.commit(writeOf(requestIn(status, askOf(1)), version));
      await settle();
      const listed: Status[] = [];
      for (const each of STATUSES) {
        if ((await store.listByStatus(each, 10)).items.length > 0) listed.push(each);
      }
      assert.deepEqual(listed, [status]);
    }
  });

  rule(makeStore, "pages join up to the whole listing", async ({ store, settle }) => {
    // The later the number the earlier its time, but four at a time.
    const numbers = Array.from({ length: 11 }, (_, number) => number);
    await storeAll(
      store,
      numbers.map((number) => [number, START - Math.floor(number / 4)] as const),
    );
    await settle();
    const { items, sizes } = await readAll((cursor) => store.listByStatus("pending", 3, cursor));
    const oldestFirst = [...numbers.slice(8), ...numbers.slice(4, 8), ...numbers.slice(0, 4)];
    assert.deepEqual(idsOf(items), oldestFirst.map(idOf));
    assert.ok(sizes.every((size) => size <= 3));
  });

  rule(makeStore, "a cursor goes on where it was, whatever has changed since", async ({ store, settle }) => {
    await storeAll(store, [
      [1, START + 1],
      [2, START + 2],
      [3, START + 3],
      [4, START + 4],
    ]);
    await settle();
    const first = await store.listByStatus("pending", 2);
    assert.deepEqual(idsOf(first.items), [idOf(1), idOf(2)]);
    await store.commit(writeOf(requestIn("denied", askOf(2, { requestedAt: START + 2 })), 1));
    await storeAll(store, [[5, START]]);
    await settle();
    const second = await store.listByStatus("pending", 2, first.cursor);
    assert.deepEqual(idsOf(second.items), [idOf(3), idOf(4)]);
  });

  rule(makeStore, "a cursor that no listing gave out is refused", async ({ store }) => {
    for (const cursor of [
      "",
      "nonsense",
      "W10",
      "eyJhIjoxfQ",
      "WyJhIiwxXQ",
      "WyJhIiwiYiJd",
      "WzEuNSwiYiJd",
    ]) {
      await assert.rejects(store.listByStatus("pending", 2, cursor), StoreError, cursor);
      await assert.rejects(store.listAlarms(2, cursor), StoreError, cursor);
    }
  });

  serialRules(makeStore);
  dueRules(makeStore);
}

function serialRules(makeStore: MakeStore): void {
  rule(makeStore, "the open requests of one Mac are listed, oldest first", async ({ store, settle }) => {
    for (const [number, status] of STATUSES.entries()) {
      await store.commit(writeOf(requestIn(status, askOf(number, { requestedAt: START - number }))));
    }
    await store.commit(writeOf(pendingOf(50, { serial: OTHER })));
    await settle();
    const open = ["ending", "active", "arming", "approved", "pending"];
    assert.deepEqual(
      (await store.listOpenBySerial(SERIAL)).map(({ request }) => request.status),
      open,
    );
    assert.deepEqual(idsOf(await store.listOpenBySerial(OTHER)), [idOf(50)]);
    await store.commit(writeOf(requestIn("cancelled", askOf(50, { serial: OTHER })), 1));
    await settle();
    assert.deepEqual(await store.listOpenBySerial(OTHER), []);
    assert.deepEqual(await store.listOpenBySerial("C02UNKNOWN99"), []);
  });

  rule(
    makeStore,
    "L8 a log is owed from the end of a session until it is here or given up",
    async (harness) => {
      const logs: readonly SessionLog[] = [
        { state: "none" },
        { state: "streaming", since: START },
        { state: "missing", at: START },
        { state: "collected", at: START, chunks: 1, lines: 1, hash: "0".repeat(64), late: false },
      ];
      const owed: string[] = [];
      for (const [index, status] of STATUSES.entries()) {
        for (const [offset, log] of logs.entries()) {
          const number = index * 10 + offset;
          await harness.store.commit(writeOf(requestIn(status, askOf(number), log)));
          if ((status === "ending" || status === "ended") && offset < 2) owed.push(idOf(number));
        }
      }
      await harness.settle();
      assert.deepEqual(idsOf(await harness.store.listLogOwedBySerial(SERIAL)), owed);
      assert.deepEqual(await harness.store.listLogOwedBySerial(OTHER), []);
      await collect(harness, owed[0] ?? "", logs[3] as SessionLog);
      assert.deepEqual(idsOf(await harness.store.listLogOwedBySerial(SERIAL)), owed.slice(1));
    },
  );

  rule(
    makeStore,
    "L8 a session that never gave rights owes no log once it has ended",
    async ({ store, settle }) => {
      const { grant: _, ...ended } = requestIn("ended", askOf(1)) as EndedRequest;
      const proof = { state: "removed", at: START, removedAt: START, granted: false } as const;
      await store.commit(writeOf({ ...ended, proof }));
      await store.commit(writeOf(requestIn("ended", askOf(2))));
      await settle();
      assert.deepEqual(idsOf(await store.listLogOwedBySerial(SERIAL)), [idOf(2)]);
    },
  );

  rule(makeStore, "the listings of one Mac hold at most 100, the oldest", async ({ store, settle }) => {
    const numbers = Array.from({ length: 104 }, (_, number) => number);
    await Promise.all(numbers.map((number) => store.commit(writeOf(requestIn("ending", askOf(number))))));
    await settle();
    const oldest = numbers.slice(0, 100).map(idOf);
    assert.deepEqual(idsOf(await store.listOpenBySerial(SERIAL)), oldest);
    assert.deepEqual(idsOf(await store.listLogOwedBySerial(SERIAL)), oldest);
  });
}

async function collect({ store, settle }: StoreHarness, requestId: string, log: SessionLog): Promise<void> {
  const stored = await store.loadRequest(requestId);
  assert.ok(stored !== undefined);
  const { request, version } = stored;
  await store.commit(writeOf(requestIn(request.status, request.ask, log), version));
  await settle();
}

function dueRules(makeStore: MakeStore): void {
  const dueOf = (number: number, dueAt: number) => ({ requestId: idOf(number), dueAt: START + dueAt });
  const write = (store: Store, number: number, expectedVersion: number, dueAt?: number) => {
    const request = { expectedVersion, value: pendingOf(number) };
    const due = dueAt === undefined ? request : { ...request, dueAt: START + dueAt };
    return store.commit(changeOf(idOf(number), { request: due }));
  };

  rule(makeStore, "L6 what is due at a time is listed, earliest first", async ({ store, settle }) => {
    await write(store, 1, 0, 30);
    await write(store, 2, 0, 10);
    await write(store, 3, 0);
    await write(store, 5, 0, 20);
    await write(store, 4, 0, 20);
    await settle();
    const all = [dueOf(2, 10), dueOf(4, 20), dueOf(5, 20), dueOf(1, 30)];
    assert.deepEqual(await store.listDue(START + 9, 10), []);
    assert.deepEqual(await store.listDue(START + 10, 10), all.slice(0, 1));
    assert.deepEqual(await store.listDue(START + 29, 10), all.slice(0, 3));
    assert.deepEqual(await store.listDue(START + 99, 10), all);
    assert.deepEqual(await store.listDue(START + 99, 2), all.slice(0, 2));
  });

  rule(makeStore, "L6 a changed due time replaces the former one", async ({ store, settle }) => {
    await write(store, 1, 0, 10);
    await write(store, 2, 0, 10);
    await write(store, 1, 1, 50);
    await write(store, 2, 1);
    await settle();
    assert.deepEqual(await store.listDue(START + 49, 10), []);
    assert.deepEqual(await store.listDue(START + 50, 10), [dueOf(1, 50)]);
    assert.deepEqual(await store.listAlarms(10), { items: [dueOf(1, 50)] });
  });

  rule(makeStore, "L6 every alarm is listed in pages, past and far ones too", async ({ store, settle }) => {
    const farMs = 40 * 24 * 60 * 60 * 1000;
    await write(store, 1, 0, farMs);
    await write(store, 2, 0, -START);
    await write(store, 3, 0);
    await write(store, 4, 0, 5);
    await write(store, 5, 0, 5);
    await settle();
    const { items, sizes } = await readAll((cursor) => store.listAlarms(2, cursor));
    assert.deepEqual(items, [dueOf(2, -START), dueOf(4, 5), dueOf(5, 5), dueOf(1, farMs)]);
    assert.ok(sizes.every((size) => size <= 2));
  });
}
