import type { Breakage } from "../breakage.ts";

const ENDING = "src/agent/core/ending.test.ts";
const PROCESSES = "src/agent/core/end-processes.ts";
const PROCESSES_TEST = "src/agent/core/end-processes.test.ts";

/** Breakages by which what cannot be read, written or waited for would pass for what is not there. */
export const UNREAD_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L4",
    file: "src/agent/runtime.ts",
    find: "const READ_TRIES = 10;",
    replace: "const READ_TRIES = 1;",
    test: "src/world/mac/agent-life.test.ts",
    name: "L3 L4 a record that cannot be read for a moment when the agent starts is not taken for a missing one",
  },
  {
    rule: "L8",
    file: "src/agent/core/ship-log.ts",
    find: 'if (sudo === undefined && log.inode !== "") return { lines: [], isDone: false };',
    replace: 'if (sudo === undefined && log.inode !== "") return { lines: [], isDone: true };',
    test: ENDING,
    name: "L8 a session is not closed while the end of its log cannot be read; after a minute IT is told",
  },
  {
    rule: "L9",
    file: "src/agent/core/end-causes.ts",
    find: "const SUDO_UNREAD_SECONDS = 15;",
    replace: "const SUDO_UNREAD_SECONDS = 15_000;",
    test: "src/agent/core/end-causes.test.ts",
    name: "L8 L9 a session whose sudo cannot be watched for longer than a moment ends",
  },
  {
    rule: "L5",
    file: PROCESSES,
    find: 'if (found === undefined && unreadSeconds(ctx, "rootProcesses") < UNREAD_MAX_SECONDS) {',
    replace: 'if (found === undefined && unreadSeconds(ctx, "rootProcesses") < 0) {',
    test: PROCESSES_TEST,
    name: "L5 where the processes cannot be read nobody says that there are none; after a minute IT is told",
  },
  {
    rule: "L5",
    file: PROCESSES,
    find: "  if (pids.length > 0) ctx.urgent.push({",
    replace: "  if (pids.length > 99) ctx.urgent.push({",
    test: PROCESSES_TEST,
    name: "L5 while no end can be saved root processes get a HUP all the same, and are killed after ten seconds",
  },
  {
    rule: "L12",
    file: PROCESSES,
    find: "return `${redactedLine(command)} (pid ${pid})`;",
    replace: "return `${redactedLine(command) && command} (pid ${pid})`;",
    test: PROCESSES_TEST,
    name: "L12 what a root process was started with is told without its secrets",
  },
  {
    rule: "L9",
    file: "src/agent/core/iru-run.ts",
    find: "const RUN_MAX_SECONDS = 180;",
    replace: "const RUN_MAX_SECONDS = 180_000;",
    test: "src/agent/core/delivery.test.ts",
    name: "a run that does not come back counts as over after three minutes: it runs again, and people are told",
  },
  {
    rule: "L8",
    file: "src/agent/core/ship-log.ts",
    find: "const CHUNKS_WAITING_MAX = 32;",
    replace: "const CHUNKS_WAITING_MAX = 32_000;",
    test: "src/agent/core/ship-log.test.ts",
    name: "L8 what waits for the service is bounded; the rest of the log is taken when it has gone",
  },
  {
    rule: "L4",
    file: "src/agent/core/startup.ts",
    find: "if (memory.unsavedSince !== undefined && memory.config === undefined) return;",
    replace: "",
    test: "src/world/mac/agent-life.test.ts",
    name: "L4 L5 nor does one that can neither be read nor written: the rights go by the service's word",
  },
  {
    rule: "L15",
    file: "src/agent/core/log-position.ts",
    find: "found.size < Math.max(log.offset, seen?.size ?? 0)",
    replace: "found.size < log.offset",
    test: "src/agent/core/ship-log.test.ts",
    name: "L15 what stays in the log while too much waits may not change either, nor go",
  },
  {
    rule: "lock",
    file: "src/app/perform-effect.ts",
    find: "if (card === undefined || (card.ref === undefined && card.problem !== undefined)) return;",
    replace: "if (card?.ref === undefined) return;",
    test: "src/app/deleted-card.test.ts",
    name: "the unlock PIN is shown when the root message is posted anew, and the Mac is locked once",
  },
  {
    rule: "L5",
    file: "src/agent/core/waiting.ts",
    find: 'case "ended":',
    replace: 'case "ended": return turnDown(ctx, waiting, answer);',
    test: "src/agent/core/late-session.test.ts",
    name: "L5 a request that is ended without this Mac's having a session makes it ask what it should be",
  },
];
