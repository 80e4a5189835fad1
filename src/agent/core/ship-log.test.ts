import assert from "node:assert/strict";
import test from "node:test";
import { sha256 } from "./log-chain.ts";
import { LOG_WINDOW_BYTES, rewriteOf } from "./log-position.ts";
import type { SudoReading } from "./observed.ts";
import type { Outgoing } from "./record.ts";
import { canaryCommand, shipLast, shipLog, shipLostLog, shipNote } from "./ship-log.ts";
import { type Bench, contextOf, pass, REQUEST } from "./testing/bench.ts";
import { active } from "./testing/scenes.ts";

const HEADER =
  "[session of alice (uid 501) on C02ABCDEFG from 2026-11-22T09:33:30.000Z; times of sudo are local, UTC+00:00]";
const line = (user: string, command: string) =>
  `Nov 22 09:36:12 2026 : ${user} : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=${command}`;

/** A session whose log now reads so, from where it was read last; what is there beyond can be read later. */
function reads(text: string, over: Partial<NonNullable<SudoReading["log"]>> = {}, seconds = 60): Bench {
  const { bench } = active();
  const { session } = bench.record;
  assert.ok(session !== undefined);
  pass(bench, seconds);
  session.log.chunkedAtSeconds = bench.now.continuousSeconds - seconds;
  const log = { inode: "7", size: session.log.offset + text.length, before: "", text, ...over };
  bench.seen = { ...bench.seen, sudo: { dropIn: "ours", files: {}, log } };
  return bench;
}

/** Ships what is there; says whether nothing is left, and the lines of each chunk. */
function ship(bench: Bench, drain = false) {
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  assert.ok(session !== undefined);
  const isDone = shipLog(ctx, session, drain);
  const chunks = ctx.record.outbox.flatMap(({ call }) => (call.name === "log" ? [call] : []));
  return { isDone, lines: chunks.map((chunk) => chunk.lines), chunks, log: session.log };
}

test("L15 whole lines leave the Mac while the session runs, after a header that says whose they are", () => {
  const text = `${line("alice", "/bin/echo 1")}\n${line("alice", "/bin/echo 2")}\n`;
  const { isDone, lines, chunks, log } = ship(reads(text));
  assert.equal(isDone, true);
  assert.deepEqual(lines, [[HEADER, line("alice", "/bin/echo 1"), line("alice", "/bin/echo 2")]]);
  assert.deepEqual([chunks[0]?.requestId, chunks[0]?.final], [REQUEST, false]);
  assert.equal(log.offset, text.length);
});

test("the header is said once", () => {
  const bench = reads(`${line("alice", "/bin/echo 1")}\n`);
  ship(bench);
  const again = reads(`${line("alice", "/bin/echo 2")}\n`);
  Object.assign(again.record.session?.log ?? {}, { hasHeader: true });
  assert.deepEqual(ship(again).lines, [[line("alice", "/bin/echo 2")]]);
});

test("a line that is not written to its end waits, unless it is the last that comes", () => {
  const begun = line("alice", "/bin/echo 1");
  const waits = ship(reads(begun));
  assert.deepEqual([waits.isDone, waits.lines], [false, []]);
  const drained = ship(reads(begun), true);
  assert.deepEqual([drained.isDone, drained.lines], [true, [[HEADER, begun]]]);
  const more = ship(reads(begun, { size: 10_000 }), true);
  assert.deepEqual([more.isDone, more.lines], [false, []], "the rest of it is still to be read");
  const partly = ship(reads(`${begun}\n${begun}`));
  assert.deepEqual([partly.isDone, partly.lines], [false, [[HEADER, begun]]]);
  assert.equal(partly.log.offset, begun.length + 1);
});

test("where nothing is new nothing is shipped, and nothing is left", () => {
  for (const drain of [false, true]) {
    const { isDone, lines } = ship(reads(""), drain);
    assert.deepEqual([isDone, lines], [true, []]);
  }
});

