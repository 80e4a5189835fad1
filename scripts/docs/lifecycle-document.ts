import { alarmsOf, type AlarmName, ALARM_NAMES, pendingPollMs } from "../../src/core/alarms.ts";
import type { CommandType } from "../../src/core/commands.ts";
import { LIFECYCLE, STATUSES } from "../../src/core/lifecycle.ts";
import { DEFAULT_POLICY, type Policy } from "../../src/core/policy-config.ts";
import { OPEN_STATUSES, type Status } from "../../src/core/request.ts";
import {
  type Act,
  act,
  ANNA,
  BORIS,
  CLARA,
  fork,
  type Life,
  lifeIn,
  OTHER_SERIAL,
  SERIAL,
  STRANGER,
  T0,
} from "../../src/core/test-kit.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "../../src/core/time.ts";
import { table } from "./markdown-table.ts";

/**
 * `docs/lifecycle.md`, from the lifecycle table and from asking `decide` itself: what each person and Mac may do is
 * found by trying it in every state.
 */
export function lifecycleDocument(): string {
  return [
    "# The life of a request",
    "",
    "Made by `npm run docs` from the table in `src/core/lifecycle.ts` and from trying every command in every state;",
    "a test fails when it is out of date. Do not edit it by hand.",
    "",
    ...diagram(),
    ...eventTable(),
    ...permissions(),
    ...timers(),
    ...beside(),
  ].join("\n");
}

function diagram(): string[] {
  const edges = STATUSES.flatMap((from) => {
    const events = new Map<Status, string[]>();
    for (const [event, to] of Object.entries(LIFECYCLE[from])) {
      if (to !== from) events.set(to, [...(events.get(to) ?? []), event]);
    }
    return [...events].map(([to, names]) => `  ${from} --> ${to}: ${names.join(", ")}`);
  });
  const ends = STATUSES.filter((status) => !OPEN_STATUSES.some((open) => open === status));
  return [
    "## States",
    "",
    "```mermaid",
    "stateDiagram-v2",
    "  [*] --> pending: requested",
    ...edges,
    ...ends.map((status) => `  ${status} --> [*]`),
    "```",
    "",
    `Open, so that somebody still has something to do: ${OPEN_STATUSES.join(", ")}.`,
    "From arming to ending the Mac may hold rights, and takes no other session.",
    "",
  ];
}

function eventTable(): string[] {
  const events = [...new Set(STATUSES.flatMap((status) => Object.keys(LIFECYCLE[status])))];
  const rows = events.map((event) => {
    const cells = STATUSES.map((status) => {
      const to = new Map<string, Status>(Object.entries(LIFECYCLE[status])).get(event);
      if (to === undefined) return "";
      return to === status ? "stays" : `**${to}**`;
    });
    return [`\`${event}\``, ...cells];
  });
  return [
    "## What may happen",
    "",
    "Each event, and where it leads in each state. Where nothing stands it cannot happen: `evolve` throws.",
    "",
    ...table(["event", ...STATUSES], rows),
    "",
  ];
}

/** The lives in which every act is tried: one in each state, and one whose Mac has been silent for a day. */
function samples(): readonly (readonly [name: string, life: Life])[] {
  const silent = lifeIn("ending");
  silent.after(DAY_MS, act.tick);
  return [
    ...STATUSES.map((status) => [status, lifeIn(status)] as const),
    ["ending (closing offered)", silent] as const,
  ];
}

type Who =
  | "an approver"
  | "the requester"
  | "a requesting approver"
  | "anybody else"
  | "its Mac"
  | "another Mac";
const WHO: readonly Who[] = [
  "an approver",
  "the requester",
  "a requesting approver",
  "anybody else",
  "its Mac",
  "another Mac",
];

/** Each command that people and Macs give, as each of them would give it; what they cannot even say is left out. */
const TRIED: Readonly<Partial<Record<CommandType, (who: string, life: Life) => Act | undefined>>> = {
  approve: (who) => bySlack(who, (by) => act.approve(by, 5)),
  deny: (who) => bySlack(who, act.deny),
  cancel: (who) => bySlack(who, act.cancelBySlack) ?? act.cancelByMac(who),
  revoke: (who) => bySlack(who, act.revoke),
  lock: (who) => bySlack(who, act.lock),
  end_by_requester: (who) => bySlack(who, act.endByRequester),
  close_unverified: (who) => bySlack(who, act.closeUnverified),
  arm: (who) => byMac(who, (serial) => act.arm({ serial })),
  start: (who, life) => byMac(who, (serial) => act.start(life.now, { serial })),
  end: (who) => byMac(who, (serial) => act.end({ serial })),
  removed: (who) => byMac(who, (serial) => act.removed({ serial })),
  report: (who) => byMac(who, (serial) => act.report({ serial })),
};

const IDS: Readonly<Record<Who, string>> = {
  "an approver": CLARA,
  "the requester": ANNA,
  "a requesting approver": BORIS,
  "anybody else": STRANGER,
  "its Mac": SERIAL,
  "another Mac": OTHER_SERIAL,
};

function bySlack(who: string, make: (by: string) => Act): Act | undefined {
  return who.startsWith("U") ? make(who) : undefined;
}

