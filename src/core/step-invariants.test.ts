import assert from "node:assert/strict";
import { test } from "node:test";
import type { AccessRequest, Actor } from "./request.ts";
import { brokenSteps, STEP_INVARIANTS } from "./step-invariants.ts";
import { annaIdentity, askOf, requestInEachState, STRANGER } from "./test-kit.ts";
import { DAY_MS } from "./time.ts";

const { expired_unanswered: unanswered, ...requests } = requestInEachState();
const { pending, approved, arming, active, ending, ended, denied, cancelled, lapsed } = requests;

const stranger: Actor = { kind: "slack", userId: STRANGER };
const stillAdmin = { state: "still_admin", at: ending.ending.since + DAY_MS } as const;
const missing = { state: "missing", at: ended.endedAt } as const;
const collected = { state: "collected", at: 0, chunks: 1, lines: 1, hash: "h", late: false } as const;

/** For each step invariant steps that break it; they may break others besides. */
const BROKEN_STEPS: readonly (readonly [
  law: string,
  name: string,
  steps: readonly (readonly [before: AccessRequest, after: AccessRequest])[],
])[] = [
  [
    "lifecycle",
    "a request moves only along the table",
    [
      [active, arming],
      [ended, ending],
      [denied, approved],
      [approved, pending],
      [lapsed, pending],
    ],
  ],
  [
    "L1",
    "what was asked for, and who asked, never changes",
    [
      [pending, { ...pending, ask: askOf({ reason: "another" }) }],
      [pending, { ...pending, identity: annaIdentity({ requesterSlackIds: [STRANGER] }) }],
      [pending, { ...pending, identity: { state: "pending" } }],
    ],
  ],
  [
    "L2",
    "a decision stays as it was made",
    [
      [approved, { ...active, approval: { ...approved.approval, minutes: 30 } }],
      [denied, { ...denied, denial: { ...denied.denial, by: stranger } }],
      [cancelled, { ...cancelled, cancellation: { ...cancelled.cancellation, at: 0 } }],
    ],
  ],
  [
    "L3",
    "a permission to give rights is never given anew",
    [[arming, { ...arming, arming: { ...arming.arming, confirmBy: arming.arming.confirmBy + 1 } }]],
  ],
  [
    "L4",
    "a deadline never moves",
    [
      [active, { ...active, grant: { ...active.grant, endsAt: active.grant.endsAt + 1 } }],
      [active, { ...active, grant: { ...active.grant, endsAt: active.grant.endsAt - 1 } }],
      [ending, { ...ended, grant: { ...active.grant, startedAt: active.grant.startedAt + 1 } }],
    ],
  ],
  [
    "L4",
    "why, when and by whom a session ended never changes",
    [
      [ending, { ...ended, ending: { ...ending.ending, reason: "expired" } }],
      [ending, { ...ending, ending: { ...ending.ending, since: ending.ending.since + 1 } }],
      [ending, active],
    ],
  ],
  [
    "L5",
    "STILL ADMIN is taken back only by a proof, or by giving up waiting for one",
    [
      [{ ...ending, proof: stillAdmin }, ending],
      [
        { ...ending, proof: stillAdmin },
        { ...ending, proof: { state: "not_confirmed", at: 0 } },
      ],
    ],
  ],
  [
    "L8",
    "a collected log stays collected as it is, and a missing one becomes nothing but collected",
    [
      [{ ...ended, log: collected }, ended],
      [
        { ...ended, log: collected },
        { ...ended, log: { ...collected, hash: "other" } },
      ],
      [{ ...ended, log: missing }, ended],
      [{ ...ended, log: missing }, pending],
    ],
  ],
];

test("the steps between the states break no step invariant, and staying breaks none", () => {
  const steps = [
    [pending, approved, arming, active, ending, ended],
    [pending, denied],
    [pending, cancelled],
    [pending, unanswered],
    [approved, lapsed],
  ];
  for (const path of steps) {
    for (const [index, after] of path.entries()) {
      const before = path[index - 1] ?? after;
      assert.deepEqual(brokenSteps(before, after), []);
      assert.deepEqual(brokenSteps(after, after), []);
    }
  }
});

/** Steps that are rare and allowed. */
const ALLOWED_STEPS: readonly (readonly [what: string, before: AccessRequest, after: AccessRequest])[] = [
  ["it becomes known who asks", { ...pending, identity: { state: "pending" } }, pending],
  ["still admin, then proven gone", { ...ending, proof: stillAdmin }, ended],
  ["still admin stays so", { ...ending, proof: stillAdmin }, { ...ending, proof: stillAdmin }],
  [
    "still admin, then closed",
    { ...ending, proof: stillAdmin },
    { ...ended, proof: { state: "closed_unverified", at: 0, by: stranger } },
  ],
  ["a log is missing and stays so", { ...ended, log: missing }, { ...ended, log: missing }],
  ["a missing log comes after all", { ...ended, log: missing }, { ...ended, log: collected }],
  ["a log begins to stream", ending, { ...ending, log: { state: "streaming", since: 0 } }],
  [
    "a streaming log is collected",
    { ...ending, log: { state: "streaming", since: 0 } },
    { ...ending, log: collected },
  ],
];

for (const [what, before, after] of ALLOWED_STEPS) {
  test(`${what}: breaks no step invariant`, () => assert.deepEqual(brokenSteps(before, after), []));
}

for (const [law, name, steps] of BROKEN_STEPS) {
  test(`${law} notices a step after which it is not true that ${name}`, () => {
    for (const [index, [before, after]] of steps.entries()) {
      assert.ok(brokenSteps(before, after).includes(`${law} ${name}`), `sample ${index}`);
    }
  });
}

test("every step invariant has steps that break it", () => {
  assert.deepEqual(
    STEP_INVARIANTS.map(({ law, name }) => `${law} ${name}`).toSorted(),
    BROKEN_STEPS.map(([law, name]) => `${law} ${name}`).toSorted(),
  );
});

test("keys in another order are the same thing", () => {
  const { ask, ...rest } = pending;
  const reordered = { ...rest, ask: Object.fromEntries(Object.entries(ask).toReversed()) } as AccessRequest;
  assert.deepEqual(brokenSteps(pending, reordered), []);
  assert.deepEqual(brokenSteps(pending, { ...pending, ask: { ...ask, email: "other@example.com" } }), [
    "L1 what was asked for, and who asked, never changes",
  ]);
});
