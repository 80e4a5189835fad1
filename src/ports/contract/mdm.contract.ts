import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Serial } from "../../core/ids.ts";
import { DEFAULT_TAG_NAMES, elevationTag } from "../../core/tags.ts";
import type { DurationMs, Instant } from "../../core/time.ts";
import { NotFoundError, RetryableError, TerminalError } from "../errors.ts";
import type { Mdm } from "../mdm.ts";

/** The id of a device that is not there. */
const GONE = "11111111-2222-4333-8444-555555555555";

/** What somebody else makes of a tag list. */
export type TagEdit = (tags: readonly string[]) => readonly string[];

/** An `Mdm` and the tenant behind it, in which Hallpass's own tags exist. The waits of `mdm` pass by themselves, without taking real time. */
export interface MdmHarness {
  readonly mdm: Mdm;
  readonly now: () => Instant;
  readonly advance: (ms: DurationMs) => Promise<void>;
  /** Enrols a Mac and returns its device id. Tags given here exist in the tenant from then on. */
  readonly addMac: (mac: {
    readonly serial: Serial;
    readonly name?: string;
    readonly ownerEmail?: string;
    readonly tags?: readonly string[];
  }) => string;
  /** The Mac's tags as the server has them. */
  readonly tagsOf: (deviceId: string) => readonly string[];
  readonly editTags: (deviceId: string, edit: TagEdit) => void;
  /** Somebody else's edit lands right after the adapter's next write, before it can read again. */
  readonly afterNextWrite: (edit: TagEdit) => void;
  /** Sends a command of another kind than lock. */
  readonly addOtherCommand: (deviceId: string) => void;
  /** How many tag writes and lock commands have reached the server. */
  readonly writes: () => number;
  readonly locks: () => number;
  /** The next call fails for a moment. */
  readonly failOnce: () => void;
  /** Every call fails from now on. */
  readonly failAll: () => void;
  /** The next write or lock is done, but its answer does not arrive. */
  readonly loseNextAnswer: () => void;
  readonly close: () => Promise<void>;
}

const SERIAL = "C02FALCON001";
const DAY_MS = 86_400_000;

/** The rules that every `Mdm` keeps. Each test gets a tenant of its own. */
export function mdmContract(name: string, makeHarness: () => Promise<MdmHarness>): void {
  const rule = (text: string, check: (harness: MdmHarness) => Promise<void>): void => {
    test(text, async () => {
      const harness = await makeHarness();
      try {
        await check(harness);
      } finally {
        await harness.close();
      }
    });
  };
  describe(`Mdm contract: ${name}`, () => {
    findRules(rule);
    tagRules(rule);
    lockRules(rule);
    failureRules(rule);
  });
}

type Rule = (text: string, check: (harness: MdmHarness) => Promise<void>) => void;

function findRules(rule: Rule): void {
  rule("a Mac is found by its serial, with its name, owner and tags", async ({ mdm, addMac }) => {
    const tags = ["finance", "beta"];
    const mac = { serial: SERIAL, name: "Anna’s MacBook Pro", ownerEmail: "anna@example.com", tags };
    const deviceId = addMac(mac);
    assert.deepEqual(await mdm.findMac(SERIAL), { deviceId, ...mac });
  });

  rule("a Mac without an owner is found without one", async ({ mdm, addMac }) => {
    addMac({ serial: SERIAL });
    const found = await mdm.findMac(SERIAL);
    assert.equal(found?.serial, SERIAL);
    assert.equal("ownerEmail" in (found ?? {}), false);
  });

  rule("an unknown serial is undefined", async ({ mdm, addMac }) => {
    addMac({ serial: SERIAL });
    assert.equal(await mdm.findMac("FVFZZZ999999"), undefined);
  });

  rule("W27 L13 a serial that is only part of another one is not found", async ({ mdm, addMac }) => {
    addMac({ serial: `${SERIAL}X` });
    addMac({ serial: `9${SERIAL}` });
    assert.equal(await mdm.findMac(SERIAL), undefined);
  });

  rule("L13 the equal serial is found among more partial matches than one page holds", async (harness) => {
    const partial = Array.from({ length: 301 }, (_, index) => `${String(index).padStart(5, "0")}AIRPORT7`);
    for (const serial of partial) harness.addMac({ serial });
    const deviceId = harness.addMac({ serial: "AIRPORT7" });
    assert.equal((await harness.mdm.findMac("AIRPORT7"))?.deviceId, deviceId);
  });

  rule("L13 a serial that two devices have is refused for good", async ({ mdm, addMac }) => {
    addMac({ serial: SERIAL });
    addMac({ serial: SERIAL });
    await assert.rejects(mdm.findMac(SERIAL), TerminalError);
  });
}

