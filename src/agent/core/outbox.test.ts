import assert from "node:assert/strict";
import test from "node:test";
import { hurryUnreached } from "./outbox.ts";
import type { OwedCall } from "./record.ts";
import { onMac } from "./startup.ts";
import { answer, contextOf, createBench, look, pass, REQUEST, restart } from "./testing/bench.ts";
import { answerAll } from "./testing/honest-world.ts";
import { active } from "./testing/scenes.ts";

const log = (seq: number): OwedCall => ({
  name: "log",
  requestId: REQUEST,
  seq,
  previousHash: "0".repeat(64),
  lines: [],
  final: false,
});
const end: OwedCall = { name: "end", requestId: REQUEST };
const removed: OwedCall = {
  name: "removed",
  requestId: REQUEST,
  armId: "arm",
  granted: true,
  verified: true,
  reason: "expired",
  removedAt: "2026-01-01T00:00:00.000Z",
};

/** A bench that owes these calls, past its start. */
function owing(...calls: OwedCall[]) {
  const bench = createBench();
  look(bench);
  answerAll(bench, { status: "ended", minutes: 5 });
  look(bench);
  bench.record.outbox = calls.map((call, index) => ({ id: String(index), call }));
  return bench;
}

/** The calls that a look makes. */
function calls(bench: ReturnType<typeof createBench>): string[] {
  return look(bench).flatMap((step) =>
    step.do === "call" ? [step.call.name === "log" ? `log ${step.call.seq}` : step.call.name] : [],
  );
}

const fine = { came: "answer", answer: {} } as const;
const logFine = { came: "answer", answer: { nextSeq: 1, hash: "0".repeat(64) } } as const;
const later = { came: "failing", status: 503, detail: "later" } as const;

test("what is owed is sent one at a time: ends first, then the log, the proof last", () => {
  const bench = owing(removed, log(0), end);
  assert.deepEqual(calls(bench), ["end"]);
  assert.deepEqual(calls(bench), []);
  answer(bench, "end", fine);
  assert.deepEqual(calls(bench), ["log 0"]);
  answer(bench, "log", logFine);
  assert.deepEqual(calls(bench), ["removed"]);
  answer(bench, "removed", fine);
  assert.deepEqual(calls(bench), []);
  assert.deepEqual(bench.record.outbox, []);
});

test("L15 chunks of the log keep their order: a later one does not overtake one that has to be sent again", () => {
  const bench = owing(log(0), log(1), removed);
  assert.deepEqual(calls(bench), ["log 0"]);
  answer(bench, "log", later);
  assert.deepEqual(calls(bench), ["removed"], "the proof does not wait for the log");
  answer(bench, "removed", fine);
  assert.deepEqual(calls(bench), []);
  pass(bench, 10);
  assert.deepEqual(calls(bench), ["log 0"]);
  answer(bench, "log", logFine);
  assert.deepEqual(calls(bench), ["log 1"]);
});

test("L8 what is owed is sent only when it is on disk", () => {
  const bench = owing();
  bench.onStep = (step, saved) => {
    if (step.do === "call" && step.call.name === "report") assert.equal(saved.outbox.length, 1);
  };
  bench.names.add("mallory");
  assert.deepEqual(calls(bench), ["report"]);
});

test("silence and 401 are tried again for ever, further and further apart", () => {
  const bench = owing(end);
  let tries = 0;
  for (let second = 0; second < 3_600; second += 1) {
    for (const name of calls(bench)) {
      assert.equal(name, "end");
      tries += 1;
      answer(
        bench,
        "end",
        tries % 2 === 0 ? { came: "silent", why: "" } : { came: "refused", status: 401, detail: "" },
      );
    }
    pass(bench, 1);
  }
  assert.ok(tries > 10 && tries < 60, `${tries} tries in an hour`);
  assert.equal(bench.record.outbox.length, 1);
});

test("what found no service goes at once when the service answers anything again", () => {
  const bench = owing(end, removed);
  calls(bench);
  answer(bench, "end", { came: "silent", why: "" });
  assert.deepEqual(calls(bench), ["removed"]);
  answer(bench, "removed", { came: "silent", why: "" });
  assert.deepEqual(calls(bench), []);
  const proof = bench.memory.owed["1"];
  assert.ok(proof !== undefined);
  proof.dueSeconds += 50;
  pass(bench, 2);
  assert.deepEqual(calls(bench), ["end"]);
  answer(bench, "end", fine);
  assert.deepEqual(calls(bench), ["removed"]);
});

