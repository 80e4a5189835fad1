import type { Random } from "../random.ts";
import { AGENT_POINTS, SERVICE_POINTS } from "./crash-point-names.ts";

/** How likely each kind of fault is, per chance it has. Every number is drawn from the seed. */
export const FAULT_LIMITS = {
  /** The service's process dies at a store call or an outgoing call, before or after it. */
  crash_at_port: 0.004,
  /** The service or an agent dies at the port call that this seed tries harder. */
  crash_at_favourite: 0.5,
  /** An agent's process dies at a port call that changes something, before or after it; or at one that reads. */
  agent_dies_acting: 0.015,
  agent_dies_reading: 0.0004,
  /** The store refuses a call and has stored nothing. */
  store_fails: 0.012,
  /** The store takes up to a second for a call. */
  store_slow: 0.02,
  mac_request_lost: 0.06,
  mac_answer_lost: 0.06,
  mac_doubled: 0.06,
  mac_delayed: 0.06,
  mac_answer_late: 0.06,
  mac_gateway_error: 0.04,
  slack_request_lost: 0.06,
  slack_answer_lost: 0.05,
  slack_doubled: 0.03,
  slack_delayed: 0.06,
  slack_answer_late: 0.05,
  slack_429: 0.06,
  slack_5xx: 0.06,
  /** A proxy's no. */
  slack_4xx: 0.02,
  /** Slack's no to the installation, as while its token or its channel is wrong. */
  slack_refuses: 0.03,
  slack_silent: 0.03,
  iru_request_lost: 0.06,
  iru_answer_lost: 0.08,
  iru_doubled: 0.05,
  iru_delayed: 0.08,
  iru_answer_late: 0.06,
  iru_429: 0.08,
  iru_5xx: 0.08,
  /** Refused for good, as when the token was revoked for a while. */
  iru_4xx: 0.03,
  iru_silent: 0.04,
  click_lost: 0.1,
  click_answer_lost: 0.1,
  click_doubled: 0.2,
  click_delayed: 0.15,
  click_answer_late: 0.1,
  alarm_lost: 0.3,
  alarm_late: 0.3,
  alarm_early: 0.3,
  alarm_doubled: 0.3,
  tags_edited: 0.6,
  iru_slow_delivery: 0.5,
  /** What the Mac's Iru agent fetches: nothing, late, or what it had fetched the time before. */
  iru_run_lost: 0.3,
  iru_run_late: 0.3,
  iru_run_stale: 0.3,
} as const;

export type FaultName = keyof typeof FAULT_LIMITS;
export const FAULT_NAMES = Object.keys(FAULT_LIMITS) as FaultName[];

/** What people, Macs and the attacker do; the weights of a seed are drawn between nothing and these. */
export const ACT_LIMITS = {
  ask: 16,
  click: 40,
  dialog: 8,
  done_in_slack: 3,
  admin_status: 3,
  cancel: 3,
  done: 3,
  start: 8,
  sudo: 10,
  network: 8,
  lid: 5,
  reboot: 3,
  power_cut: 3,
  console: 6,
  clock_jump: 6,
  mac_tools_fail: 6,
  wipe: 3,
  agent_killed: 8,
  agent_stopped: 6,
  agent_booted_out: 4,
  agent_files: 8,
  escalate: 14,
  hide: 10,
  attack_burst: 6,
  forge: 14,
  tags: 10,
  check_in: 4,
  service_killed: 6,
  second_process: 3,
} as const;

export type ActName = keyof typeof ACT_LIMITS;
export const ACT_NAMES = Object.keys(ACT_LIMITS) as ActName[];

/** What a seed may try on every session that it comes to; see trials.ts. */
export const TRIAL_NAMES = [
  "alone_at_end",
  "alone_after_sleep",
  "nobody_at_console",
  "cut_off",
  "service_blocked",
  "start_unheard",
  "removal_fails",
  "escalated",
  "elevated_again",
  "start_refused",
  "typed_to_the_end",
  "unread_at_end",
  "traces_hidden",
  "record_edited",
  "calls_forged",
  "two_people",
  "tags_overwritten",
  "flooded",
] as const;

export type TrialName = (typeof TRIAL_NAMES)[number];

const TRIAL_SHARE = 0.5;
const CALM_TRIAL_SHARE = 0.5;
/** Attacks that a trial without other faults still has: they need a session that lives, and few others have one. */
const CALM_ATTACKS = { hide: 2, forge: 6 } as const;
/** Seeds in which hardly any alarm rings, so that what is due is done by the sweep or not at all. */
const NO_ALARMS_SHARE = 0.08;

