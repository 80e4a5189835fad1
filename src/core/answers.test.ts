import { join } from "node:path";
import { test } from "node:test";
import { expectGolden } from "../../test/kit/golden.ts";
import type { Decision } from "./decision.ts";
import { STATUSES } from "./lifecycle.ts";
import type { Actor, Status } from "./request.ts";
import {
  type Act,
  act,
  ANNA,
  BORIS,
  CLARA,
  fork,
  type Life,
  lifeIn,
  newLife,
  OFF_HOURS_POLICY,
  OTHER_ARM_ID,
  OTHER_SERIAL,
  STRANGER,
  T0,
} from "./test-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./time.ts";

/**
 * Every word that people, Macs and the audit trail get, as text to be read: for each scene what each command does and
 * says. A change of wording, of who is told, or of what is recorded shows in `golden/SCENE.txt`, which
 * `UPDATE_GOLDEN=1` writes anew.
 */

/** Long enough for a heartbeat to count after an end, too short for any alarm. */
const LATER_MS = 100 * SECOND_MS;

const ACTS: readonly (readonly [what: string, act: Act])[] = [
  ["who asks becomes known", act.resolve()],
  ["who asks becomes known, the cap of the night is used up", { ...act.resolve(), capReached: true } as Act],
  ["Boris approves 15 minutes", act.approve(BORIS, 15)],
  ["Boris approves 30 minutes", act.approve(BORIS, 30)],
  ["Clara approves 15 minutes", act.approve(CLARA, 15)],
  ["the requester approves, though no approver", act.approve(ANNA, 15)],
  ["Boris denies without a reason", act.deny(BORIS)],
  ["Clara denies with a reason", act.deny(CLARA, "ask your team lead")],
  ["a stranger denies", act.deny(STRANGER)],
  ["the Mac cancels", act.cancelByMac()],
  ["another Mac cancels", act.cancelByMac(OTHER_SERIAL)],
  ["the requester cancels", act.cancelBySlack()],
  ["Boris cancels", act.cancelBySlack(BORIS)],
  ["a stranger cancels", act.cancelBySlack(STRANGER)],
  ["the tag was read back", { type: "signal_set" }],
  ["the tag could not be set", { type: "signal_failed", why: "404" }],
  ["the Mac takes it up", act.arm()],
  ["the Mac takes it up in another attempt", act.arm({ armId: OTHER_ARM_ID })],
  ["another account takes it up", act.arm({ uid: 502 })],
  ["the account was made anew", act.arm({ generatedUid: "0A1B2C3D-0000-4000-8000-000000000002" })],
  ["another Mac takes it up", act.arm({ serial: OTHER_SERIAL })],
  ["the Mac confirms the rights, its clock wrong", act.start(T0)],
  ["the Mac confirms another attempt", act.start(T0, { armId: OTHER_ARM_ID })],
  ["another Mac confirms", act.start(T0, { serial: OTHER_SERIAL })],
  ["the person ends it on the Mac", act.end()],
  ["the Mac was tampered with", act.end({ cause: "tampered", detail: "the sudo log was rewritten" })],
  ["the Mac lost the network", act.end({ cause: "network_loss" })],
  ["another Mac ends it", act.end({ serial: OTHER_SERIAL })],
  ["the requester ends it in Slack", act.endByRequester()],
  ["a stranger ends it in Slack", act.endByRequester(STRANGER)],
  ["Boris revokes", act.revoke(BORIS)],
  ["Clara revokes", act.revoke(CLARA)],
  ["a stranger revokes", act.revoke(STRANGER)],
  ["Boris locks the Mac", act.lock(BORIS)],
  ["Clara locks the Mac", act.lock(CLARA)],
  ["Iru took the order to lock", { type: "device_locked", by: BORIS }],
  ["Iru refused the order to lock", { type: "lock_failed", why: "400" }],
  ["the rights are proven gone", act.removed()],
  ["no rights were ever given", act.removed({ granted: false, reason: "device_error" })],
  ["the removal could not be verified", act.removed({ verified: false, reason: "revoked" })],
  ["the removal of another attempt", act.removed({ armId: OTHER_ARM_ID })],
  ["the removal on another Mac", act.removed({ serial: OTHER_SERIAL })],
  ["a heartbeat reads admin", act.adminSeen()],
  ["a heartbeat reads no admin", act.adminSeen(false)],
  ["Boris closes it unverified", act.closeUnverified(BORIS)],
  ["Clara closes it unverified", act.closeUnverified(CLARA)],
  ["the Mac is silent", { type: "heartbeat_silent", lastSeenAt: T0 }],
  ["the Mac is heard again", { type: "heartbeat_returned" }],
  ["a part of the log", act.logPart()],
  ["the last part of the log", act.logPart(true)],
  ["a part of the log contradicts", { type: "log_contradiction", seq: 3, what: "other lines" }],
  [
    "a part of the log contradicts, the posts are used up",
    { type: "log_contradiction", seq: 3, what: "other lines", capReached: true },
  ],
  ["a report", act.report()],
  [
    "a long report, the posts are used up",
    act.report({ items: ["a", "b", "c", "d", "e", "f"], capReached: true }),
  ],
  ["a report of an admin who should be none", act.report({ kind: "still_admin" })],
  ["a report of another Mac", act.report({ serial: OTHER_SERIAL })],
  ["the Mac is enrolled again", { type: "re_enrolled" }],
  ["work failed", { type: "effect_failed", key: "tags:x", what: "tags", why: "404" }],
  ["work was done after all", { type: "effect_recovered", key: "tags:x", what: "tags" }],
  ["nothing is due", act.tick],
];

