import type { Breakage } from "../breakage.ts";

/** More breakages that bring back what went wrong elsewhere, each claim of `docs/rivals.md` by itself. */
export const RIVAL_CLAIM_BREAKAGES: readonly Breakage[] = [
  {
    rule: "W16",
    file: "src/world/mac/disk.ts",
    find: "log_year, loglinelen=0",
    replace: "log_year",
    test: "src/world/mac/evasion.test.ts",
    name: "W16 a command of any length is one line of the log",
  },
  {
    rule: "W16",
    file: "src/agent/core/prepare.ts",
    find: "if (found && log !== undefined) preparation.log = log;",
    replace: "if (log !== undefined) preparation.log = log;",
    test: "src/world/mac/evasion.test.ts",
    name: "W16 where somebody's setting has sudo break its lines no session begins",
  },
  {
    rule: "W12",
    file: "src/agent/core/baseline.ts",
    find: 'if (was === undefined) return [{ key, change: "added" }];',
    replace: "if (was === undefined) return [];",
    test: "src/world/mac/exit-report.test.ts",
    name: "W12 the exit report: a helper tool",
  },
  {
    rule: "W12",
    file: "src/agent/core/baseline.ts",
    find: "const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();",
    replace: "const keys = Object.keys(after).toSorted();",
    test: "src/world/mac/exit-report.test.ts",
    name: "W12 the exit report: a removed program",
  },
];
