import assert from "node:assert/strict";
import test from "node:test";
import { moveOn, noteLook, rewriteOf } from "./log-position.ts";
import { newLog } from "./record.ts";

/** The log as it is read when this is its whole text. */
function found(text: string, offset: number, inode = "7") {
  return {
    inode,
    size: text.length,
    before: text.slice(Math.max(0, offset - 4096), offset),
    text: text.slice(offset),
  };
}

test("L15 a log that grows is the one read so far; one that is gone, another, shorter or rewritten is not", () => {
  const log = newLog("7", 0);
  assert.equal(rewriteOf(log, found("", 0)), undefined);
  moveOn(log, "", "one\ntwo\n");
  assert.equal(log.offset, 8);
  assert.equal(rewriteOf(log, found("one\ntwo\n", 8)), undefined);
  assert.equal(rewriteOf(log, found("one\ntwo\nthree\n", 8)), undefined);
  assert.equal(rewriteOf(log, undefined), "the sudo log was deleted");
  assert.equal(rewriteOf(log, found("one\ntwo\n", 8, "8")), "the sudo log was replaced by another file");
  assert.equal(rewriteOf(log, found("one\ntw\n", 8)), "the sudo log was cut short");
  assert.equal(rewriteOf(log, found("one\ntwx\nthree\n", 8)), "the sudo log was rewritten");
});

test("L15 the 4 KiB before the position are remembered, over several readings, and no more", () => {
  const text = `${"a".repeat(3000)}\n${"b".repeat(3000)}\n`;
  const log = newLog("7", 0);
  moveOn(log, "", text.slice(0, 3001));
  moveOn(log, text.slice(0, 3001), text.slice(3001));
  assert.equal(rewriteOf(log, found(text, text.length)), undefined);
  const early = `x${text.slice(1)}`;
  assert.equal(rewriteOf(log, found(early, text.length)), undefined, "more than 4 KiB ago");
  const at = text.length - 4096;
  const late = `${text.slice(0, at)}x${text.slice(at + 1)}`;
  assert.equal(rewriteOf(log, found(late, text.length)), "the sudo log was rewritten");
});

test("L15 what was seen and not yet shipped may not change either", () => {
  const log = newLog("7", 4);
  const seen = noteLook(log, found("old\none\ntwo\n", 4));
  assert.equal(rewriteOf(log, found("old\none\ntwo\nthree\n", 4), seen), undefined);
  assert.equal(rewriteOf(log, found("old\none\n", 4), seen), "the sudo log was cut short", "the end is gone");
  assert.equal(rewriteOf(log, found("old\none\nTWO\n", 4), seen), "the sudo log was rewritten");
  moveOn(log, "old\n", "one\n");
  assert.equal(rewriteOf(log, found("old\none\ntwo\nthree\n", 8), seen), undefined);
  assert.equal(rewriteOf(log, found("old\none\n2\n", 8), seen), "the sudo log was cut short");
  assert.equal(rewriteOf(log, found("old\none\n2wo\n", 8), seen), "the sudo log was rewritten");
});

test("L15 a log that is emptied before its first line is shipped, and filled again, is not the one read so far", () => {
  const log = newLog("7", 4);
  noteLook(log, found("old\n", 4));
  assert.equal(rewriteOf(log, found("old\nnew\n", 4)), undefined);
  assert.equal(rewriteOf(log, found("other lines\n", 4)), "the sudo log was rewritten");
});
