import type { Breakage } from "../breakage.ts";

const LATE = "src/agent/core/late-session.test.ts";

/** Breakages by which an answer that comes behind later ones would pass for news. */
export const OLDER_ANSWER_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L5",
    file: "src/agent/core/prepare.ts",
    find: 'if (isBusy(ctx, "snapshot")) return',
    replace: 'if (isBusy(ctx, "snapshot") && ctx.now.wall < 0) return',
    test: "src/agent/core/prepare.test.ts",
    name: "what goes wrong in the checks is said to the person and to IT, once, and tried again",
  },
  {
    rule: "L5",
    file: "src/agent/core/absorb.ts",
    find: 'if (ctx.record.session?.ending?.stage === "compare") {',
    replace: "if (ctx.record.session !== undefined) {",
    test: "src/agent/core/absorb.test.ts",
    name: "L5 a snapshot that comes before the comparison is made is none: it is of an earlier time",
  },
  {
    rule: "W53",
    file: "src/agent/core/waiting.ts",
    find: "if (isRunning) return drop(ctx, waiting);",
    replace: "if (isRunning) return;",
    test: "src/agent/core/waiting.test.ts",
    name: "W53 an answer that comes when the request's session runs already makes no second request of it",
  },
  {
    rule: "L7",
    file: "src/agent/core/waiting.ts",
    find: "    ctx.memory.standDoubted = true;",
    replace: "    void ctx;",
    test: "src/agent/core/waiting.test.ts",
    name: "a request that could not be sent may have arrived: the Mac asks anew what it should be",
  },
  {
    rule: "L5",
    file: "src/agent/core/startup.ts",
    find: "    ctx.memory.standDoubted = true;",
    replace: "    void ctx;",
    test: LATE,
    name: "L5 a doubt that arises while it asks is asked about once more, and one whose answer is lost again",
  },
  {
    rule: "L5",
    file: "src/agent/core/startup.ts",
    find: "    ctx.memory.standDoubted = false;",
    replace: "    void ctx;",
    test: LATE,
    name: "L5 a doubt that arises while it asks is asked about once more, and one whose answer is lost again",
  },
  {
    rule: "L7",
    file: "src/agent/core/startup.ts",
    find: "ctx.memory.droppedMeanwhile.includes(open.requestId)",
    replace: "ctx.memory.droppedMeanwhile.length < 0",
    test: LATE,
    name: "a request that was given up while it asks does not come back with the answer; another one does",
  },
  {
    rule: "L5",
    file: "src/agent/core/outbox.ts",
    find: 'item.call.name === "cancel" || item.call.name === "removed"',
    replace: 'item.call.name === "cancel"',
    test: LATE,
    name: "L5 what cannot be cancelled any more, or was not armed yet, may have become a session",
  },
  {
    rule: "L12",
    file: "src/agent/wire-client.ts",
    find: "if (isNo(outcome) && key !== (await options.keys.forNextCall())) {",
    replace: 'if (isNo(outcome) && key === "") {',
    test: "src/agent/wire-client.test.ts",
    name: "L12 a renewed key is used from the next call on; the old one is kept until the new one was taken",
  },
  {
    rule: "L9",
    file: "src/adapters/system/scheduler.ts",
    find: "if (at !== undefined && alarms.get(requestId)?.at === at) return;",
    replace: "if (alarms.has(requestId) && alarms.size < 0) return;",
    test: "src/adapters/system/scheduler.test.ts",
    name: "an alarm set to the time it has keeps its timer, and fires once",
  },
];
