import assert from "node:assert/strict";
import test from "node:test";
import { BASELINE_MAX_BYTES } from "../../wire/device.ts";
import { wireBaseline } from "./arm.ts";
import { changesBetween, removableSudoersFile } from "./baseline.ts";

test("what was added, changed and removed is named", () => {
  assert.deepEqual(changesBetween({ a: "1", b: "1", c: "1" }, { a: "1", b: "2", d: "1" }), [
    { key: "b", change: "changed" },
    { key: "c", change: "removed" },
    { key: "d", change: "added" },
  ]);
});

test("only files added to sudoers.d are moved away without asking", () => {
  const key = "sudoers: /private/etc/sudoers.d/evil";
  assert.equal(removableSudoersFile({ key, change: "added" }), "/private/etc/sudoers.d/evil");
  assert.equal(removableSudoersFile({ key, change: "changed" }), undefined);
  assert.equal(removableSudoersFile({ key: "sudoers: /private/etc/sudoers", change: "added" }), undefined);
  assert.equal(removableSudoersFile({ key: "LaunchDaemons: /x", change: "added" }), undefined);
});

test("a baseline beyond the contract's 64 KiB is sent as counts and hashes", () => {
  const small = { admins: ["name:root" as const], accounts: [], items: { a: "1" } };
  assert.deepEqual(wireBaseline(small), small);
  const items = Object.fromEntries(
    Array.from({ length: 2_000 }, (_, index) => [`LaunchDaemons: /${index}`, "f".repeat(64)]),
  );
  const cut = wireBaseline({ ...small, items });
  assert.deepEqual(cut["admins"], small.admins);
  assert.equal((cut["items"] as { count: number }).count, 2_000);
  const admins = Array.from({ length: 5_000 }, (_, index) => `name:user-with-a-long-name-${index}` as const);
  const all = wireBaseline({ admins, accounts: [], items });
  assert.equal((all["admins"] as { count: number }).count, 5_000);
  for (const baseline of [cut, all]) assert.ok(JSON.stringify(baseline).length <= BASELINE_MAX_BYTES);
});
