import assert from "node:assert/strict";
import type { Guard } from "../../store.ts";
import { changeOf, idOf, pendingOf, writeOf } from "./fixtures.ts";
import { type MakeStore, rule } from "./harness.ts";

/** Names with one owner, and counters with a limit. */
export function guardAndQuotaRules(makeStore: MakeStore): void {
  rule(makeStore, "a guard has one owner, who may claim it again", async ({ store }) => {
    const commit = (...guards: Guard[]) => store.commit(changeOf("stream", { guards }));
    assert.equal(await store.guardOwner("name"), undefined);
    assert.deepEqual(await commit({ op: "claim", key: "name", owner: "anna" }), { ok: true });
    assert.deepEqual(await commit({ op: "claim", key: "name", owner: "anna" }), { ok: true });
    const refused = { ok: false, conflict: "guard", key: "name", owner: "anna" };
    assert.deepEqual(await commit({ op: "claim", key: "name", owner: "ben" }), refused);
    assert.equal(await store.guardOwner("name"), "anna");
  });

  rule(makeStore, "only the owner's release frees a guard", async ({ store }) => {
    const commit = (...guards: Guard[]) => store.commit(changeOf("stream", { guards }));
    await commit({ op: "claim", key: "name", owner: "anna" });
    assert.deepEqual(await commit({ op: "release", key: "name", owner: "ben" }), { ok: true });
    assert.equal(await store.guardOwner("name"), "anna");
    assert.deepEqual(await commit({ op: "release", key: "name", owner: "anna" }), { ok: true });
    assert.deepEqual(await commit({ op: "release", key: "name", owner: "anna" }), { ok: true });
    assert.equal(await store.guardOwner("name"), undefined);
    assert.deepEqual(await commit({ op: "claim", key: "name", owner: "ben" }), { ok: true });
  });

  rule(makeStore, "of many claims at once exactly one gets the guard", async ({ store }) => {
    const owners = Array.from({ length: 30 }, (_, number) => idOf(number));
    const outcomes = await Promise.all(
      owners.map((owner, number) =>
        store.commit(writeOf(pendingOf(number), 0, { guards: [{ op: "claim", key: "open", owner }] })),
      ),
    );
    const winners = owners.filter((_, number) => outcomes[number]?.ok);
    assert.equal(winners.length, 1);
    assert.equal(await store.guardOwner("open"), winners[0]);
    const refused = { ok: false, conflict: "guard", key: "open", owner: winners[0] };
    for (const outcome of outcomes) if (!outcome.ok) assert.deepEqual(outcome, refused);
    const stored = await Promise.all(owners.map((owner) => store.loadRequest(owner)));
    assert.equal(stored.filter((request) => request !== undefined).length, 1);
  });

  rule(makeStore, "a quota lets through as many as its limit, and no other key's", async ({ store }) => {
    const take = (key: string, limit: number) => store.commit(changeOf("stream", { quota: { key, limit } }));
    const full = { ok: false, conflict: "quota", key: "night" };
    assert.deepEqual(await take("night", 0), full);
    assert.deepEqual(await take("night", 2), { ok: true });
    assert.deepEqual(await take("night", 2), { ok: true });
    assert.deepEqual(await take("night", 2), full);
    assert.deepEqual(await take("other", 1), { ok: true });
    assert.deepEqual(await take("night", 3), { ok: true }, "a raised limit counts from where it stood");
  });

  rule(
    makeStore,
    "L9 of many takers at once a quota lets through no more than its limit",
    async ({ store }) => {
      const takers = Array.from({ length: 25 }, () =>
        store.commit(changeOf("stream", { quota: { key: "night", limit: 7 } })),
      );
      const outcomes = await Promise.all(takers);
      assert.equal(outcomes.filter((outcome) => outcome.ok).length, 7);
    },
  );
}
