import type { Ending } from "./record.ts";

/** Areas of the comparison by what somebody could do with a change there; others come after them. */
const AREAS: readonly string[] = [
  "administrator",
  "account",
  "sudoers",
  "pam.d",
  "LaunchDaemons",
  "helper tools",
  "cron",
  "LaunchAgents",
  "authorization",
  "ssh",
  "setuid",
];

/** Adds to what IT is told of the end; each finding once. */
export function note(ending: Ending, finding: string): void {
  if (!ending.findings.includes(finding)) ending.findings.push(finding);
}

/**
 * What was found, the most dangerous first: whoever reads only the beginning, or is sent no more, must not be shown a
 * hundred harmless files instead of one new administrator. Why the session ended comes before all of it.
 */
export function byDanger(findings: readonly string[]): string[] {
  return findings.toSorted((a, b) => rank(a) - rank(b));
}

function rank(finding: string): number {
  if (finding.startsWith("root process still running: ")) return AREAS.length + 1;
  if (finding.startsWith("root process ended: ")) return AREAS.length + 3;
  const area = /^(?:added|changed|removed): ([^:]*): /.exec(finding)?.[1];
  if (area === undefined) return -1;
  const at = AREAS.findIndex((known) => area.startsWith(known));
  return at === -1 ? AREAS.length + 2 : at;
}
