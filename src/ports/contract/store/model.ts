import assert from "node:assert/strict";
import fc from "fast-check";
import { EMPTY_LOG_HEAD } from "../../store-rules.ts";
import type { Change, CommitOutcome, Guard, Store } from "../../store.ts";
import { verifyAuditChain } from "../../audit-chain.ts";
import { askOf, chunkOf, draftOf, effectOf, requestIn, START } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** One generated change, in small numbers: which request, and how far off each expectation is. */
interface Step {
  readonly stream: number;
  readonly versionOff: number | undefined;
  readonly status: "pending" | "denied" | "ended";
  readonly guards: readonly { readonly op: Guard["op"]; readonly key: number; readonly owner: number }[];
  readonly quota: { readonly key: number; readonly limit: number } | undefined;
  readonly chunkOff: number | undefined;
  readonly lines: number;
  readonly effects: readonly number[];
}

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
/** Mostly 0, so that most changes have a chance. */
const offset = fc.constantFrom(0, 0, 0, 0, 1, -1);
const step: fc.Arbitrary<Step> = fc.record({
  stream: fc.nat(2),
  versionOff: maybe(offset),
  status: fc.constantFrom("pending", "denied", "ended"),
  guards: fc.uniqueArray(
    fc.record({ op: fc.constantFrom("claim", "release"), key: fc.nat(2), owner: fc.nat(2) }),
    { selector: (guard) => guard.key, maxLength: 2 },
  ),
  quota: maybe(fc.record({ key: fc.nat(1), limit: fc.nat(4) })),
  chunkOff: maybe(offset),
  lines: fc.nat(2),
  effects: fc.array(fc.nat(4), { maxLength: 3 }),
});

/** What a store should hold, as plainly as it can be said. */
interface Model {
  readonly streams: readonly ModelStream[];
  readonly guards: Map<string, string>;
  readonly quotas: Map<string, number>;
}
interface ModelStream {
  readonly id: string;
  readonly versions: Change["request"][];
  readonly chunks: { readonly hash: string }[];
  readonly audit: string[];
  readonly effects: string[];
}

function changeFrom(run: string, index: number, one: Step, model: Model): Change {
  const { id, versions, chunks } = model.streams[one.stream] as ModelStream;
  const value = requestIn(one.status, askOf(0, { requestId: id, username: `step-${index}` }));
  const expectedVersion = Math.max(0, versions.length + (one.versionOff ?? 0));
  const seq = Math.max(0, chunks.length + (one.chunkOff ?? 0));
  return {
    stream: id,
    ...(one.versionOff === undefined ? {} : { request: { expectedVersion, value, dueAt: START + index } }),
    guards: one.guards.map(({ op, key, owner }) => ({
      op,
      key: `${run}:guard-${key}`,
      owner: `owner-${owner}`,
    })),
    ...(one.quota === undefined
      ? {}
      : { quota: { key: `${run}:quota-${one.quota.key}`, limit: one.quota.limit } }),
    ...(one.chunkOff === undefined
      ? {}
      : { chunk: chunkOf(id, seq, chunks.at(-1)?.hash, [`step ${index}`]) }),
    audit: Array.from({ length: one.lines }, (_, line) => draftOf(`step-${index}-${line}`)),
    effects: one.effects.map((key) => effectOf(`effect-${key}`)),
    at: START + index,
  };
}

function expectedOutcome(model: Model, change: Change): CommitOutcome {
  const stream = model.streams.find((each) => each.id === change.stream) as ModelStream;
  if (change.request !== undefined && change.request.expectedVersion !== stream.versions.length) {
    return { ok: false, conflict: "version" };
  }
  for (const { op, key, owner } of change.guards ?? []) {
    const holder = model.guards.get(key) ?? owner;
    if (op === "claim" && holder !== owner) return { ok: false, conflict: "guard", key, owner: holder };
  }
  const { quota, chunk } = change;
  if (quota !== undefined && (model.quotas.get(quota.key) ?? 0) + 1 > quota.limit) {
    return { ok: false, conflict: "quota", key: quota.key };
  }
  if (chunk !== undefined && chunk.seq !== stream.chunks.length) return { ok: false, conflict: "chunk" };
  return { ok: true };
}

function evolve(model: Model, change: Change): void {
  const stream = model.streams.find((each) => each.id === change.stream) as ModelStream;
  if (change.request !== undefined) stream.versions.push(change.request);
  for (const { op, key, owner } of change.guards ?? []) {
    if (op === "claim") model.guards.set(key, owner);
    else if (model.guards.get(key) === owner) model.guards.delete(key);
  }
  const { quota, chunk } = change;
  if (quota !== undefined) model.quotas.set(quota.key, (model.quotas.get(quota.key) ?? 0) + 1);
  if (chunk !== undefined) stream.chunks.push(chunk);
  stream.audit.push(...change.audit.map((draft) => draft.type));
  stream.effects.push(...change.effects.map((effect) => effect.key));
}

async function assertLike(store: Store, model: Model): Promise<void> {
  for (const { id, versions, chunks, audit, effects } of model.streams) {
    const last = versions.at(-1);
    const stored = last && { version: versions.length, request: last.value, dueAt: last.dueAt };
    assert.deepEqual(await store.loadRequest(id), stored);
    assert.deepEqual(await store.readLogChunks(id, 0, 100), chunks);
    const head = { nextSeq: chunks.length, hash: chunks.at(-1)?.hash ?? EMPTY_LOG_HEAD.hash };
    assert.deepEqual(await store.readLogHead(id), { ...head, lines: chunks.length, final: false });
    const trail = await store.readAudit(id, 0, 1000);
    assert.deepEqual(
      trail.map((line) => line.type),
      audit,
    );
    assert.equal(verifyAuditChain(trail), undefined);
    const keys = (await store.readOutbox(id)).map((item) => item.effect.key);
    assert.deepEqual(keys, [...new Set(effects)]);
  }
  for (const [key, owner] of model.guards) assert.equal(await store.guardOwner(key), owner);
}

/** Any sequence of changes leaves a store as a few plain lists and maps say. */
export function modelRules(makeStore: MakeStore): void {
  rule(
    makeStore,
    "any sequence of changes has the outcomes and leaves the data of a plain model",
    async (harness) => {
      let runs = 0;
      const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 30 }), async (steps) => {
        runs += 1;
        const run = `run-${runs}`;
        const streams = [0, 1, 2].map((number) => ({
          id: `${run}:request-${number}`,
          versions: [],
          chunks: [],
          audit: [],
          effects: [],
        }));
        const model: Model = { streams, guards: new Map(), quotas: new Map() };
        for (const [index, one] of steps.entries()) {
          const change = changeFrom(run, index, one, model);
          const expected = expectedOutcome(model, change);
          assert.deepEqual(await harness.store.commit(change), expected);
          if (expected.ok) evolve(model, change);
        }
        await assertLike(harness.store, model);
      });
      await fc.assert(property, { numRuns: 40 });
    },
  );
}
