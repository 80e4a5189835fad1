import type { PlantedBug } from "./planted-bug.ts";

/** Mistakes by which something stays undone for good, and mistakes that an excuse too wide would hide. */
export const REST_BUGS: readonly PlantedBug[] = [
  {
    name: "no fresh start after a session",
    rule: "L7",
    does: "the agent never starts afresh when the service has heard of the end of a session",
    file: "src/agent/core/reconcile.ts",
    find: "if (!isTold || record.session",
    replace: "if (isTold || !isTold || record.session",
    laws: ["L7"],
  },
  {
    name: "enrolment given up",
    rule: "L7",
    does: "a Mac that has to wait for the permission to enrol again does not try a second time",
    file: "src/agent/core/startup.ts",
    find: 'if (outcome.came !== "answer") return backOff(ctx, ctx.memory.enroll, RE_ENROLL_CAP_SECONDS, outcome);',
    replace: 'if (outcome.came !== "answer") return void (ctx.memory.enroll.dueSeconds = Infinity);',
    laws: ["L7", "L5"],
  },
  {
    name: "the sweep only counts",
    rule: "L6",
    does: "the sweep finds what is due and does nothing about it",
    file: "src/app/sweep.ts",
    find: "for (const { requestId } of due) await tick(service, requestId);",
    replace: "",
    laws: ["L6"],
  },
  {
    name: "removal waits for the disk",
    rule: "L4",
    does: "rights are taken away only after the record was written, which a full disk prevents",
    file: "src/agent/core/ending.ts",
    find: 'for (const entry of extra) ctx.urgent.push({ do: "remove_entry", entry });',
    replace: 'for (const entry of extra) ctx.steps.push({ do: "remove_entry", entry });',
    laws: ["L4", "L5"],
  },
  {
    name: "administrators of before not put back",
    rule: "L16",
    does: "whom an attacker demoted in a session stays demoted after it",
    file: "src/agent/core/ending.ts",
    find: 'if (isVouched(ctx)) for (const entry of missing) ctx.urgent.push({ do: "restore_entry", entry });',
    replace: "",
    laws: ["L16"],
  },
  {
    name: "lost session not taken over",
    rule: "L5",
    does: "an agent that lost its record does not end the session that the service tells it of",
    file: "src/agent/core/vouch.ts",
    find: "if (session === undefined || session.armId !== theirs.armId) return takeOver(ctx, theirs, { proof });",
    replace: "if (session === undefined || session.armId !== theirs.armId) return;",
    laws: ["L5", "L7"],
  },
];
