import { ATTACK_NAMES } from "../../src/world/sim/attack-acts.ts";
import { CHECKS } from "../../src/world/sim/check-names.ts";
import { RARE, SEEDS_FOR_RARE } from "../../src/world/sim/coverage.ts";
import { AGENT_POINTS, SERVICE_POINTS } from "../../src/world/sim/crash-point-names.ts";
import { MAC_EVENTS } from "../../src/world/sim/mac-acts.ts";
import { FORGERIES } from "../../src/world/sim/outside-acts.ts";
import { ACT_LIMITS, FAULT_LIMITS, TRIAL_NAMES } from "../../src/world/sim/plan.ts";

const BEGIN = "<!-- lists: npm run docs -->";
const END = "<!-- end of lists -->";

const words = (values: readonly string[]) => values.map((value) => `\`${value}\``).join(", ");
const numbered = (values: Readonly<Record<string, number>>) =>
  Object.entries(values)
    .map(([name, value]) => `\`${name}\` ${value}`)
    .join(", ");
const calls = (points: readonly string[]) => [...new Set(points.map((point) => point.split(" ")[1] ?? ""))];

/** What is simulated and checked, as the code has it, in Markdown. */
export function simulationLists(): string {
  const laws = Object.entries(CHECKS).map(([law, names]) => `- **${law}**: ${names.join("; ")}`);
  return [
    `**Faults**, with the largest chance each time: ${numbered(FAULT_LIMITS)}.`,
    `**Acts**, with their largest weight: ${numbered(ACT_LIMITS)}.`,
    `**On the Macs**: ${words(MAC_EVENTS)}.`,
    `**Attacks** with root, or with an unlocked Privileges app: ${words(ATTACK_NAMES)}.`,
    `**Trials**, one of them on every session of a seed that has one: ${words(TRIAL_NAMES)}.`,
    `**Forged calls**: ${words(FORGERIES)}.`,
    `**The service may die** before and after: ${words(calls(SERVICE_POINTS))}; and at any moment.`,
    `**An agent may die** before and after: ${words(calls(AGENT_POINTS))}; and at any moment.`,
    `**Checks**, besides the core's own invariants, which are held against every stored change:`,
    laws.join("\n"),
    `**Demanded only from ${SEEDS_FOR_RARE} seeds on**, since several accidents have to meet: ${words(RARE)}.`,
  ].join("\n\n");
}

/** The page with its lists as they are now. Throws where the page has no place for them. */
export function withLists(page: string): string {
  const [before, rest] = page.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`the page lacks ${BEGIN} or ${END}`);
  return `${before}${BEGIN}\n\n${simulationLists()}\n\n${END}${after}`;
}
