import type { MutantResult } from "@stryker-mutator/api/core";

/** What became of the mutants of one file, or of all. */
export interface Tally {
  readonly killed: number;
  readonly timeout: number;
  readonly survived: number;
  readonly noCoverage: number;
  /** Mutants that could not be tried at all; they count for nothing. */
  readonly errors: number;
}

/** What Stryker says of a mutant; lines and columns count from 1. */
type Tried = Pick<MutantResult, "status" | "fileName" | "mutatorName" | "location" | "replacement">;

/** Counts what became of `mutants`. Throws for a mutant that is still waiting, since then something was not run. */
export function tallyOf(mutants: readonly Pick<Tried, "status">[]): Tally {
  const count = (...statuses: readonly MutantResult["status"][]) =>
    mutants.filter(({ status }) => statuses.includes(status)).length;
  if (count("Pending", "Ignored") > 0) throw new Error("mutants were left out");
  return {
    killed: count("Killed"),
    timeout: count("Timeout"),
    survived: count("Survived"),
    noCoverage: count("NoCoverage"),
    errors: count("RuntimeError", "CompileError"),
  };
}

/** Stryker's mutation score in per cent: noticed among all that could be tried; 100 when there was none. */
export function scoreOf({ killed, timeout, survived, noCoverage }: Tally): number {
  const all = killed + timeout + survived + noCoverage;
  return all === 0 ? 100 : (100 * (killed + timeout)) / all;
}

const COLUMNS = ["killed", "timeout", "survived", "not covered", "score"] as const;

/** A Markdown table: one row a file, in the order given, and the sum. */
export function tableOf(rows: ReadonlyMap<string, Tally>): string {
  const sum = [...rows.values()].reduce<Tally>(plus, tallyOf([]));
  const cells = (name: string, tally: Tally) => [
    name,
    String(tally.killed),
    String(tally.timeout),
    String(tally.survived),
    String(tally.noCoverage),
    `${scoreOf(tally).toFixed(1)} %`,
  ];
  const body = [...[...rows].map(([file, tally]) => cells(`\`${file}\``, tally)), cells("**all**", sum)];
  const lines = [["file", ...COLUMNS], ["---", ...COLUMNS.map(() => "---:")], ...body];
  return lines.map((line) => `| ${line.join(" | ")} |`).join("\n");
}

/** Both tallies together. */
export function plus(a: Tally, b: Tally): Tally {
  return {
    killed: a.killed + b.killed,
    timeout: a.timeout + b.timeout,
    survived: a.survived + b.survived,
    noCoverage: a.noCoverage + b.noCoverage,
    errors: a.errors + b.errors,
  };
}

/** One line for each mutant that nothing noticed: where, which operator, and what was put in place of what. */
export function survivorsIn(path: string, source: string, mutants: readonly Tried[]): string[] {
  const lines = source.split("\n");
  return mutants
    .filter(({ status }) => status === "Survived" || status === "NoCoverage")
    .toSorted((a, b) => a.location.start.line - b.location.start.line)
    .map(({ location: { start, end }, mutatorName, replacement, status }) => {
      const line = lines[start.line - 1] ?? "";
      const was = line.slice(start.column - 1, start.line === end.line ? end.column - 1 : undefined);
      const isNotCovered = status === "NoCoverage";
      const is = replacement.replaceAll(/\s+/g, " ");
      return `${path}:${start.line} ${mutatorName}${isNotCovered ? ", not covered" : ""}: ${was} -> ${is}`;
    });
}