function tagRules(rule: Rule): void {
  const change = { add: [elevationTag(10)], remove: [DEFAULT_TAG_NAMES.logCollection] };

  rule("L13 other people's tags survive a change, in their order", async ({ mdm, addMac, tagsOf }) => {
    const deviceId = addMac({ serial: SERIAL, tags: ["zebra", ...change.remove, "alpha", "middle"] });
    const wanted = ["zebra", "alpha", "middle", ...change.add];
    assert.deepEqual(await mdm.changeTags(deviceId, change), wanted);
    assert.deepEqual(tagsOf(deviceId), wanted);
  });

  rule("tags that are already as wanted are not written", async ({ mdm, addMac, writes }) => {
    const deviceId = addMac({ serial: SERIAL, tags: [...change.add, "zebra"] });
    assert.deepEqual(await mdm.changeTags(deviceId, change), [...change.add, "zebra"]);
    assert.equal(writes(), 0);
  });

  rule("the last tag can be removed", async ({ mdm, addMac, tagsOf }) => {
    const deviceId = addMac({ serial: SERIAL, tags: change.remove });
    assert.deepEqual(await mdm.changeTags(deviceId, { add: [], remove: change.remove }), []);
    assert.deepEqual(tagsOf(deviceId), []);
  });

  rule("L13 an edit since the Mac was looked up survives", async ({ mdm, addMac, editTags, tagsOf }) => {
    const deviceId = addMac({ serial: SERIAL, tags: ["zebra"] });
    await mdm.findMac(SERIAL);
    editTags(deviceId, (tags) => [...tags, "new-here"]);
    await mdm.changeTags(deviceId, change);
    assert.deepEqual(tagsOf(deviceId), ["zebra", "new-here", ...change.add]);
  });

  rule("L13 our change that somebody overwrote is seen and made again, on top of theirs", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL, tags: ["zebra", ...change.remove] });
    harness.afterNextWrite(() => ["zebra", ...change.remove, "theirs"]);
    const wanted = ["zebra", "theirs", ...change.add];
    assert.deepEqual(await harness.mdm.changeTags(deviceId, change), wanted);
    assert.deepEqual(harness.tagsOf(deviceId), wanted);
  });

  rule("L13 what somebody else removed meanwhile is not put back", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL, tags: ["zebra", "retired"] });
    harness.afterNextWrite((tags) => tags.filter((tag) => tag !== "retired" && tag !== change.add[0]));
    await harness.mdm.changeTags(deviceId, change);
    assert.deepEqual(harness.tagsOf(deviceId), ["zebra", ...change.add]);
  });

  rule("a change whose answer was lost ends as wanted and is not made twice", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL, tags: ["zebra"] });
    harness.loseNextAnswer();
    assert.deepEqual(await harness.mdm.changeTags(deviceId, change), ["zebra", ...change.add]);
    assert.equal(harness.writes(), 1);
  });

  rule("tags of a device that is gone are refused for good, and it is said to be gone", async ({ mdm }) => {
    await assert.rejects(mdm.changeTags(GONE, change), NotFoundError);
  });

  rule("a change that adds and removes the same tag is refused for good", async ({ mdm, addMac }) => {
    const deviceId = addMac({ serial: SERIAL });
    await assert.rejects(mdm.changeTags(deviceId, { add: change.add, remove: change.add }), TerminalError);
  });
}

