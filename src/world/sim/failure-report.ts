import type { Violation } from "./record-book.ts";
import type { SeedLength, SeedResult } from "./run-seed.ts";

const EVENTS_SHOWN = 50;
const TEXT_MAX = 400;

/** All that is needed to understand and to repeat a failed seed. */
export function describeFailure(result: SeedResult, store: string): string {
  const { seed, length, plan, violations, breakdown } = result;
  if (violations.length === 0 && breakdown === undefined) return `seed ${seed} kept every law`;
  const first: Pick<Violation, "at" | "serial" | "requestId"> = violations[0] ?? { at: Infinity };
  return [
    `FAIL seed ${seed} (${store} store): ${headOf(result)}`,
    ...violations.map((violation) => `  ${violation.law} ${inWords(violation, result.startedAt)}`),
    ...(breakdown === undefined ? [] : [`  ${breakdown}`]),
    plan,
    `the last ${EVENTS_SHOWN} events of ${first.serial ?? "all Macs"} and ${first.requestId ?? "all requests"}:`,
    ...eventsOf(result, first),
    replayOf(seed, store, length),
  ].join("\n");
}

/** The command that runs a seed again, just so. */
export function replayOf(seed: number, store: string, length: SeedLength): string {
  return `replay: npm run sim -- --seed ${seed} --store ${store}${length === "short" ? " --short" : ""}`;
}

function headOf({ violations, breakdown }: SeedResult): string {
  const broken = violations.length === 0 ? [] : [`${violations.length} violation(s)`];
  return [...broken, ...(breakdown === undefined ? [] : ["the world broke down"])].join(", then ");
}

function inWords({ at, text, serial, requestId }: Violation, startedAt: number): string {
  const where = [serial, requestId].filter((part) => part !== undefined).join(", ");
  return `at ${elapsed(at - startedAt)}${where === "" ? "" : ` (${where})`}: ${text.slice(0, TEXT_MAX)}`;
}

function eventsOf(
  { trace, startedAt }: SeedResult,
  { at, serial, requestId }: Pick<Violation, "at" | "serial" | "requestId">,
): readonly string[] {
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
