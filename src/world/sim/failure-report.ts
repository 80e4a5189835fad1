import type { Violation } from "./record-book.ts";
import type { SeedResult } from "./run-seed.ts";

const EVENTS_SHOWN = 50;
const TEXT_MAX = 400;

/** All that is needed to understand and to repeat a failed seed. */
export function describeFailure(result: SeedResult, store: string): string {
  const { seed, length, plan, violations } = result;
  const [first] = violations;
  if (first === undefined) return `seed ${seed} kept every law`;
  return [
    `FAIL seed ${seed} (${store} store): ${violations.length} violation(s)`,
    ...violations.map((violation) => `  ${violation.law} ${inWords(violation, result.startedAt)}`),
    plan,
    `the last ${EVENTS_SHOWN} events of ${first.serial ?? "all Macs"} and ${first.requestId ?? "all requests"}:`,
    ...eventsOf(result, first),
    `replay: npm run sim -- --seed ${seed} --store ${store}${length === "short" ? " --short" : ""}`,
  ].join("\n");
}

function inWords({ at, text, serial, requestId }: Violation, startedAt: number): string {
  const where = [serial, requestId].filter((part) => part !== undefined).join(", ");
  return `at ${elapsed(at - startedAt)}${where === "" ? "" : ` (${where})`}: ${text.slice(0, TEXT_MAX)}`;
}

function eventsOf({ trace, startedAt }: SeedResult, { at, serial, requestId }: Violation): readonly string[] {
  const isAbout = (entry: SeedResult["trace"][number]) =>
    (serial === undefined && requestId === undefined) ||
    (serial !== undefined && entry.serial === serial && isOfIt(entry)) ||
    (requestId !== undefined && entry.requestId === requestId) ||
    (entry.serial === undefined && entry.requestId === undefined);
  // Of a Mac's other requests nothing is shown.
  const isOfIt = (entry: SeedResult["trace"][number]) =>
    requestId === undefined || entry.requestId === undefined || entry.requestId === requestId;
  return trace
    .filter((entry) => entry.at <= at && isAbout(entry))
    .slice(-EVENTS_SHOWN)
    .map(
      (entry) =>
        `  ${elapsed(entry.at - startedAt)}  ${entry.serial ?? "-"}  ${entry.text().slice(0, TEXT_MAX)}`,
    );
}

function elapsed(ms: number): string {
  return `+${(ms / 1_000).toFixed(3).padStart(9)} s`;
}