function byMac(who: string, make: (serial: string) => Act): Act | undefined {
  return who.startsWith("U") ? undefined : make(who);
}

/** The life as it would be had Boris, an approver, asked himself; whoever decided, it was not he. */
function askedByBoris(life: Life): Life {
  const copy = fork(life);
  const { identity } = copy.request;
  if (identity.state !== "resolved") return copy;
  copy.request = { ...copy.request, identity: { ...identity, requesterSlackIds: [BORIS] } };
  return copy;
}

/** The states in which `who` gets something done with this command. */
function allowedIn(make: (who: string, life: Life) => Act | undefined, who: Who): string | undefined {
  const states: string[] = [];
  for (const [name, life] of samples()) {
    const copy = who === "a requesting approver" ? askedByBoris(life) : fork(life);
    const command = make(IDS[who], copy);
    if (command === undefined) return undefined;
    const { refusal, events } = copy.after(SECOND_MS, command);
    if (refusal === undefined && events.length > 0) states.push(name);
  }
  if (states.length === STATUSES.length + 1) return "always";
  const isDuringAnyEnd = states.includes("ending");
  const shown = states.filter((name) => name !== "ending (closing offered)" || !isDuringAnyEnd);
  return shown.length === 0 ? "never" : shown.join(", ");
}

function permissions(): string[] {
  const rows = Object.entries(TRIED).map(([command, make]) => [
    `\`${command}\``,
    ...WHO.map((who) => allowedIn(make, who) ?? ""),
  ]);
  return [
    "## Who may do what, and when",
    "",
    "Where nothing stands the command cannot come from there. Everybody else's try is refused, audited and answered",
    "privately; a repeat of what was done already is a silent success. Before it is known who asks, nobody decides.",
    "",
    ...table(["command", ...WHO], rows),
    "",
  ];
}

/** When each alarm rings, in words, with the intervals of `policy`. */
const WHEN: Readonly<Record<AlarmName, (policy: Policy) => string>> = {
  nudge: (policy) =>
    `every ${words(policy.nudgeEveryMs)} after the asking for ${words(policy.nudgeFirstPhaseMs)}, then every ${words(policy.nudgeLaterEveryMs)}`,
  auto_deny: (policy) => `${words(policy.autoDenyAfterMs)} after the asking`,
  lapse: (policy) =>
    `${words(policy.lapseAfterMs)} after the approval, ${words(3 * pendingPollMs(HOUR_MS))} where the Mac polls only every ${words(pendingPollMs(HOUR_MS))}`,
  confirm_by: (policy) => `${words(policy.confirmWithinMs)} after the permission`,
  warning: (policy) =>
    `${words(policy.warnBeforeMs)} before the end, ${words(policy.warnBeforeShortMs)} for sessions of 5 minutes`,
  expiry: () => "the approved minutes after the Mac confirmed the rights",
  log_missing: (policy) => `${words(policy.logMissingAfterMs)} after the end began`,
  deadline_alarm: (policy) => `${words(policy.deadlineAlarmAfterMs)} after the end began`,
  close_offer: (policy) => `${words(policy.offerCloseAfterMs)} after the end began`,
};

function timers(): string[] {
  const rows = ALARM_NAMES.map((name) => {
    const set = STATUSES.filter((status) => {
      const { request, policy } = lifeIn(status);
      return alarmsOf(request, policy).some((alarm) => alarm.name === name);
    });
    const first = lifeIn(set[0] ?? "pending");
    const at = alarmsOf(first.request, first.policy).find((alarm) => alarm.name === name)?.at ?? T0;
    first.now = at;
    const { events } = first.do(act.tick);
    return [`\`${name}\``, set.join(", "), WHEN[name](DEFAULT_POLICY), `\`${events.at(-1)}\``];
  });
  return [
    "## Timers",
    "",
    "Alarms only say when to look; the stored deadlines decide. What is due happens before any other command is",
    "decided, however late the alarm; nudges that nobody was awake for become one. The intervals are the defaults.",
    "",
    ...table(["alarm", "set in", "rings", "and then"], rows),
    "",
    `A Mac that is silent for ${words(DEFAULT_POLICY.heartbeatSilentAfterMs)} while active is noticed by the sweep: \`heartbeat_lost\`.`,
    "",
  ];
}

function beside(): string[] {
  return [
    "## The log, beside it",
    "",
    "`none` → `streaming` with the first part (`log_started`) → `collected` with the last (`log_collected`);",
    `\`missing\` when neither came within ${words(DEFAULT_POLICY.logMissingAfterMs)} of the end, and still \`collected\` later. The requester's closing message`,
    "waits for `ended` and for the log to be collected or missing; where the Mac proved that no rights were ever given,",
    "no log is owed.",
    "",
  ];
}

function words(ms: number): string {
  const units = [
    [HOUR_MS, "hour"],
    [MINUTE_MS, "minute"],
    [SECOND_MS, "second"],
  ] as const;
  // Two minutes are said as 120 seconds, as the contract does; a day as 24 hours.
  const [size, unit] = units.find(([each]) => ms % each === 0 && ms / each !== 2) ?? [1, "millisecond"];
  const count = ms / size;
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}