/** What comes by itself when nobody does anything, looked at after these times. */
const TICKS_MS = [
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  15 * MINUTE_MS,
  25 * MINUTE_MS,
  HOUR_MS,
  HOUR_MS + 10 * MINUTE_MS,
  3 * HOUR_MS,
  DAY_MS,
  2 * DAY_MS,
];

/** Begun, then these acts, 10 s apart, or as long as is said. */
function after(life: Life, ...acts: readonly (Act | number)[]): Life {
  for (const each of acts) {
    if (typeof each === "number") life.pass(each);
    else life.after(10 * SECOND_MS, each);
  }
  return life;
}

const SCENES: readonly (readonly [scene: string, begin: () => Life, like?: Status])[] = [
  ["just asked", () => newLife(), "pending"],
  ["just asked in off-hours", () => newLife({ policy: OFF_HOURS_POLICY }), "pending"],
  [
    "asked by the on-call person",
    () => after(newLife(), act.resolve({ requesterSlackIds: [BORIS] })),
    "pending",
  ],
  ...STATUSES.map((status): [string, () => Life] => [status, () => lifeIn(status)]),
  [
    "approved by the off-hours rule",
    () => after(newLife({ policy: OFF_HOURS_POLICY }), act.resolve()),
    "approved",
  ],
  ["approved and signalled", () => after(lifeIn("approved"), { type: "signal_set" }), "approved"],
  [
    "approved, the signal failed",
    () => after(lifeIn("approved"), { type: "signal_failed", why: "404" }),
    "approved",
  ],
  ["cancelled by the requester", () => after(lifeIn("pending"), act.cancelBySlack()), "cancelled"],
  [
    "active and silent",
    () => after(lifeIn("active"), { type: "heartbeat_silent", lastSeenAt: T0 }),
    "active",
  ],
  ["active, its log streaming", () => after(lifeIn("active"), act.logPart()), "active"],
  [
    "active for five minutes",
    () => after(lifeIn("pending"), act.approve(BORIS, 5), act.arm(), act.start(T0 + 22 * SECOND_MS)),
    "active",
  ],
  ["ending, never confirmed", () => after(lifeIn("arming"), act.end({ cause: "device_error" })), "ending"],
  ["ending, the confirmation too late", () => after(lifeIn("arming"), 5 * MINUTE_MS, act.tick), "ending"],
  ["ending and locked", () => after(lifeIn("ending"), act.lock(BORIS)), "ending"],
  [
    "ending, its lock confirmed",
    () => after(lifeIn("ending"), act.lock(BORIS), { type: "device_locked", by: BORIS }),
    "ending",
  ],
  ["ending, still admin", () => after(lifeIn("ending"), 2 * MINUTE_MS, act.adminSeen()), "ending"],
  ["ending for a day", () => after(lifeIn("ending"), DAY_MS, act.tick), "ending"],
  ["ended with its log", () => after(lifeIn("ended"), act.logPart(true)), "ended"],
  ["ended, its log missing", () => after(lifeIn("ended"), 20 * MINUTE_MS, act.tick), "ended"],
  [
    "ended without rights",
    () => after(lifeIn("arming"), act.removed({ granted: false, reason: "device_error" })),
    "ended",
  ],
  [
    "ended, closed unverified",
    () => after(lifeIn("ending"), DAY_MS, act.tick, act.closeUnverified(BORIS)),
    "ended",
  ],
  ["ended, still admin", () => after(lifeIn("ended"), 2 * MINUTE_MS, act.adminSeen()), "ended"],
];

