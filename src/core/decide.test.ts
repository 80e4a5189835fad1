import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { CommandType } from "./commands.ts";
import { decide } from "./decide.ts";
import { STATUSES } from "./lifecycle.ts";
import type { Status } from "./request.ts";
import { type Act, act, ANNA, askOf, CLARA, commandOf, lifeIn, POLICY, SERIAL, T0 } from "./test-kit.ts";
import { HOUR_MS, SECOND_MS } from "./time.ts";

/** Long enough for a heartbeat to count after an end, too short for any alarm. */
const LATER_MS = 100 * SECOND_MS;

/**
 * One line a command: what it does in each of `STATUSES`, 100 s after the state was reached by real commands.
 * `.` nothing, a silent success; `=` a fact is added and the state stays; `no` not allowed now; `lost` somebody
 * else decided first; anything else is the new state.
 */
const MATRIX: readonly (readonly [type: CommandType, what: string, act: Act, cells: string])[] = [
  [
    "identity_resolved",
    "a second look-up",
    act.resolve({ requesterSlackIds: [CLARA] }),
    ". . . . . . . . . .",
  ],
  [
    "approve",
    "by the second approver",
    act.approve(CLARA),
    "approved lost lost lost lost lost lost lost lost lost",
  ],
  ["deny", "by the second approver", act.deny(CLARA), "denied lost lost lost lost lost lost lost lost lost"],
  ["cancel", "on the Mac", act.cancelByMac(), "cancelled cancelled no no no no lost . lost no"],
  ["cancel", "by the requester", act.cancelBySlack(), "cancelled cancelled no no no no lost lost lost no"],
  ["cancel", "by an approver", act.cancelBySlack(CLARA), "cancelled cancelled no no no no lost lost lost no"],
  ["revoke", "by the second approver", act.revoke(CLARA), "no no ending ending lost lost no no no no"],
  ["lock", "by the second approver", act.lock(CLARA), "no no ending ending = no no no no no"],
  ["end_by_requester", "in Slack", act.endByRequester(ANNA), "no no ending ending . . no no no no"],
  ["close_unverified", "before it is offered", act.closeUnverified(), "no no no no no no no no no no"],
  ["signal_set", "the tag was read back", { type: "signal_set" }, ". = . . . . . . . ."],
  ["signal_failed", "Iru said no", { type: "signal_failed", why: "404" }, ". = . . . . . . . ."],
  ["arm", "by the right person", act.arm(), "no arming . no no no no no no no"],
  ["start", "of the same attempt", act.start(T0), "no no active . no no no no no no"],
  ["end", "by the user on the Mac", act.end(), "no no ending ending no no no no no no"],
  ["end", "network loss", act.end({ cause: "network_loss" }), "no no ending ending . . no no no no"],
  ["removed", "verified", act.removed(), "no no ended ended ended . no no no no"],
  ["removed", "not verified", act.removed({ verified: false }), "no no ending ending = . no no no no"],
  ["admin_seen", "as admin", act.adminSeen(), ". . . . = = . . . ."],
  ["admin_seen", "as no admin", act.adminSeen(false), ". . . . . . . . . ."],
  ["heartbeat_silent", "", { type: "heartbeat_silent", lastSeenAt: T0 }, ". . . = . . . . . ."],
  ["heartbeat_returned", "without a silence", { type: "heartbeat_returned" }, ". . . . . . . . . ."],
  ["log_chunk_stored", "the first part", act.logPart(), "no no = = = = no no no no"],
  ["log_chunk_stored", "the last part", act.logPart(true), "no no = = = = no no no no"],
  ["log_contradiction", "", { type: "log_contradiction", seq: 0, what: "x" }, ". . = = = = . . . ."],
  ["report", "", act.report(), "= = = = = = = = = ="],
  ["re_enrolled", "", { type: "re_enrolled" }, "cancelled cancelled ended ended ended . . . . ."],
  ["effect_failed", "", { type: "effect_failed", key: "k", what: "w", why: "y" }, "= = = = = = = = = ="],
  ["effect_recovered", "", { type: "effect_recovered", key: "k", what: "w" }, "= = = = = = = = = ="],
  ["device_locked", "that nobody asked for", { type: "device_locked", by: CLARA }, ". . . . . . . . . ."],
  ["lock_failed", "that nobody asked for", { type: "lock_failed", why: "400" }, ". . . . . . . . . ."],
  ["tick", "before anything is due", act.tick, ". . . . . . . . . ."],
];

function cellOf(status: Status, command: Act): string {
  const life = lifeIn(status);
  const { events, refusal } = life.after(LATER_MS, command);
  switch (refusal?.refused) {
    case undefined:
      if (life.request.status !== status) return life.request.status;
      return events.length === 0 ? "." : "=";
    case "not_allowed_now":
      return "no";
    case "already_decided":
      return "lost";
    default:
      return refusal?.refused ?? "";
  }
}