test("a log that is not the one read so far is not shipped, and nothing is waited for", () => {
  const text = `${line("alice", "/bin/echo 1")}\n`;
  const other = ship(reads(text, { inode: "8" }));
  assert.deepEqual([other.isDone, other.lines], [true, []]);
  const short = reads(text);
  Object.assign(short.record.session?.log ?? {}, { offset: 1_000_000 });
  assert.deepEqual([ship(short).isDone, ship(short).lines], [true, []]);
  const gone = reads(text);
  Object.assign(gone.seen, { sudo: { dropIn: "ours", files: {} } });
  assert.deepEqual([ship(gone).isDone, ship(gone).lines], [true, []]);
});

test("L8 a log that could not be read is not done, but where the session's log is not known at all", () => {
  const unread = reads(`${line("alice", "/bin/echo 1")}\n`);
  Object.assign(unread.seen, { sudo: undefined });
  assert.deepEqual([ship(unread, true).isDone, ship(unread, true).lines], [false, []]);
  Object.assign(unread.record.session?.log ?? {}, { inode: "" });
  assert.equal(ship(unread, true).isDone, true);
});

/** So many pieces of the session's log, and one of another's, wait for the service. */
function withWaiting(bench: Bench, count: number): Bench {
  const piece = (seq: number, requestId: string): Outgoing => ({
    id: `${seq} of ${requestId}`,
    call: { name: "log", requestId, seq, previousHash: "", lines: [], final: false },
  });
  const pieces = Array.from({ length: count }, (_, seq) => piece(seq, REQUEST));
  bench.record.outbox = [...pieces, piece(0, "of another session")];
  return bench;
}

test("L8 what waits for the service is bounded; the rest of the log is taken when it has gone", () => {
  const text = `${line("alice", "/bin/echo 1")}\n`;
  for (const [drain, most] of [
    [false, 32],
    [true, 128],
  ] as const) {
    const room = ship(withWaiting(reads(text), most - 1), drain);
    assert.deepEqual([room.isDone, room.chunks.length], [true, most + 1]);
    const full = ship(withWaiting(reads(text), most), drain);
    assert.deepEqual(
      [full.isDone, full.chunks.length, full.log.offset],
      [false, most + 1, 0],
      "it stays there",
    );
  }
});

test("L15 what stays in the log while too much waits may not change either, nor go", () => {
  const text = `${line("alice", "/bin/evil")}\n`;
  const bench = withWaiting(reads(text), 32);
  const ctx = contextOf(bench);
  const { session } = ctx.record;
  assert.ok(session !== undefined);
  shipLog(ctx, session);
  const found = (over: object) => ({ inode: "7", size: text.length, before: "", text, ...over });
  assert.equal(rewriteOf(session.log, found({}), ctx.memory.seenLog), undefined);
  const rewritten = found({ text: text.replace("evil", "true") });
  assert.equal(rewriteOf(session.log, rewritten, ctx.memory.seenLog), "the sudo log was rewritten");
  const cut = found({ size: text.length - 1 });
  assert.equal(rewriteOf(session.log, cut, ctx.memory.seenLog), "the sudo log was cut short");
});

test("lines are gathered for five seconds, or up to 128 KiB; the end does not wait", () => {
  const text = `${line("alice", "/bin/echo 1")}\n`;
  assert.deepEqual([ship(reads(text, {}, 4.9)).isDone, ship(reads(text, {}, 4.9)).lines], [false, []]);
  assert.equal(ship(reads(text, {}, 5)).lines.length, 1);
  assert.equal(ship(reads(text, {}, 4.9), true).lines.length, 1);
  const filler = (size: number) => `${"x".repeat(size - 1)}\n`;
  assert.equal(ship(reads(filler(128 * 1024 - 1), {}, 1)).lines.length, 0);
  assert.equal(ship(reads(filler(128 * 1024), {}, 1)).lines.length, 1);
  const rebooted = reads(text, {}, 1);
  Object.assign(rebooted.record.session?.log ?? {}, { chunkedAtSeconds: 1_000_000 });
  assert.equal(ship(rebooted).lines.length, 1, "seconds of another boot mean nothing");
});

