import assert from "node:assert/strict";
import test from "node:test";
import { BASELINE_MAX_BYTES, macAnswer } from "../../wire/device.ts";
import type { Baseline } from "./record.ts";
import { isSent, sentBaseline, vouchedBaseline } from "./sent-baseline.ts";
import { ALICE, BOB, look } from "./testing/bench.ts";
import { preparing } from "./testing/scenes.ts";

const HASH = "f".repeat(64);
const RULE = "sudoers: /private/etc/sudoers.d/corp";
const many = (count: number, area = "LaunchAgents") =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`${area}: /${index}`, HASH]));
const small: Baseline = {
  admins: ["name:root"],
  accounts: [BOB],
  items: { [RULE]: HASH, "pam.d: /sudo": HASH, "hosts: /etc/hosts": HASH },
  log: { inode: "7", size: 12 },
};
const long: Baseline = { ...small, items: { ...small.items, ...many(2_000) } };
const crowded: Baseline = {
  ...long,
  accounts: Array.from({ length: 2_000 }, (_, uid) => ({ ...BOB, uid })),
};

/** What the service gives back of a baseline that it was sent. */
function givenBack(baseline: Baseline) {
  const sent = sentBaseline(baseline);
  assert.ok(sent !== undefined);
  assert.ok(JSON.stringify(sent).length <= BASELINE_MAX_BYTES);
  const { requestId, ...who } = { requestId: "aaaaaaaa-0000-4000-8000-000000000001", ...ALICE };
  const session = { requestId, ...who, status: "active", armId: "x", baseline: sent };
  const config = { delivery: "mdm", grant: "directory", endProcesses: "kill", longPoll: true, probeUrl: "x" };
  const back = macAnswer.parse({ openRequests: [], session, config }).session?.baseline;
  assert.ok(back !== undefined);
  return back;
}

test("L5 a baseline is sent whole where it fits, and given back as it was", () => {
  const back = givenBack(small);
  assert.deepEqual(back, small);
  assert.equal(isSent(small, back), true);
  assert.deepEqual(vouchedBaseline(back), small);
});

test("L5 of a long baseline what decides who has rights is sent whole, and all else by its hash", () => {
  const back = givenBack(long);
  assert.deepEqual([back.admins, back.accounts], [small.admins, small.accounts]);
  assert.deepEqual(back.items, { [RULE]: HASH, "pam.d: /sudo": HASH });
  assert.equal(back.rest?.count, 2_001);
  assert.equal(isSent(long, back), true);
  assert.deepEqual(vouchedBaseline(back, long), long, "the record has the rest");
  assert.deepEqual(givenBack(crowded).admins, small.admins);
  assert.deepEqual(vouchedBaseline(givenBack(crowded), crowded), crowded);
  assert.deepEqual(vouchedBaseline(givenBack(crowded)).accounts, []);
});

test("L5 a record whose long baseline was changed is not what was sent, wherever the change is", () => {
  for (const key of ["sudoers: /private/etc/sudoers.d/zz", "pam.d: /su", "LaunchDaemons: /evil"]) {
    const forged = { ...long, items: { ...long.items, [key]: HASH } };
    const back = givenBack(long);
    assert.equal(isSent(forged, back), false, key);
    assert.equal(Object.keys(vouchedBaseline(back, forged).items ?? {}).includes(key), false, key);
  }
  const { rest, items } = vouchedBaseline(givenBack(long));
  assert.deepEqual(
    [rest?.count, Object.keys(items ?? {}).length],
    [2_001, 2],
    "of which only a hash is left",
  );
  assert.equal(isSent(vouchedBaseline(givenBack(long)), givenBack(long)), true);
});

test("L9 where not even the administrators and the rules of sudo fit, nothing can be vouched for", () => {
  const admins = Array.from({ length: 5_000 }, (_, index) => `name:user-${index}-long-name` as const);
  assert.equal(sentBaseline({ ...small, admins }), undefined);
  assert.equal(sentBaseline({ ...small, items: many(2_000, "sudoers") }), undefined);
});

test("L9 nothing starts on a Mac whose administrators the service could not keep whole", () => {
  const { bench } = preparing();
  const { preparation } = bench.memory;
  assert.ok(preparation !== undefined);
  const admins = Array.from({ length: 3_000 }, (_, index) => `name:somebody-with-a-long-name-${index}`);
  preparation.armFirstSentSeconds = bench.now.continuousSeconds;
  preparation.baseline = { ...preparation.baseline, admins } as typeof preparation.baseline;
  look(bench);
  const said = bench.done.flatMap((step) => (step.do === "alert" ? [step.text] : []));
  assert.match(said.at(-1) ?? "", /this Mac has too many administrators or rules of sudo/);
  assert.ok(!bench.done.some((step) => step.do === "call" && step.call.name === "arm"));
});

test("L5 the order in which a Mac happens to list what is too long changes nothing", () => {
  const items = Object.fromEntries(Object.entries(long.items ?? {}).toReversed());
  const turned = { ...long, items };
  assert.equal(isSent(turned, givenBack(long)), true);
  assert.deepEqual(vouchedBaseline(givenBack(long), turned), long);
});

test("L5 a record that has only the hash of the rest itself keeps no more than that", () => {
  const back = givenBack(long);
  const forgotten = { ...vouchedBaseline(back), items: long.items ?? {} };
  assert.deepEqual(
    vouchedBaseline(back, forgotten),
    vouchedBaseline(back),
    "items beside a hash of them were put there",
  );
});
