import type { Breakage } from "../breakage.ts";

/** Breakages that bring back what went wrong elsewhere; `docs/rivals.md` says what each number means. */
export const RIVAL_BREAKAGES: readonly Breakage[] = [
  {
    rule: "W1",
    file: "src/core/wanted-tags.ts",
    find: 'request.status === "approved" || request.status === "arming" || request.status === "active"',
    replace: 'request.status === "approved" || "ending" in request',
    test: "src/app/failure-order.test.ts",
    name: "W1 a loss of network takes off the tag of the session's own length",
  },
  {
    rule: "W10",
    file: "src/core/effects.ts",
    find: 'lock_device: "lock",',
    replace: 'lock_device: "mdm",',
    test: "src/app/failure-order.test.ts",
    name: "W10 a lock that Iru refuses keeps no tag on",
  },
  {
    rule: "W35",
    file: "src/app/sweep.ts",
    find: "for (const stream of streams) service.kick(stream);",
    replace: "for (const stream of streams.slice(1)) service.kick(stream);",
    test: "src/app/failure-order.test.ts",
    name: "W35 an approval whose process died before Iru and Slack heard of it",
  },
  {
    rule: "W36",
    file: "src/app/handle-command.ts",
    find: "...(dueAt === undefined ? {} : { dueAt }),",
    replace: '...(dueAt === undefined || value.status === "active" ? {} : { dueAt }),',
    test: "src/app/failure-order.test.ts",
    name: "W36 a start is stored together with its end",
  },
  {
    rule: "W38",
    file: "src/app/handle-command.ts",
    find: "const outcome = await service.store.commit(change);",
    replace: "const outcome = await service.store.commit(change).catch(() => ({ ok: true as const }));",
    test: "src/app/failure-order.test.ts",
    name: "W38 a request that could not be stored is told to nobody",
  },
  {
    rule: "W39",
    file: "src/app/handle-command.ts",
    find: "const dueAt = nextAlarmAt(value, service.policy);",
    replace:
      'const dueAt = "nudgesSent" in value && value.nudgesSent > 2 ? undefined : nextAlarmAt(value, service.policy);',
    test: "src/app/failure-order.test.ts",
    name: "W39 no error of Slack ends the chain of nudges",
  },
  {
    rule: "W41",
    file: "src/app/sync-tags.ts",
    find: "if (!(await store.acquireLease(leaseKey, owner, now, now + MAC_LEASE_MS))) {",
    replace: "if (owner === leaseKey) {",
    test: "src/app/failure-order.test.ts",
    name: "W41 two requests of one Mac never change its tags at the same time",
  },
  {
    rule: "W42",
    file: "src/app/perform-effect.ts",
    find: "if (item.attempts > 0 && (await service.chat.wasSentDirect(",
    replace: "if (item.attempts > 9 && (await service.chat.wasSentDirect(",
    test: "src/app/failure-order.test.ts",
    name: "W42 a warning whose answer was lost, and whose process died too, is given once",
  },
];