test("what can be read is shipped although the log goes on beyond it", () => {
  const text = `${line("alice", "/bin/echo 1")}\n`;
  const { isDone, lines } = ship(reads(text, { size: 1_000_000 }));
  assert.deepEqual([isDone, lines.length], [false, 1]);
});

test("L12 the rest of a line whose beginning is gone is named, not shipped", () => {
  const rest = "hunter2 --verbose";
  const text = `${rest}\n${line("alice", "/bin/echo 1")}\n`;
  assert.deepEqual(ship(reads(text, { before: "COMMAND=/bin/x --password " })).lines, [
    [HEADER, `[the rest of a line, not shipped: ${rest.length} bytes]`, line("alice", "/bin/echo 1")],
  ]);
  const whole = `${line("alice", "/bin/echo 1")}\n`;
  assert.deepEqual(ship(reads(whole, { before: "one line\n" })).lines, [
    [HEADER, line("alice", "/bin/echo 1")],
  ]);
  assert.deepEqual(ship(reads(`\n${whole}`, { before: "one line" })).lines, [
    [HEADER, line("alice", "/bin/echo 1")],
  ]);
});

test("L8 a line longer than what is read at once is cut and passed, and what follows it is shipped", () => {
  const long = line("alice", `/usr/sbin/chown alice ${"/Users/alice/path ".repeat(60_000)}`);
  assert.ok(long.length > 2 * LOG_WINDOW_BYTES);
  const text = `${long}\n${line("alice", "/bin/evil")}\n`;
  for (const drain of [false, true]) {
    const bench = reads("");
    const { session } = bench.record;
    assert.ok(session !== undefined);
    const from = session.log.offset;
    const lines: string[] = [];
    for (let look = 0; look < 3; look += 1) {
      // Only what is on record is known to the next look, as after a restart of the agent.
      const at = session.log.offset - from;
      const shown = text.slice(at, at + LOG_WINDOW_BYTES);
      const before = at === 0 ? "" : text.slice(Math.max(0, at - 4096), at);
      const log = { inode: "7", size: from + text.length, before, text: shown };
      bench.seen = { ...bench.seen, sudo: { dropIn: "ours", files: {}, log } };
      pass(bench, 5);
      lines.push(...ship(bench, drain).lines.flat());
      bench.record.outbox = [];
    }
    const [, begin = "", middle = "", rest = "", last] = lines;
    assert.ok(begin.startsWith(long.slice(0, 8_000)));
    assert.ok(begin.includes(` [cut: ${LOG_WINDOW_BYTES} bytes, sha256 `));
    const hash = sha256(long.slice(LOG_WINDOW_BYTES, 2 * LOG_WINDOW_BYTES));
    assert.equal(middle, `[the rest of a line, not shipped: ${LOG_WINDOW_BYTES} bytes, sha256 ${hash}]`);
    const left = long.slice(2 * LOG_WINDOW_BYTES);
    assert.equal(rest, `[the rest of a line, not shipped: ${left.length} bytes, sha256 ${sha256(left)}]`);
    assert.deepEqual([last, lines.length], [line("alice", "/bin/evil"), 5]);
    assert.equal(session.log.offset, from + text.length);
  }
});

test("characters beyond ASCII come through whole", () => {
  const text = Buffer.from(`${line("alice", "/bin/echo größer")}\n`, "utf8").toString("latin1");
  assert.deepEqual(ship(reads(text)).lines, [[HEADER, line("alice", "/bin/echo größer")]]);
});

