import type { Random } from "../random.ts";

/** How likely each kind of fault is, per chance it has. Every number is drawn from the seed. */
export const FAULT_LIMITS = {
  /** The service's process dies at a store call or an outgoing call, before or after it. */
  crash_at_port: 0.004,
  /** The store refuses a call and has stored nothing. */
  store_fails: 0.004,
  /** The store takes up to a second for a call. */
  store_slow: 0.02,
  mac_request_lost: 0.06,
  mac_answer_lost: 0.06,
  mac_doubled: 0.06,
  mac_delayed: 0.06,
  mac_gateway_error: 0.04,
  slack_request_lost: 0.06,
  slack_answer_lost: 0.05,
  slack_doubled: 0.03,
  slack_delayed: 0.06,
  slack_429: 0.06,
  slack_5xx: 0.06,
  slack_silent: 0.03,
  iru_request_lost: 0.06,
  iru_answer_lost: 0.08,
  iru_doubled: 0.05,
  iru_delayed: 0.08,
  iru_429: 0.08,
  iru_5xx: 0.08,
  /** Refused for good, as when the token was revoked for a while. */
  iru_4xx: 0.03,
  iru_silent: 0.04,
  click_lost: 0.1,
  click_answer_lost: 0.1,
  click_doubled: 0.2,
  click_delayed: 0.15,
  alarm_lost: 0.3,
  alarm_late: 0.3,
  alarm_early: 0.3,
  alarm_doubled: 0.3,
  tags_edited: 0.6,
  iru_slow_delivery: 0.5,
} as const;

export type FaultName = keyof typeof FAULT_LIMITS;
export const FAULT_NAMES = Object.keys(FAULT_LIMITS) as FaultName[];

/** What people, Macs and the attacker do; the weights of a seed are drawn between nothing and these. */
export const ACT_LIMITS = {
  ask: 30,
  click: 40,
  dialog: 12,
  done_in_slack: 3,
  admin_status: 3,
  cancel: 2,
  done: 3,
  start: 8,
  sudo: 14,
  network: 6,
  lid: 4,
  reboot: 2,
  console: 5,
  clock_jump: 4,
  mac_tools_fail: 3,
  wipe: 1,
  agent_killed: 4,
  agent_stopped: 3,
  agent_booted_out: 1,
  agent_files: 2,
  escalate: 5,
  hide: 5,
  forge: 14,
  tags: 4,
  service_killed: 3,
} as const;

export type ActName = keyof typeof ACT_LIMITS;
export const ACT_NAMES = Object.keys(ACT_LIMITS) as ActName[];

/** The faults of one seed. */
export interface FaultPlan {
  readonly chances: Readonly<Record<FaultName, number>>;
  readonly weights: Readonly<Record<ActName, number>>;
  /** Acts that every life needs are always there; each other kind is left out of about half of all seeds. */
  readonly actEveryMs: number;
}

const ALWAYS: ReadonlySet<ActName> = new Set(["ask", "click", "dialog", "start", "sudo"]);

/** Draws a plan. Leaving kinds out makes seeds differ: where everything goes wrong, little gets far enough to matter. */
export function drawPlan(random: Random): FaultPlan {
  const isCalm = random.chance(0.12);
  const share = (limit: number, outOf: number) =>
    isCalm || !random.chance(outOf) ? 0 : round(limit * random.fraction() ** 1.5);
  const chances = Object.fromEntries(
    FAULT_NAMES.map((name) => [name, share(FAULT_LIMITS[name], 0.5)]),
  ) as Record<FaultName, number>;
  const weights = Object.fromEntries(
    ACT_NAMES.map((name) => [name, ALWAYS.has(name) ? ACT_LIMITS[name] : share(ACT_LIMITS[name], 0.45)]),
  ) as Record<ActName, number>;
  return { chances, weights, actEveryMs: random.integer(2, 9) * 1_000 };
}

function round(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}

/** The plan in words: every fault that this seed can meet, with its chance, and every act with its weight. */
export function planInWords({ chances, weights, actEveryMs }: FaultPlan): string {
  const list = (values: Readonly<Record<string, number>>) =>
    Object.entries(values)
      .filter(([, value]) => value > 0)
      .map(([name, value]) => `${name} ${value}`)
      .join(", ") || "none";
  return `faults (chance each time): ${list(chances)}\nacts (weight), one about every ${actEveryMs / 1000} s: ${list(weights)}`;
}
