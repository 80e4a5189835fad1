import { LIFECYCLE } from "../../core/lifecycle.ts";
import { ATTACK_NAMES } from "./attack-acts.ts";
import { CHECK_NAMES } from "./check-names.ts";
import { AGENT_POINTS, SERVICE_POINTS } from "./crash-point-names.ts";
import { MAC_EVENTS } from "./mac-acts.ts";
import { FORGERIES } from "./outside-acts.ts";
import { ACT_NAMES, FAULT_NAMES } from "./plan.ts";
import { REFUSAL_REASONS } from "./refusal-reasons.ts";

/** What a batch has counted, by name. */
export type Counts = ReadonlyMap<string, number>;

/** What cannot occur from outside, and why: everything else has to. */
export const IMPOSSIBLE: Readonly<Record<string, string>> = {};

const all = (kind: string, names: readonly string[]) => names.map((name) => `${kind} ${name}`);

/** Everything that has to occur in a batch that is large enough, as the counts name it. */
export const EXPECTED: readonly string[] = [
  ...Object.entries(LIFECYCLE).flatMap(([from, events]) => all(`transition ${from}`, Object.keys(events))),
  ...all("refusal", REFUSAL_REASONS),
  ...all("fault", FAULT_NAMES),
  ...all("mac", MAC_EVENTS),
  ...all("act", ACT_NAMES),
  ...all("attack", ATTACK_NAMES),
  ...all("forged", FORGERIES),
  ...all("race", ["same card", "two cards"]),
  ...all("crash service", [...SERVICE_POINTS, "at some moment"]),
  ...all("crash agent", AGENT_POINTS),
  ...all("check", CHECK_NAMES),
].filter((name) => !(name in IMPOSSIBLE));

/** What did not occur, of all that must. */
export function missingFrom(counts: Counts): readonly string[] {
  return EXPECTED.filter((name) => !counts.has(name));
}

/** Adds the counts of one seed to those of the batch. */
export function addCounts(sum: Map<string, number>, more: Counts): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}