function whoIs(actor: Actor): string {
  switch (actor.kind) {
    case "slack":
      return `slack ${actor.userId}`;
    case "mac":
      return `Mac ${actor.serial}`;
    case "policy":
      return `rule ${actor.rule} for ${actor.onCallUserId}`;
    case "system":
      return `system ${actor.part}`;
  }
}

/** JSON on one line; instants as seconds since the request was made. */
function inLine(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === "number" && part > 1e12 ? `T+${(part - T0) / SECOND_MS} s` : part,
  );
}

function linesOf({ events, effects, refusal, quota }: Decision): string[] {
  const lines = [
    ...events.map(({ event: { type, ...rest }, actor }) => `${type} by ${whoIs(actor)} ${inLine(rest)}`),
    ...effects.map(({ type, key, ...rest }) => `-> ${type} ${key} ${inLine(rest)}`),
    ...(quota === undefined ? [] : [`only while ${quota.key} is at most ${quota.limit}`]),
    ...(refusal === undefined ? [] : [`refused ${inLine(refusal)}`]),
  ];
  return (lines.length === 0 ? ["nothing"] : lines).map((line) => `  ${line.replace(/ \{\}$/, "")}`);
}

/** What each command does from here, and what comes by itself. */
function answersIn(begin: () => Life): ReadonlyMap<string, string> {
  const life = begin();
  const answers = new Map(
    ACTS.map(([what, command]) => [what, linesOf(fork(life).after(LATER_MS, command).decision)]),
  );
  for (const [index, at] of TICKS_MS.entries()) {
    life.now += at - (TICKS_MS[index - 1] ?? 0);
    answers.set(`nobody does anything for ${at / MINUTE_MS} minutes`, linesOf(life.do(act.tick).decision));
  }
  return new Map([...answers].map(([what, lines]) => [what, lines.join("\n")]));
}

function tell(scene: string, answers: ReadonlyMap<string, string>, like: string): string {
  const told = new Map<string, string[]>();
  for (const [what, answer] of answers) told.set(answer, [...(told.get(answer) ?? []), what]);
  const blocks = [...told].map(([answer, acts]) => `${acts.join("\n")}\n${answer}\n`);
  return [
    `${scene}: what each command does and says, ${LATER_MS / SECOND_MS} s later${like}`,
    "",
    ...blocks,
  ].join("\n");
}

for (const [scene, begin, base] of SCENES) {
  test(`${scene}: every command does and says what was read and agreed to`, () => {
    const known = base === undefined ? undefined : answersIn(() => lifeIn(base));
    const news = [...answersIn(begin)].filter(([what, answer]) => known?.get(what) !== answer);
    const like = base === undefined ? "" : `; all else as when ${base}`;
    expectGolden(join(import.meta.dirname, "golden"), scene, tell(scene, new Map(news), like));
  });
}
