import assert from "node:assert/strict";
import test from "node:test";
import { addedSudoFiles, changesBetween, sudoFilesIn, withoutAdded } from "./baseline.ts";

test("what was added, changed and removed is named", () => {
  assert.deepEqual(changesBetween({ a: "1", b: "1", c: "1" }, { a: "1", b: "2", d: "1" }), [
    { key: "b", change: "changed" },
    { key: "c", change: "removed" },
    { key: "d", change: "added" },
  ]);
});

test("only files added to sudoers.d are moved away without asking", () => {
  const evil = "/private/etc/sudoers.d/evil";
  const theirs = "/private/etc/sudoers.d/theirs";
  const before = { [theirs]: "1" };
  assert.deepEqual(addedSudoFiles(before, { [theirs]: "1", [evil]: "1" }), [evil]);
  const rest = { [theirs]: "2", "/private/etc/sudoers": "1" };
  assert.deepEqual(
    addedSudoFiles(before, rest),
    [],
    "a changed one, and one beside the folder, belong to somebody",
  );
  assert.deepEqual(withoutAdded(before, { ...rest, [evil]: "1" }), rest);
});

test("the files of sudo are told from the rest of a snapshot", () => {
  const items = { "sudoers: /a": "1", "hosts: /etc/hosts": "2", "helper tools: sudoers: /b": "3" };
  assert.deepEqual(sudoFilesIn(items), { "/a": "1" });
});
