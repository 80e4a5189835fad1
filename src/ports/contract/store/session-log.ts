import assert from "node:assert/strict";
import { EMPTY_LOG_HEAD } from "../../store-rules.ts";
import { beatOf, changeOf, chunkOf, chunksOf, idOf, pendingOf, START, writeOf } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

const REQUEST = idOf(1);
const CONFLICT = { ok: false, conflict: "chunk" } as const;

/** The command log in its chunks, and the heartbeats beside it. */
export function sessionLogRules(makeStore: MakeStore): void {
  rule(makeStore, "L15 only the next chunk of a log is stored, once", async ({ store }) => {
    const commit = (chunk: ReturnType<typeof chunkOf>) => store.commit(changeOf(REQUEST, { chunk }));
    const [first, second] = chunksOf(REQUEST, 2);
    assert.ok(first !== undefined && second !== undefined);
    assert.deepEqual(await commit(second), CONFLICT, "a gap");
    assert.deepEqual(await commit(chunkOf(REQUEST, 0, "f".repeat(64))), CONFLICT, "a false start");
    assert.deepEqual(await commit(first), { ok: true });
    assert.deepEqual(await commit(first), CONFLICT, "a repeat");
    assert.deepEqual(await commit(chunkOf(REQUEST, 1, "f".repeat(64))), CONFLICT, "another past");
    assert.deepEqual(await commit(chunkOf(REQUEST, 2, first.hash)), CONFLICT, "a gap with the right hash");
    assert.deepEqual(await commit(second), { ok: true });
    assert.deepEqual(await store.readLogChunks(REQUEST, 0, 10), [first, second]);
  });

  rule(makeStore, "the head of a log counts its chunks and lines", async ({ store }) => {
    assert.deepEqual(await store.readLogHead(REQUEST), EMPTY_LOG_HEAD);
    const first = chunkOf(REQUEST, 0, EMPTY_LOG_HEAD.hash, ["one", "", "trois ’ 🧪"]);
    const second = chunkOf(REQUEST, 1, first.hash, []);
    const last = { ...chunkOf(REQUEST, 2, second.hash, ["four"]), final: true };
    await store.commit(changeOf(REQUEST, { chunk: first }));
    assert.deepEqual(await store.readLogHead(REQUEST), {
      nextSeq: 1,
      hash: first.hash,
      lines: 3,
      final: false,
    });
    await store.commit(changeOf(REQUEST, { chunk: second }));
    await store.commit(changeOf(REQUEST, { chunk: last }));
    assert.deepEqual(await store.readLogHead(REQUEST), {
      nextSeq: 3,
      hash: last.hash,
      lines: 4,
      final: true,
    });
    assert.deepEqual(await store.readLogChunk(REQUEST, 0), first);
    assert.deepEqual(await store.readLogChunk(REQUEST, 2), last);
    assert.equal(await store.readLogChunk(REQUEST, 3), undefined);
  });

  rule(makeStore, "logs of different requests are apart, and are read in pages", async ({ store }) => {
    const mine = chunksOf(REQUEST, 5);
    const others = chunksOf(idOf(2), 1);
    for (const chunk of [...mine, ...others]) await store.commit(changeOf(chunk.requestId, { chunk }));
    assert.deepEqual(await store.readLogChunks(REQUEST, 0, 2), mine.slice(0, 2));
    assert.deepEqual(await store.readLogChunks(REQUEST, 2, 2), mine.slice(2, 4));
    assert.deepEqual(await store.readLogChunks(REQUEST, 4, 2), mine.slice(4));
    assert.deepEqual(await store.readLogChunks(REQUEST, 5, 2), []);
    assert.deepEqual(await store.readLogChunks(idOf(2), 0, 2), others);
  });

  rule(makeStore, "L15 of two chunks with one number at once one is stored", async ({ store }) => {
    const rivals = Array.from({ length: 10 }, (_, number) =>
      chunkOf(REQUEST, 0, EMPTY_LOG_HEAD.hash, [`rival ${number}`]),
    );
    const outcomes = await Promise.all(rivals.map((chunk) => store.commit(changeOf(REQUEST, { chunk }))));
    const stored = rivals.filter((_, number) => outcomes[number]?.ok);
    assert.equal(stored.length, 1);
    assert.deepEqual(await store.readLogChunks(REQUEST, 0, 10), stored);
  });

  rule(makeStore, "chunks and heartbeats leave the request's version alone", async ({ store }) => {
    await store.commit(writeOf(pendingOf(1)));
    await store.commit(changeOf(REQUEST, { chunk: chunkOf(REQUEST, 0) }));
    await store.putBeat(beatOf(REQUEST));
    assert.equal((await store.loadRequest(REQUEST))?.version, 1);
  });

  rule(makeStore, "the last heartbeat of a session is kept", async ({ store }) => {
    assert.equal(await store.readBeat(REQUEST), undefined);
    await store.putBeat(beatOf(REQUEST));
    await store.putBeat(beatOf(idOf(2), { admin: false }));
    assert.deepEqual(await store.readBeat(REQUEST), beatOf(REQUEST));
    const later = beatOf(REQUEST, { at: START + 60_000, continuousSeconds: 72.5, admin: false, logSeq: 4 });
    await store.putBeat(later);
    assert.deepEqual(await store.readBeat(REQUEST), later);
    assert.deepEqual(await store.readBeat(idOf(2)), beatOf(idOf(2), { admin: false }));
  });
}