function lockRules(rule: Rule): void {
  rule("a lock returns the PIN, which can be read again", async ({ mdm, addMac, locks }) => {
    const deviceId = addMac({ serial: SERIAL });
    const { pin } = await mdm.lock(deviceId, "Locked by IT");
    assert.match(pin ?? "", /^\d{6}$/);
    assert.equal(await mdm.readUnlockPin(deviceId), pin);
    assert.equal(locks(), 1);
  });

  rule("a Mac that was never locked has no PIN", async ({ mdm, addMac }) => {
    assert.equal(await mdm.readUnlockPin(addMac({ serial: SERIAL })), undefined);
  });

  rule("a lock counts from the moment it was requested, not later", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL });
    assert.equal(await harness.mdm.wasLockedSince(deviceId, 0), false);
    await harness.advance(1_000);
    const requestedAt = harness.now();
    await harness.mdm.lock(deviceId, "Locked by IT");
    assert.equal(await harness.mdm.wasLockedSince(deviceId, requestedAt), true);
    assert.equal(await harness.mdm.wasLockedSince(deviceId, requestedAt + 1), false);
  });

  rule("commands of another kind are no lock", async ({ mdm, addMac, addOtherCommand }) => {
    const deviceId = addMac({ serial: SERIAL });
    addOtherCommand(deviceId);
    assert.equal(await mdm.wasLockedSince(deviceId, 0), false);
  });

  rule("a lock is found behind more commands than one page holds", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL });
    await harness.mdm.lock(deviceId, "Locked by IT");
    for (let sent = 0; sent < 301; sent += 1) harness.addOtherCommand(deviceId);
    assert.equal(await harness.mdm.wasLockedSince(deviceId, 0), true);
  });

  rule("a lock whose answer was lost is not sent again, and can be found with its PIN", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL });
    const before = harness.now();
    harness.loseNextAnswer();
    await assert.rejects(harness.mdm.lock(deviceId, "Locked by IT"), RetryableError);
    assert.equal(harness.locks(), 1);
    assert.equal(await harness.mdm.wasLockedSince(deviceId, before), true);
    assert.match((await harness.mdm.readUnlockPin(deviceId)) ?? "", /^\d{6}$/);
  });

  rule("a second lock while the first has not reached the Mac is refused for good", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL });
    await harness.mdm.lock(deviceId, "Locked by IT");
    await assert.rejects(harness.mdm.lock(deviceId, "Locked by IT"), TerminalError);
    await harness.advance(DAY_MS);
    await harness.mdm.lock(deviceId, "Locked by IT again");
  });

  rule("a device that is gone cannot be locked, for good, and it is said to be gone", async ({ mdm }) => {
    await assert.rejects(mdm.lock(GONE, "Locked"), NotFoundError);
    await assert.rejects(mdm.wasLockedSince(GONE, 0), NotFoundError);
  });
}

function failureRules(rule: Rule): void {
  rule("one failed call is ridden out", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL, tags: ["zebra"] });
    harness.failOnce();
    assert.equal((await harness.mdm.findMac(SERIAL))?.deviceId, deviceId);
    harness.failOnce();
    assert.deepEqual(await harness.mdm.changeTags(deviceId, { add: [elevationTag(5)], remove: [] }), [
      "zebra",
      elevationTag(5),
    ]);
    harness.failOnce();
    assert.equal(await harness.mdm.wasLockedSince(deviceId, 0), false);
    harness.failOnce();
    assert.equal(await harness.mdm.readUnlockPin(deviceId), undefined);
  });

  rule("an outage that lasts is said to be worth a retry", async (harness) => {
    const deviceId = harness.addMac({ serial: SERIAL });
    harness.failAll();
    await assert.rejects(harness.mdm.findMac(SERIAL), RetryableError);
    await assert.rejects(
      harness.mdm.changeTags(deviceId, { add: [elevationTag(5)], remove: [] }),
      RetryableError,
    );
    await assert.rejects(harness.mdm.lock(deviceId, "Locked"), RetryableError);
    await assert.rejects(harness.mdm.wasLockedSince(deviceId, 0), RetryableError);
    await assert.rejects(harness.mdm.readUnlockPin(deviceId), RetryableError);
    assert.equal(harness.locks(), 0);
  });
}