test("so does the question what this Mac should be, for which all that is owed waits; a refused one waits", () => {
  const bench = owing();
  for (const [outcome, isHurried] of [
    [{ came: "silent", why: "" }, true],
    [later, false],
  ] as const) {
    const ctx = contextOf(bench);
    onMac(ctx, outcome);
    const dueSeconds = ctx.now.continuousSeconds + 300;
    ctx.memory.mac.dueSeconds = dueSeconds;
    hurryUnreached(ctx);
    assert.equal(ctx.memory.mac.dueSeconds, isHurried ? ctx.now.continuousSeconds : dueSeconds);
  }
});

test("a contradiction is settled: nothing is sent twice to a service that knows better", () => {
  const bench = owing(end, removed);
  calls(bench);
  answer(bench, "end", { came: "refused", status: 409, detail: "ended already" });
  assert.deepEqual(calls(bench), ["removed"]);
});

test("L15 a log that the service does not take is given up with a report, not altered", () => {
  const bench = owing(log(3), log(4), removed);
  calls(bench);
  answer(bench, "log", {
    came: "refused",
    status: 409,
    detail: "chunk 2 is missing",
    seq: 2,
    previousHash: "h",
  });
  assert.deepEqual(calls(bench), ["removed"]);
  assert.deepEqual(
    bench.record.outbox.map(({ call }) => call.name),
    ["removed", "report"],
  );
  const { call } = bench.record.outbox[1] ?? {};
  assert.ok(call?.name === "report");
  assert.deepEqual(
    [call.kind, call.items, call.requestId],
    ["device_error", ["the service does not take the log from chunk 3 on: chunk 2 is missing"], REQUEST],
  );
});

test("L8 L15 where the session still runs it ends as tampered with, told once; its log gets no more", () => {
  const { bench } = active();
  bench.record.outbox = [{ id: "1", call: log(3) }];
  assert.deepEqual(calls(bench), ["log 3"]);
  answer(bench, "log", { came: "refused", status: 409, detail: "full" });
  look(bench);
  const { session, outbox } = bench.record;
  const why = "the service does not take the log from chunk 3 on: full";
  assert.deepEqual(
    [session?.phase, session?.ending?.reason, session?.log.refused],
    ["ending", "tampered", why],
  );
  const told = outbox.flatMap(({ call }) => (call.name === "report" ? [[call.kind, ...call.items]] : []));
  assert.deepEqual(told, [["tampered", why]]);
});

test("a lost chain goes on where the service says it stands", () => {
  const bench = owing();
  bench.record.outbox = [{ id: "1", call: log(1_000_000), rechain: true }];
  assert.deepEqual(calls(bench), ["log 1000000"]);
  answer(bench, "log", { came: "refused", status: 409, detail: "", seq: 7, previousHash: "a".repeat(64) });
  assert.deepEqual(calls(bench), ["log 7"]);
});

test("a lost chain that the service cannot place is given up, and so is one that is refused twice", () => {
  const where = { seq: 7, previousHash: "a".repeat(64) };
  const refusals = [
    { came: "refused", status: 409, detail: "no" },
    { came: "refused", status: 409, detail: "no", seq: 7 },
    { came: "refused", status: 409, detail: "no", previousHash: where.previousHash },
    { came: "refused", status: 400, detail: "no", ...where },
  ] as const;
  for (const refusal of refusals) {
    const bench = owing();
    bench.record.outbox = [{ id: "1", call: log(1_000_000), rechain: true }];
    calls(bench);
    answer(bench, "log", refusal);
    assert.deepEqual(calls(bench), ["report"], JSON.stringify(refusal));
  }
  const bench = owing();
  bench.record.outbox = [{ id: "1", call: log(1_000_000), rechain: true }];
  calls(bench);
  answer(bench, "log", { came: "refused", status: 409, detail: "", ...where });
  assert.deepEqual(calls(bench), ["log 7"]);
  answer(bench, "log", { came: "refused", status: 409, detail: "", ...where });
  assert.deepEqual(calls(bench), ["report"]);
});

test("L15 the log of one session that is given up leaves those of others", () => {
  const other = { ...log(0), requestId: "other" };
  const bench = owing(log(3), other, log(4));
  calls(bench);
  answer(bench, "log", { came: "refused", status: 409, detail: "no" });
  look(bench);
  const owed = bench.record.outbox.map(({ call }) => call);
  assert.deepEqual(
    owed.filter(({ name }) => name === "log"),
    [other],
  );
});

test("L5 nothing that was read from disk is sent before the service has said what this Mac should be", () => {
  const bench = owing(removed, end, log(0));
  restart(bench);
  look(bench);
  assert.deepEqual(
    bench.open.map((step) => step.do === "call" && step.call.name),
    ["mac"],
  );
  answer(bench, "mac", { came: "silent", why: "" });
  look(bench);
  assert.deepEqual(bench.open, []);
  assert.ok(bench.memory.mac.dueSeconds > bench.now.continuousSeconds);
});
