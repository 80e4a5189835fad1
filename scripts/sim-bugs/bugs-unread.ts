import type { PlantedBug } from "./planted-bug.ts";

/** Mistakes of the agent by which what could not be read is taken for what is not there. */
export const UNREAD_BUGS: readonly PlantedBug[] = [
  {
    name: "unread log taken for empty",
    rule: "L8",
    does: "a sudo log that cannot be read at the end of a session counts as shipped",
    file: "src/agent/core/ship-log.ts",
    find: 'if (sudo === undefined && log.inode !== "") return { lines: [], isDone: false };',
    replace: 'if (sudo === undefined && log.inode !== "") return { lines: [], isDone: true };',
    laws: ["L8", "L15"],
  },
  {
    name: "unread processes taken for none",
    rule: "L5",
    does: "root processes that cannot be listed at the end of a session count as gone",
    file: "src/agent/core/end-processes.ts",
    find: 'if (found === undefined && unreadSeconds(ctx, "rootProcesses") < UNREAD_MAX_SECONDS) {',
    replace: 'if (found === undefined && unreadSeconds(ctx, "rootProcesses") < 0) {',
    laws: ["L5"],
  },
  {
    name: "unread record taken for missing",
    rule: "L4",
    does: "a record that cannot be read for a moment when the agent starts counts as missing",
    file: "src/agent/runtime.ts",
    find: "const READ_TRIES = 10;",
    replace: "const READ_TRIES = 1;",
    laws: ["L1", "L4", "L5", "L9", "L15"],
  },
  {
    name: "process named with its secrets",
    rule: "L12",
    does: "what a root process was started with is told to IT as it is",
    file: "src/agent/core/end-processes.ts",
    find: "return `${redactedLine(command)} (pid ${pid})`;",
    replace: "return `${redactedLine(command) && command} (pid ${pid})`;",
    laws: ["L12"],
  },
];