describe("every command in every state", () => {
  for (const [type, what, command, cells] of MATRIX) {
    test(`${type} ${what}`.trimEnd(), () => {
      assert.equal(command.type, type);
      const found = STATUSES.map((status) => cellOf(status, command)).join(" ");
      assert.equal(found, cells);
    });
  }

  test("the matrix has every command", () => {
    const known: Readonly<Record<Exclude<CommandType, "submit">, true>> = {
      identity_resolved: true,
      approve: true,
      deny: true,
      cancel: true,
      revoke: true,
      lock: true,
      end_by_requester: true,
      close_unverified: true,
      signal_set: true,
      signal_failed: true,
      arm: true,
      start: true,
      end: true,
      removed: true,
      admin_seen: true,
      heartbeat_silent: true,
      heartbeat_returned: true,
      log_chunk_stored: true,
      log_contradiction: true,
      report: true,
      re_enrolled: true,
      effect_failed: true,
      effect_recovered: true,
      device_locked: true,
      lock_failed: true,
      tick: true,
    };
    const tried = new Set(MATRIX.map(([type]) => type));
    assert.deepEqual(Object.keys(known).toSorted(), [...tried].toSorted());
  });
});

test("a command to no request is refused and makes none", () => {
  const decision = decide(undefined, commandOf(act.approve()), T0, POLICY);
  assert.equal(decision.refusal?.refused, "unknown_request");
  assert.equal(decision.request, undefined);
  assert.deepEqual([decision.events, decision.effects], [[], []]);
});

test("a submission makes a pending request and looks up who asks", () => {
  const life = lifeIn("pending");
  const { decision } = life.do({ type: "submit", ask: life.request.ask });
  assert.deepEqual([decision.events, decision.effects], [[], []], "again: nothing");
  assert.equal(life.events[0]?.event.type, "requested");
  assert.deepEqual(life.events[0]?.actor, { kind: "mac", serial: life.request.ask.serial });
  assert.deepEqual(life.effects[0], { type: "resolve_identity", key: "identity" });
});

test("L1 L11 what the wrong person or Mac asks is refused in every state and changes nothing", () => {
  const wrong: readonly (readonly [act: Act, refused: string])[] = [
    [act.approve("U0STRANGER"), "not_an_approver"],
    [act.deny("U0STRANGER"), "not_an_approver"],
    [act.cancelBySlack("U0STRANGER"), "not_an_approver"],
    [act.revoke("U0STRANGER"), "not_an_approver"],
    [act.lock("U0STRANGER"), "not_an_approver"],
    [act.closeUnverified("U0STRANGER"), "not_an_approver"],
    [act.endByRequester("U0STRANGER"), "not_the_requester"],
    [act.cancelByMac("C02HALLPASS2"), "wrong_mac"],
    [act.arm({ serial: "C02HALLPASS2" }), "wrong_mac"],
    [act.start(T0, { serial: "C02HALLPASS2" }), "wrong_mac"],
    [act.end({ serial: "C02HALLPASS2" }), "wrong_mac"],
    [act.removed({ serial: "C02HALLPASS2" }), "wrong_mac"],
    [act.report({ serial: "C02HALLPASS2" }), "wrong_mac"],
    [act.arm({ uid: 502 }), "wrong_person"],
    [act.arm({ generatedUid: "FFFFFFFF-0000-4000-8000-000000000001" }), "wrong_person"],
  ];
  for (const status of STATUSES) {
    for (const [command, refused] of wrong) {
      const life = lifeIn(status);
      const { request } = life;
      const outcome = life.after(LATER_MS, command);
      assert.equal(outcome.refusal?.refused, refused, `${command.type} in ${status}`);
      assert.equal(life.request, request, `${command.type} in ${status}`);
      assert.deepEqual([outcome.events, outcome.keys], [[], []]);
    }
  }
});

test("each Mac may ask sixty times an hour, and the hours are counted from 1970", () => {
  const submit = commandOf({ type: "submit", ask: askOf() });
  const quotaAt = (now: number) => decide(undefined, submit, now, POLICY).quota;
  const hour = T0 / HOUR_MS;
  assert.deepEqual(quotaAt(T0), { key: `requests:${SERIAL}:${hour}`, limit: 60 });
  assert.deepEqual(quotaAt(T0 + HOUR_MS - 1), quotaAt(T0));
  assert.deepEqual(quotaAt(T0 + HOUR_MS), { key: `requests:${SERIAL}:${hour + 1}`, limit: 60 });
});

test("a command to a request that there is not is refused in words", () => {
  assert.deepEqual(decide(undefined, commandOf(act.approve()), T0, POLICY).refusal, {
    refused: "unknown_request",
    rule: "lifecycle",
    message: "There is no such request.",
  });
});
