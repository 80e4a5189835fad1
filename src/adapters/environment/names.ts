import { SETTING_NAMES, type SettingName } from "./catalogue.ts";

/** Whatever begins like this is meant for us, and wrong when we do not know it. */
const OUR_PREFIXES = ["HALLPASS_", "SLACK_", "IRU_", "OFF_HOURS_", "ON_CALL_", "BUSINESS_"];

/** Settings of other versions of Hallpass: accepting them in silence would let people count on what is not there. */
const ABSENT_FEATURES: readonly (readonly [prefix: string, feature: string])[] = [
  ["PAGERDUTY_", "on-call rotation from PagerDuty"],
  ["RISK_", "risk scores"],
  ["BEDROCK_", "risk scores"],
  ["DASHBOARD_", "dashboard"],
  ["ARCHIVE_", "archive"],
];

/** So many typing errors in a name with one of our prefixes still lead to a suggestion. */
const SUGGEST_WITHIN = 4;

/** What is wrong with a name in the environment, or undefined when it is a setting or none of our business. */
export function problemOfName(name: string): string | undefined {
  if (Object.hasOwn(KNOWN, name)) return undefined;
  const upper = name.toUpperCase();
  const absent = ABSENT_FEATURES.find(([prefix]) => upper.startsWith(prefix));
  if (absent !== undefined) return `is not a setting of this version, which has no ${absent[1]}; remove it`;
  const { closest, distance } = closestName(upper);
  // Without our prefix only the slightest slip is taken for one of ours.
  const isOurs = OUR_PREFIXES.some((prefix) => upper.startsWith(prefix)) || distance <= 1;
  if (!isOurs) return undefined;
  const hint =
    distance <= SUGGEST_WITHIN
      ? `did you mean ${closest}?`
      : "remove it, or see .env.example for all settings";
  return `is not a setting; ${hint}`;
}

const KNOWN: Readonly<Record<string, true>> = Object.fromEntries(SETTING_NAMES.map((name) => [name, true]));

function closestName(name: string): { closest: SettingName; distance: number } {
  const [first, ...others] = SETTING_NAMES.map((known) => ({
    closest: known,
    distance: typingErrors(name, known),
  }));
  if (first === undefined) throw new Error("there are no settings");
  return others.reduce((best, each) => (each.distance < best.distance ? each : best), first);
}

/**
 * How many letters were left out, added, replaced, or swapped with their neighbour between two texts (the optimal
 * string alignment distance).
 */
export function typingErrors(left: string, right: string): number {
  const rows = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity;
  for (let row = 1; row <= left.length; row += 1) {
    const current = [row];
    rows.push(current);
    for (let column = 1; column <= right.length; column += 1) {
      const same = left[row - 1] === right[column - 1] ? 0 : 1;
      const isSwap = left[row - 1] === right[column - 2] && left[row - 2] === right[column - 1];
      current.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + same,
          isSwap ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      );
    }
  }
  return at(left.length, right.length);
}