/** Of the seeds that may have a second process of the service beside the first: those whose rules are of one machine. */
const MANY_PROCESSES_SHARE = 0.4;

/** The faults of one seed. */
export interface FaultPlan {
  /** Tried on every session of this seed; most seeds leave it to chance what sessions meet. */
  readonly trial: TrialName | undefined;
  readonly chances: Readonly<Record<FaultName, number>>;
  readonly weights: Readonly<Record<ActName, number>>;
  readonly actEveryMs: number;
  /** The port call of the service and that of an agent at which this seed dies more often. */
  readonly favourites: Readonly<Record<"service" | "agent", string>>;
}

/** Acts that every life needs are always there; each other kind is left out of about half of all seeds. */
const ALWAYS: ReadonlySet<ActName> = new Set(["ask", "click", "dialog", "start", "sudo"]);

/** Calls that few worlds make, and then a few times only. */
const RARE =
  /\.(removeEntry|restoreEntry|addAdmin|removeSudoersFile|signal|askStart|runPrivileges|readLogChunks?|readLogHead|readAudit|listByStatus|listAlarms|putBeat)$/;

const isRare = (point: string) => RARE.test(point);

/** Those of them that hardly any world makes. */
const RAREST = /\.(restoreEntry|removeSudoersFile|signal|askStart|runPrivileges|readLogChunk)$/;

function favourite(random: Random, points: readonly string[]): string {
  const from = random.fraction();
  if (from < 0.3) return random.pick(points.filter((point) => RAREST.test(point)));
  return random.pick(from < 0.6 ? points.filter(isRare) : points);
}

/** Draws a plan. Leaving kinds out makes seeds differ: where everything goes wrong, little gets far enough to matter. */
export function drawPlan(random: Random): FaultPlan {
  const temper = random.fraction();
  const trial = drawTrial(random.fork("trial"));
  const isCalm = temper < 0.1 || trial.isCalm;
  const isStormy = !isCalm && temper > 0.85;
  const chance = (limit: number) => {
    if (isCalm || !random.chance(0.5)) return 0;
    return round(Math.min(0.9, limit * (isStormy ? 2 * random.fraction() : random.fraction() ** 1.5)));
  };
  const weight = (limit: number) =>
    isCalm || !random.chance(0.45) ? 0 : round(limit * (0.2 + 0.8 * random.fraction()));
  const chances = Object.fromEntries(FAULT_NAMES.map((name) => [name, chance(FAULT_LIMITS[name])])) as Record<
    FaultName,
    number
  >;
  const weights = Object.fromEntries(
    ACT_NAMES.map((name) => [name, ALWAYS.has(name) ? ACT_LIMITS[name] : weight(ACT_LIMITS[name])]),
  ) as Record<ActName, number>;
  if (trial.isCalm) Object.assign(weights, CALM_ATTACKS);
  if (!random.fork("processes").chance(MANY_PROCESSES_SHARE)) Object.assign(weights, { second_process: 0 });
  const favourites = { service: favourite(random, SERVICE_POINTS), agent: favourite(random, AGENT_POINTS) };
  if (!isCalm && isRare(favourites.agent)) Object.assign(weights, { escalate: ACT_LIMITS.escalate });
  if (!isCalm && chances.crash_at_favourite < FAULT_LIMITS.crash_at_favourite && random.chance(0.6)) {
    chances.crash_at_favourite = FAULT_LIMITS.crash_at_favourite;
  }
  if (random.fork("no alarms").chance(NO_ALARMS_SHARE))
    Object.assign(chances, { alarm_lost: 0.95, store_fails: 0 });
  const actEveryMs = random.integer(2, isStormy ? 4 : 9) * 1_000;
  return { trial: trial.name, chances, weights, actEveryMs, favourites };
}

/** Half of the trials have no faults besides, or few sessions would live to meet what is tried. */
function drawTrial(random: Random): { readonly name: TrialName | undefined; readonly isCalm: boolean } {
  if (!random.chance(TRIAL_SHARE)) return { name: undefined, isCalm: false };
  return { name: random.pick(TRIAL_NAMES), isCalm: random.chance(CALM_TRIAL_SHARE) };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** The plan in words: every fault that this seed can meet, with its chance, and every act with its weight. */
export function planInWords({ trial, chances, weights, actEveryMs, favourites }: FaultPlan): string {
  const list = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ") || "none";
  return [
    `every session is tried with: ${trial ?? "nothing"}`,
    `faults (chance each time): ${list(chances)}`,
    `acts (weight), one about every ${actEveryMs / 1_000} s: ${list(weights)}`,
    `deaths tried harder: ${favourites.service} (service), ${favourites.agent} (agent)`,
  ].join("\n");
}
