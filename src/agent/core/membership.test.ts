import assert from "node:assert/strict";
import test from "node:test";
import {
  adminEntries,
  type AdminReading,
  difference,
  entriesOf,
  entryInWords,
  fits,
  grantedEntries,
  isSamePerson,
  takenOver,
} from "./membership.ts";

const ALICE = { uid: 501, generatedUid: "AAAA", username: "alice" };
const BOB = { uid: 502, generatedUid: "BBBB", username: "bob" };
const ROOT = { uid: 0, generatedUid: "ROOT", username: "root" };

function reading(change: Partial<AdminReading> = {}, gids: Record<string, number> = {}): AdminReading {
  return {
    names: ["root"],
    guids: ["ROOT"],
    nested: [],
    accounts: [ROOT, ALICE, BOB].map((who) => ({ ...who, primaryGroupId: gids[who.username] ?? 20 })),
    ...change,
  };
}

test("L5 membership is found direct, by GUID, nested, by primary group and by uid 0", () => {
  assert.deepEqual(entriesOf(reading(), ALICE), []);
  assert.deepEqual(entriesOf(reading({ names: ["root", "alice"] }), ALICE), ["name:alice"]);
  assert.deepEqual(entriesOf(reading({ guids: ["AAAA"] }), ALICE), ["guid:AAAA"]);
  assert.deepEqual(entriesOf(reading({ nested: [{ guid: "G", memberGuids: ["BBBB", "AAAA"] }] }), ALICE), [
    "via:G/AAAA",
  ]);
  assert.deepEqual(entriesOf(reading({}, { alice: 80 }), ALICE), ["primary:AAAA"]);
  const twin = { ...ALICE, uid: 0, primaryGroupId: 20 };
  assert.deepEqual(entriesOf(reading({ accounts: [twin] }), ALICE), ["uid0:AAAA"]);
});

test("root itself is no uid-0 duplicate", () => {
  assert.deepEqual(adminEntries(reading()), ["guid:ROOT", "name:root"]);
});

test("the identity is uid and GeneratedUID, never the name alone", () => {
  const taken = reading({
    names: ["alice"],
    accounts: [{ uid: 777, generatedUid: "EVIL", username: "alice", primaryGroupId: 20 }],
  });
  assert.deepEqual(entriesOf(taken, ALICE), [], "another account took the name");
  assert.equal(isSamePerson(taken, ALICE), false);
  const renamed = reading({ names: ["ali"], accounts: [{ ...ALICE, username: "ali", primaryGroupId: 20 }] });
  assert.deepEqual(entriesOf(renamed, ALICE), ["name:ali"]);
  assert.equal(isSamePerson(renamed, ALICE), true);
  const twoOwners = reading({
    accounts: [
      { ...ALICE, primaryGroupId: 20 },
      { uid: 501, generatedUid: "EVIL", username: "mallory", primaryGroupId: 20 },
    ],
  });
  assert.equal(isSamePerson(twoOwners, ALICE), false);
});

test("a name left behind by a deleted account counts as the person's", () => {
  assert.deepEqual(entriesOf(reading({ names: ["alice"], accounts: [] }), ALICE), ["name:alice"]);
});

test("L1 what a grant adds is the person's own name and GUID, nothing nested or by primary group", () => {
  assert.deepEqual(grantedEntries(reading(), ALICE), ["name:alice", "guid:AAAA"]);
});

test("differences are told both ways", () => {
  assert.deepEqual(difference(["name:root", "name:it"], ["name:root", "guid:AAAA"]), {
    extra: ["guid:AAAA"],
    missing: ["name:it"],
  });
});

test("entries are named in words, by short name where it is known", () => {
  assert.equal(entryInWords("guid:BBBB", reading()), "bob (by GeneratedUID)");
  assert.equal(entryInWords("guid:ZZZZ", reading()), "ZZZZ (by GeneratedUID)");
  assert.equal(entryInWords("via:G/BBBB", reading()), "bob (through nested group G)");
  assert.equal(entryInWords("primary:BBBB", undefined), "BBBB (by primary group 80)");
  assert.equal(entryInWords("uid0:BBBB", reading()), "bob (with uid 0)");
  assert.equal(entryInWords("nested:G", reading()), "group G (nested)");
});

test("an entry fits the account that it makes an administrator, by its name or its GeneratedUID", () => {
  for (const entry of ["name:alice", "guid:AAAA", "primary:AAAA", "uid0:AAAA", "via:G/AAAA"] as const) {
    assert.equal(fits(entry, ALICE), true, entry);
    assert.equal(fits(entry, BOB), false, entry);
  }
  assert.equal(fits("name:AAAA", ALICE), false, "a GeneratedUID is no name");
  assert.equal(fits("guid:alice", ALICE), false, "a name is no GeneratedUID");
  assert.equal(fits("via:AAAA/BBBB", ALICE), false, "the group is not its member");
  assert.equal(fits("nested:G", ALICE), false);
});

test("nobody is made administrator by a nested group with a person's own GeneratedUID", () => {
  assert.deepEqual(entriesOf(reading({ nested: [{ guid: "AAAA", memberGuids: [] }] }), ALICE), []);
});

test("a uid without an account, or with two, is nobody's", () => {
  const account = (uid: number, generatedUid: string) => ({
    uid,
    generatedUid,
    username: generatedUid,
    primaryGroupId: 20,
  });
  assert.equal(isSamePerson(reading({ accounts: [] }), ALICE), false);
  assert.equal(isSamePerson(reading({ accounts: [account(501, "EVIL")] }), ALICE), false);
  assert.equal(
    isSamePerson(reading({ accounts: [account(501, "AAAA"), account(501, "EVIL")] }), ALICE),
    false,
  );
  assert.equal(
    isSamePerson(reading({ accounts: [account(501, "AAAA"), account(502, "EVIL")] }), ALICE),
    true,
  );
});

test("L16 an entry is taken over by an account that is not the one of before, whichever half of it is new", () => {
  const known = [ALICE, BOB];
  const taken = (over: Partial<typeof BOB>) =>
    takenOver(
      ["name:bob", "guid:BBBB"],
      known,
      reading({ accounts: [{ ...BOB, primaryGroupId: 20, ...over }] }),
    ).map(({ entry, by }) => `${entry} by ${by.uid}`);
  assert.deepEqual(taken({}), []);
  assert.deepEqual(taken({ uid: 777 }), ["name:bob by 777", "guid:BBBB by 777"]);
  assert.deepEqual(taken({ generatedUid: "NEW" }), ["name:bob by 502"]);
  assert.deepEqual(taken({ username: "robert" }), [], "a new name of the same account takes nothing over");
  assert.deepEqual(takenOver(["name:bob"], [], reading()), [], "nothing is said where nothing was known");
});

test("the recorded name counts for the person as long as nobody else has it", () => {
  const gone = reading({ accounts: [] });
  assert.deepEqual(grantedEntries(gone, ALICE), ["name:alice", "guid:AAAA"]);
  const renamed = reading({ accounts: [{ ...ALICE, username: "ali", primaryGroupId: 20 }] });
  assert.deepEqual(grantedEntries(renamed, ALICE), ["name:ali", "name:alice", "guid:AAAA"]);
  const taken = reading({
    accounts: [
      { ...ALICE, username: "ali", primaryGroupId: 20 },
      { ...BOB, username: "alice", primaryGroupId: 20 },
    ],
  });
  assert.deepEqual(grantedEntries(taken, ALICE), ["name:ali", "guid:AAAA"]);
});