test("lines of others are counted, not shipped, and their number is said at the end", () => {
  const bench = reads(`${line("bob", "/bin/echo 1")}\n${line("bob", "/bin/echo 2")}\n`);
  const { lines, log } = ship(bench);
  assert.deepEqual([lines, log.otherLines], [[], 2]);
  const ctx = contextOf(bench);
  assert.ok(ctx.record.session !== undefined);
  shipNote(ctx.record.session, "a note");
  shipLast(ctx, ctx.record.session);
  const [last] = ctx.record.outbox.map(({ call }) => call);
  assert.ok(last?.name === "log");
  assert.deepEqual(
    [last.lines, last.final],
    [[HEADER, "a note", "[2 lines of other accounts not shipped]"], true],
  );
});

test("L8 notes go with the next lines, or after five seconds by themselves, each once", () => {
  const bench = reads(`${line("alice", "/bin/echo 1")}\n`, {}, 5);
  const { session } = bench.record;
  assert.ok(session !== undefined);
  shipNote(session, "one");
  shipNote(session, "two");
  assert.deepEqual(ship(bench).lines, [[HEADER, "one", "two", line("alice", "/bin/echo 1")]]);
  Object.assign(bench.seen, { sudo: undefined });
  bench.record.outbox = [];
  shipNote(session, "three");
  pass(bench, 4);
  assert.deepEqual(ship(bench).lines, []);
  pass(bench, 1);
  assert.deepEqual(ship(bench).lines, [["three"]]);
});

test("L8 a log that the service refused to go on with gets no more", () => {
  const bench = reads(`${line("alice", "/bin/echo 1")}\n`);
  Object.assign(bench.record.session?.log ?? {}, { refused: "full" });
  for (const drain of [false, true]) {
    const { isDone, lines } = ship(bench, drain);
    assert.deepEqual([isDone, lines], [true, []]);
  }
});

test("a renamed requester is still the requester, read or not", () => {
  const bench = reads(`${line("ali", "/bin/echo 1")}\n${line("alice", "/bin/echo 2")}\n`);
  const { accounts = [], ...rest } = contextOf(bench).observed.admins ?? { names: [], guids: [], nested: [] };
  const { session } = bench.record;
  assert.ok(session !== undefined);
  session.baseline = {
    ...session.baseline,
    accounts: [...session.baseline.accounts, { uid: 9, generatedUid: "x", username: "ali" }],
  };
  const renamed = accounts.map((one) => (one.uid === 501 ? { ...one, username: "ali" } : one));
  bench.seen = { ...bench.seen, admins: { ...rest, accounts: renamed } };
  assert.equal(ship(bench).lines[0]?.length, 3, "both names are hers");
  const unreadable = reads(`${line("alice", "/bin/echo 2")}\n`);
  Object.assign(unreadable.seen, { admins: undefined });
  assert.equal(ship(unreadable).lines[0]?.length, 2);
});

test("the agent's own canaries are not shipped, and nobody else's look like them", () => {
  const bench = reads(
    `${line("root", canaryCommand("mine"))}\n${line("root", canaryCommand("forged"))}\n${line("alice", canaryCommand("mine"))}\n`,
  );
  bench.memory.nonces.push("mine");
  assert.equal(canaryCommand("mine"), "/usr/bin/true hallpass-canary-mine");
  assert.deepEqual(ship(bench).lines, [
    [HEADER, line("root", canaryCommand("forged")), line("alice", canaryCommand("mine"))],
  ]);
});

test("a log whose chain was lost asks the service where it stands, with the last word on it", () => {
  const ctx = contextOf(active().bench);
  shipLostLog(ctx, REQUEST, "lost");
  const [owed] = ctx.record.outbox;
  assert.deepEqual(
    [owed?.call, owed?.rechain],
    [
      {
        name: "log",
        requestId: REQUEST,
        seq: 1_000_000,
        previousHash: "0".repeat(64),
        lines: ["lost"],
        final: true,
      },
      true,
    ],
  );
});
