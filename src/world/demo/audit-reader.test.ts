import assert from "node:assert/strict";
import { test } from "node:test";
import { createMemoryStore } from "../../adapters/memory/store.ts";
import type { AuditEntry, Store } from "../../ports/store.ts";
import { readAudit } from "./audit-reader.ts";
import type { AuditWording } from "./audit-words.ts";
import { watchStore } from "./watched-store.ts";

const wording: AuditWording = { nameOf: (id) => id, macOf: () => "Anna’s Mac", time: String };

async function storeWith(lines: number, tamper?: (line: AuditEntry) => AuditEntry) {
  const heard: string[] = [];
  const memory = createMemoryStore();
  const readTampered: Store["readAudit"] = async (...query) =>
    (await memory.readAudit(...query)).map((line) => tamper?.(line) ?? line);
  const store = watchStore({ ...memory, readAudit: readTampered }, ({ type }) => heard.push(type));
  for (let at = 1; at <= lines; at += 1) {
    const stream = at % 2 === 0 ? "mac:C02XK1ABJG5H" : "9f3c2a10-7d4e-4b1a-9c0d-1f2e3d4c5b6a";
    const actor = { kind: "mac", serial: "C02XK1ABJG5H" } as const;
    const audit = [{ at, actor, type: "warned", commandId: `c${at}`, data: { type: "warned" } }];
    await store.commit({ stream, audit, effects: [], at });
  }
  return { store, heard };
}

test("all trails are read in order of time, and each is a chain that holds", async () => {
  const { store, heard } = await storeWith(5);
  const { entries, chains } = await readAudit(store, wording);
  assert.deepEqual(
    entries.map(({ at, text, actor }) => [at, text, actor]),
    [1, 2, 3, 4, 5].map((at) => [at, "Warned of the end", "Anna’s Mac"]),
  );
  assert.deepEqual(
    chains.map(({ lines, fault }) => [lines, fault]),
    [
      [3, undefined],
      [2, undefined],
    ],
  );
  assert.equal(heard.length, 5);
});

test("a line that somebody edited is found, in its own chain only", async () => {
  const { store } = await storeWith(6, (line) => (line.at === 3 ? { ...line, type: "cancelled" } : line));
  const { chains } = await readAudit(store, wording);
  assert.deepEqual(
    chains.map(({ fault }) => fault),
    [{ seq: 2, problem: "edited" }, undefined],
  );
});

test("a change that was not stored is not told", async () => {
  const { store, heard } = await storeWith(1);
  const actor = { kind: "system", part: "timer" } as const;
  const audit = [{ at: 2, actor, type: "warned", commandId: "c", data: {} }];
  const guard = { op: "claim", key: "k", owner: "a" } as const;
  await store.commit({ stream: "one", audit, guards: [guard], effects: [], at: 2 });
  const refused = await store.commit({
    stream: "two",
    audit,
    guards: [{ ...guard, owner: "b" }],
    effects: [],
    at: 2,
  });
  assert.equal(refused.ok, false);
  assert.equal(heard.length, 2);
  assert.deepEqual(store.streams().slice(-1), ["one"]);
});
