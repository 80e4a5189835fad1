import type { Breakage } from "../breakage.ts";

/** Breakages of the Mac's side that bring back what went wrong elsewhere; see `docs/rivals.md`. */
export const RIVAL_MAC_BREAKAGES: readonly Breakage[] = [
  {
    rule: "W4",
    file: "src/agent/core/idle.ts",
    find: "const isGuarded = observed.privileges.unlocked || record.restartDue;",
    replace: "const isGuarded = observed.privileges.unlocked && record.known === undefined;",
    test: "src/world/mac/evasion.test.ts",
    name: "W4 giving the rights back and taking them again in the app",
  },
  {
    rule: "W5",
    file: "src/agent/core/reconcile.ts",
    find: "if (session !== undefined) sessionTick(ctx, session);",
    replace:
      "if (session !== undefined && observed.console.atConsole !== undefined) sessionTick(ctx, session);",
    test: "src/world/mac/evasion.test.ts",
    name: "W5 no logging out, locking out or switching of users ends the watch",
  },
  {
    rule: "W7",
    file: "src/agent/core/now.ts",
    find: "return asked < deadline.continuousSeconds ?",
    replace: "return asked >= 0 ?",
    test: "src/world/mac/evasion.test.ts",
    name: "W7 the Mac ends on time by itself",
  },
  {
    rule: "W9",
    file: "src/agent/core/idle.ts",
    find: "if (!memory.guard.admins.isSettled && extra.length > 0) {",
    replace:
      "if (!memory.guard.admins.isSettled && ctx.now.continuousSeconds < memory.startedAt.continuousSeconds + 7_200 && extra.length > 0) {",
    test: "src/world/mac/evasion.test.ts",
    name: "W9 offline, nobody who waits long enough becomes administrator again",
  },
  {
    rule: "W11",
    file: "src/agent/core/ending.ts",
    find: 'for (const entry of extra) ctx.urgent.push({ do: "remove_entry", entry });',
    replace:
      'if (ctx.observed.console.atConsole === 501) for (const entry of extra) ctx.urgent.push({ do: "remove_entry", entry });',
    test: "src/world/mac/evasion.test.ts",
    name: "W11 the rights go and are proven gone although their user has logged out",
  },
  {
    rule: "W13",
    file: "src/agent/core/ship-log.ts",
    find: "log.hasHeader = true;",
    replace: "log.hasHeader = false;",
    test: "src/world/mac/evasion.test.ts",
    name: "W13 a run of the Iru agent in a session starts nothing anew",
  },
  {
    rule: "W16",
    file: "src/agent/core/log-chain.ts",
    find: "<= LOG_LINE_MAX_BYTES ? clean",
    replace: "<= 80 ? clean",
    test: "src/world/mac/evasion.test.ts",
    name: "W16 a command of any length is one line of the log",
  },
  {
    rule: "W43",
    file: "src/agent/core/waiting.ts",
    find: "alert(ctx, waiting.person.uid, TITLE, message);",
    replace: "return alert(ctx, waiting.person.uid, TITLE, message);",
    test: "src/world/mac/evasion.test.ts",
    name: "W43 what a person was told once is not told again",
  },
  {
    rule: "W50",
    file: "src/agent/core/waiting.ts",
    find: "if (requestId === undefined || isBusy(ctx, `status:${requestId}`)) return;",
    replace: "if (requestId === undefined || ctx.now.wall - waiting.askedAtWall > 86_400_000) return;",
    test: "src/world/mac/evasion.test.ts",
    name: "W50 the Mac keeps asking as long as the service says",
  },
  {
    rule: "W55",
    file: "src/agent/core/waiting.ts",
    find: "if (!config.longPoll) return call(",
    replace: "if (config.longPoll) return call(",
    test: "src/world/mac/evasion.test.ts",
    name: "W55 from approval to sudo it takes one run of the Iru agent",
  },
];
