import type { Breakage } from "../breakage.ts";

const PLANTED = "src/world/mac/planted.test.ts";
const FLOOD = "src/http/flood.test.ts";
const STOLEN = "src/http/stolen-key.test.ts";

/** Breakages of what stops somebody who was root for a while, or has a Mac's key. */
export const INTRUDER_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L5",
    file: "src/agent/core/vouch.ts",
    find: "baseline === undefined || isSent(session.baseline, baseline);",
    replace: "baseline === undefined || session.armId !== undefined;",
    test: PLANTED,
    name: "L5 a record edited while the agent was dead explains no administrator: what was sent with /arm counts",
  },
  {
    rule: "L5",
    file: "src/agent/core/reread.ts",
    find: "if (forged.length === 0) return;",
    replace: "if (forged.length >= 0) return;",
    test: PLANTED,
    name: "L5 offline, no proof is made from a record that the service has not vouched for",
  },
  {
    rule: "L5",
    file: "src/agent/core/end-processes.ts",
    find: "if (!isVouched(ctx) || ctx.saved",
    replace: "if (ctx.saved",
    test: "src/agent/core/ending.test.ts",
    name: "L5 nothing is compared or closed before the service has vouched for the record",
  },
  {
    rule: "L5",
    file: "src/agent/core/ending.ts",
    find: "if (own.length > 0 || held.length > 0) {",
    replace: "if (own.length > 0) {",
    test: PLANTED,
    name: "L5 L16 a requester with an administrator's GeneratedUID is never proven gone, and nobody is demoted",
  },
  {
    rule: "L5",
    file: "src/agent/core/ending.ts",
    find: 'if (isSpare(baseline, entry)) ctx.urgent.push({ do: "remove_entry", entry });',
    replace: "isSpare(baseline, entry);",
    test: PLANTED,
    name: "L5 a requester renamed to an administrator's name ends as tampered and loses what the name gave",
  },
  {
    rule: "L15",
    file: "src/core/decide-evidence.ts",
    find: "const MAC_NOTES_MAX = 40;",
    replace: "const MAC_NOTES_MAX = 400;",
    test: FLOOD,
    name: "L15 a flood of reports cannot bury an alarm: the thread gets forty, and once that there are more",
  },
  {
    rule: "L15",
    file: "src/app/take-log.ts",
    find: "if (seq >= LOG_CHUNKS_MAX && !final) {",
    replace: "if (seq < 0) {",
    test: FLOOD,
    name: "a log of endless chunks is refused, and IT told once; its last chunk is taken",
  },
  {
    rule: "L15",
    file: "src/app/device-keys.ts",
    find: "      await noteRetiredKey(service, keyHash);",
    replace: "      await Promise.resolve(keyHash);",
    test: STOLEN,
    name: "L15 a thief who takes the Mac's next key cannot do so unseen: the Mac's own key rings the bell, once an hour",
  },
  {
    rule: "L11",
    file: "src/app/enroll.ts",
    find: "if (open.some(({ request }) => isSession(request) && isRequester(request.identity, by))) {",
    replace: "if (open.some(({ request }) => isSession(request) && isRequester(request.identity, ''))) {",
    test: "src/http/enroll.test.ts",
    name: "L11 nobody closes a session of their own by letting its Mac enrol again",
  },
  {
    rule: "L14",
    file: "src/app/enroll.ts",
    find: "if (mac.reEnrollAskedAt === undefined || now - mac.reEnrollAskedAt > ASK_GOOD_MS) {",
    replace: "if (now < ASK_GOOD_MS) {",
    test: "src/http/enroll.test.ts",
    name: "L14 an old button lets no Mac enrol that does not ask any more",
  },
];
