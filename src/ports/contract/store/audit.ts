import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { verifyAuditChain } from "../../audit-chain.ts";
import { changeOf, draftOf, idOf, pendingOf, START, writeOf } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** The audit trail: numbered without gaps and chained within its stream. */
export function auditRules(makeStore: MakeStore): void {
  rule(makeStore, "audit lines are numbered from 1 without gaps in each stream", async ({ store }) => {
    await store.commit(changeOf("a", { audit: [draftOf("one"), draftOf("two")] }));
    await store.commit(changeOf("b", { audit: [draftOf("one")] }));
    await store.commit(writeOf(pendingOf(1), 5, { stream: "a", audit: [draftOf("lost")] }));
    await store.commit(changeOf("a", { audit: [draftOf("three")] }));
    const trail = async (stream: string) =>
      (await store.readAudit(stream, 0, 10)).map((line) => [line.stream, line.seq, line.type]);
    assert.deepEqual(await trail("a"), [
      ["a", 1, "one"],
      ["a", 2, "two"],
      ["a", 3, "three"],
    ]);
    assert.deepEqual(await trail("b"), [["b", 1, "one"]]);
    assert.deepEqual(await trail("c"), []);
  });

  rule(makeStore, "each line is hashed over its canonical JSON and the hash before it", async ({ store }) => {
    const actor = { kind: "mac", serial: "C02HALLPASS1" } as const;
    const odd = { z: [1, 2.5, null], a: { "é\u0000": "\ud83e\uddea <", nothing: undefined } };
    const drafts = [
      draftOf("first", { actor, data: odd, at: START + 1 }),
      draftOf("second", { actor, data: undefined, at: START }),
    ];
    await store.commit(changeOf("a", { audit: drafts }));
    const lines = await store.readAudit("a", 0, 10);
    const tail = (seq: number, type: string) => `"seq":${seq},"stream":"a","type":"${type}"}`;
    const head = (at: number) => `{"actor":{"kind":"mac","serial":"C02HALLPASS1"},"at":${at},"commandId":`;
    const texts = [
      `${head(START + 1)}"command-first","data":{"a":{"é\\u0000":"\ud83e\uddea <"},"z":[1,2.5,null]},${tail(1, "first")}`,
      `${head(START)}"command-second","data":null,${tail(2, "second")}`,
    ];
    let previousHash = "0".repeat(64);
    for (const [index, text] of texts.entries()) {
      const hash = createHash("sha256").update(`${previousHash}\n${text}`).digest("hex");
      assert.equal(lines[index]?.previousHash, previousHash);
      assert.equal(lines[index]?.hash, hash);
      previousHash = hash;
    }
    assert.deepEqual(lines[0]?.data, { z: [1, 2.5, null], a: { "é\u0000": "\ud83e\uddea <" } });
    assert.deepEqual(lines[0]?.actor, actor);
    assert.equal(lines[1]?.data, null);
  });

  rule(makeStore, "changes of one stream at once leave a whole chain", async ({ store }) => {
    await Promise.all(
      Array.from({ length: 30 }, (_, number) =>
        store.commit(changeOf("a", { audit: [draftOf(`${number}-1`), draftOf(`${number}-2`)] })),
      ),
    );
    const lines = await store.readAudit("a", 0, 100);
    assert.equal(lines.length, 60);
    assert.equal(verifyAuditChain(lines), undefined);
    for (let index = 0; index < 60; index += 2) {
      const [first, second] = [lines[index]?.type, lines[index + 1]?.type];
      assert.equal(second, first?.replace("-1", "-2"), "lines of one change stay together");
    }
  });

  rule(makeStore, "a trail is read in pages by its numbers", async ({ store }) => {
    const audit = Array.from({ length: 7 }, (_, index) => draftOf(`line-${index + 1}`));
    await store.commit(changeOf(idOf(1), { audit }));
    const seqs = async (afterSeq: number, limit: number) =>
      (await store.readAudit(idOf(1), afterSeq, limit)).map((line) => line.seq);
    assert.deepEqual(await seqs(0, 3), [1, 2, 3]);
    assert.deepEqual(await seqs(3, 3), [4, 5, 6]);
    assert.deepEqual(await seqs(6, 3), [7]);
    assert.deepEqual(await seqs(7, 3), []);
  });
}
