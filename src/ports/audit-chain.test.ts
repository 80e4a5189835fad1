import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { chainAudit, EMPTY_AUDIT_HEAD, verifyAuditChain } from "./audit-chain.ts";
import type { AuditDraft, AuditEntry } from "./store.ts";

const draft = (number: number): AuditDraft => ({
  at: 1_790_000_000_000 + number,
  actor: { kind: "slack", userId: "U0APPROVER" },
  type: `type-${number}`,
  commandId: `command-${number}`,
  data: { number, list: [number] },
});
const chain = (count: number, stream = "a") =>
  chainAudit(
    stream,
    EMPTY_AUDIT_HEAD,
    Array.from({ length: count }, (_, index) => draft(index + 1)),
  );

const trail = chain(6);
const last = trail.at(-1) as AuditEntry;
const replaced = (index: number, over: Partial<AuditEntry>) =>
  trail.map((entry, at) => (at === index ? { ...entry, ...over } : entry));

test("an untouched trail has no fault, whole or in pieces", () => {
  assert.equal(verifyAuditChain([]), undefined);
  assert.equal(verifyAuditChain(trail), undefined);
  assert.equal(verifyAuditChain(trail, { head: last }), undefined);
  for (let cut = 1; cut < trail.length; cut += 1) {
    const after = trail[cut - 1] as AuditEntry;
    assert.equal(verifyAuditChain(trail.slice(cut), { after, head: last }), undefined);
  }
});

test("a trail that is added to piece by piece is the same as one written at once", () => {
  const first = chainAudit("a", EMPTY_AUDIT_HEAD, [draft(1), draft(2)]);
  const rest = chainAudit("a", first.at(-1) as AuditEntry, [draft(3), draft(4), draft(5), draft(6)]);
  assert.deepEqual([...first, ...rest], trail);
});

test("L15 an edit of any part of any line is found at that line", () => {
  const edits: Partial<AuditEntry>[] = [
    { at: 1 },
    { actor: { kind: "slack", userId: "U0SOMEBODY" } },
    { type: "denied" },
    { commandId: "other" },
    { data: { number: 3, list: [4] } },
    { data: null },
    { previousHash: "1".repeat(64) },
    { hash: "1".repeat(64) },
  ];
  for (const edit of edits) {
    for (let index = 0; index < trail.length; index += 1) {
      const fault = verifyAuditChain(replaced(index, edit));
      assert.deepEqual(fault, { seq: index + 1, problem: "edited" }, JSON.stringify(edit));
    }
  }
});

test("L15 a line that was rewritten with its hash is found at the next line, or by the known head", () => {
  const [forged] = chainAudit("a", trail[2] as AuditEntry, [{ ...draft(4), type: "forged" }]);
  assert.deepEqual(verifyAuditChain(replaced(3, forged ?? {})), { seq: 5, problem: "unlinked" });
  const [forgedLast] = chainAudit("a", trail[4] as AuditEntry, [{ ...draft(6), type: "forged" }]);
  const forgedTrail = replaced(5, forgedLast ?? {});
  assert.equal(verifyAuditChain(forgedTrail), undefined, "nothing comes after it");
  assert.deepEqual(verifyAuditChain(forgedTrail, { head: last }), { seq: 6, problem: "unlinked" });
});

test("L15 a removed line is found, with or without renumbering, at the end too if the head is known", () => {
  for (let index = 0; index < trail.length - 1; index += 1) {
    const without = trail.toSpliced(index, 1);
    assert.deepEqual(verifyAuditChain(without), { seq: index + 2, problem: "missing" });
    const renumbered = without.map((entry, at) => ({ ...entry, seq: at + 1 }));
    assert.deepEqual(verifyAuditChain(renumbered), { seq: index + 1, problem: "edited" });
  }
  assert.deepEqual(verifyAuditChain(trail.slice(0, 4), { head: last }), { seq: 5, problem: "missing" });
  assert.deepEqual(verifyAuditChain([], { head: last }), { seq: 1, problem: "missing" });
});

test("L15 an inserted, repeated, swapped or foreign line is found", () => {
  const at = (index: number) => trail[index] as AuditEntry;
  assert.deepEqual(verifyAuditChain(trail.toSpliced(3, 0, at(2))), { seq: 3, problem: "inserted" });
  assert.deepEqual(verifyAuditChain(trail.toSpliced(3, 0, { ...at(2), seq: 4 })), {
    seq: 4,
    problem: "edited",
  });
  assert.deepEqual(verifyAuditChain(trail.with(1, at(2)).with(2, at(1))), { seq: 3, problem: "missing" });
  const foreign = chain(6, "b")[5] as AuditEntry;
  assert.deepEqual(verifyAuditChain(trail.with(5, foreign)), { seq: 6, problem: "inserted" });
});

test("L15 any removal, swap or doubling of lines is found when the head is known", () => {
  const indexes = fc.array(fc.nat(5), { maxLength: 8 });
  fc.assert(
    fc.property(indexes, (picked) => {
      const shuffled = picked.map((index) => trail[index] as AuditEntry);
      const isWhole = picked.join() === "0,1,2,3,4,5";
      assert.equal(verifyAuditChain(shuffled, { head: last }) === undefined, isWhole);
    }),
  );
});
