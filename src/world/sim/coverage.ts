import { LIFECYCLE } from "../../core/lifecycle.ts";
import { ACT_NAMES, FAULT_NAMES } from "./plan.ts";
import { REFUSAL_REASONS } from "./refusal-reasons.ts";

/** What a batch has counted, by name. */
export type Counts = ReadonlyMap<string, number>;

const LAWS: readonly string[] = Array.from({ length: 16 }, (_, index) => `L${index + 1}`);
const NETWORKS: readonly string[] = [
  "off",
  "black_hole",
  "captive_redirect",
  "captive_page",
  "service_blocked",
];

/** Everything that has to occur in a batch that is large enough, as the counts name it. */
export const EXPECTED: readonly string[] = [
  ...Object.entries(LIFECYCLE).flatMap(([from, events]) =>
    Object.keys(events).map((event) => `transition ${from} ${event}`),
  ),
  ...REFUSAL_REASONS.map((reason) => `refusal ${reason}`),
  ...FAULT_NAMES.map((name) => `fault ${name}`),
  ...NETWORKS.map((state) => `fault network ${state}`),
  ...ACT_NAMES.map((name) => `act ${name}`),
  ...["before store.commit", "after store.commit", "before slack.test", "after slack.test"].map(
    (point) => `crash ${point}`,
  ),
  ...["before iru.test", "after iru.test", "at moment"].map((point) => `crash ${point}`),
];

/** What did not occur, of all that must; a law counts as seen with any of its checks. */
export function missingFrom(counts: Counts): readonly string[] {
  const names = [...counts.keys()];
  const unseen = EXPECTED.filter((name) => !counts.has(name));
  const unchecked = LAWS.filter((law) => !names.some((name) => name.startsWith(`check ${law} `)));
  return [...unseen, ...unchecked.map((law) => `check ${law}`)];
}

/** Adds the counts of one seed to those of the batch. */
export function addCounts(sum: Map<string, number>, more: Counts): void {
  for (const [name, count] of more) sum.set(name, (sum.get(name) ?? 0) + count);
}
