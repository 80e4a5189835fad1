import { LIFECYCLE } from "../../core/lifecycle.ts";
import { ATTACK_NAMES } from "./attack-acts.ts";
import { CHECK_NAMES } from "./check-names.ts";
import { AGENT_POINTS, SERVICE_POINTS } from "./crash-point-names.ts";
import { MAC_EVENTS } from "./mac-acts.ts";
import { FORGERIES } from "./outside-acts.ts";
import { ACT_NAMES, FAULT_NAMES, TRIAL_NAMES } from "./plan.ts";
import { PROBLEM_KINDS, REFUSAL_REASONS } from "./refusal-reasons.ts";

/** What a batch has counted, by name. */
export type Counts = ReadonlyMap<string, number>;

/** A batch of so many seeds must show everything that is not rare, and one of so many what is rare, too. */
export const SEEDS_FOR_ALL = 2_000;
export const SEEDS_FOR_RARE = 20_000;

/** What needs several accidents in a row: so rare that a batch of 2,000 seeds may be without it by chance. */
export const RARE: readonly string[] = [
  "transition arming effect_failed",
  "transition arming effect_recovered",
  "transition arming log_contradicted",
  "transition ending lock_failed",
  "transition ended lock_failed",
  "transition ended still_admin_seen",
  "transition denied reported",
  "transition denied effect_failed",
  "transition denied effect_recovered",
  "transition expired_unanswered reported",
  "transition expired_unanswered effect_failed",
  "transition expired_unanswered effect_recovered",
  "refusal confirm_window_over",
  ...["restoreEntry", "removeSudoersFile", "signal", "askStart", "runPrivileges"].flatMap((call) => [
    `crash agent before machine.${call}`,
    `crash agent after machine.${call}`,
  ]),
  "crash service before store.readLogChunk",
  "crash service after store.readLogChunk",
  // An agent that does its work takes such rights away before anybody looks a second time: 22 in 20,000 seeds.
  "check L5 rights without a session are taken away",
];

const all = (kind: string, names: readonly string[]) => names.map((name) => `${kind} ${name}`);

/** Everything that has to occur in a batch that is large enough, as the counts name it. */
export const EXPECTED: readonly string[] = [
  ...Object.entries(LIFECYCLE).flatMap(([from, events]) => all(`transition ${from}`, Object.keys(events))),
  ...all("refusal", REFUSAL_REASONS),
  ...all("problem", PROBLEM_KINDS),
  ...all("fault", [...FAULT_NAMES, "own_tags_overwritten"]),
  ...all("conflict", ["version", "guard", "quota"]),
  ...all("mac", MAC_EVENTS),
  ...all("act", ACT_NAMES),
  ...all("attack", ATTACK_NAMES),
  ...all("forged", FORGERIES),
  ...all("trial", TRIAL_NAMES),
  ...all("race", ["same card", "two cards"]),
  "flood of_requests",
  ...all("crash service", [...SERVICE_POINTS, "at some moment"]),
  ...all("crash agent", AGENT_POINTS),
  ...all("check", CHECK_NAMES),
];

/** What did not occur, of all that can. */
export function missingFrom(counts: Counts): readonly string[] {
  return EXPECTED.filter((name) => !counts.has(name));
}

/** Whether a batch of so many seeds has failed for want of this. */
export function isDemanded(name: string, seeds: number): boolean {
  return seeds >= (RARE.includes(name) ? SEEDS_FOR_RARE : SEEDS_FOR_ALL);
}

/** Adds the counts of one seed to those of the batch. */
export function addCounts(sum: Map<string, number>, more: Counts): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}
