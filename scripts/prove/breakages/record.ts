import type { Breakage } from "../breakage.ts";

const EDITED = "src/world/mac/edited-record.test.ts";
const LATE = "src/agent/core/late-session.test.ts";

/** Breakages of what a new process of the agent does not believe of the record that it finds. */
export const RECORD_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L5",
    file: "src/agent/core/vouch.ts",
    find: "return takeOver(ctx, theirs, { proof });",
    replace: "return proof === undefined ? takeOver(ctx, theirs, { proof }) : undefined;",
    test: EDITED,
    name: "L5 an end that was written into the record proves nothing: it is read again, and the rights go",
  },
  {
    rule: "L5",
    file: "src/agent/core/waiting.ts",
    find: "if (!isTakenUp) memory.sessionDoubted = true;",
    replace: "void [isTakenUp, memory];",
    test: LATE,
    name: "L5 a request that is ending without this Mac's having a session makes it ask what it should be",
  },
  {
    rule: "L5",
    file: "src/agent/core/vouch.ts",
    find: "if (!isAnswered) takeOver(ctx, theirs, { isLate: true });",
    replace: "void isAnswered;",
    test: LATE,
    name: "L5 a session that the Mac had given up is ended without rights, and IT is told",
  },
  {
    rule: "L5",
    file: "src/agent/core/vouch.ts",
    find: "if (theirs === undefined || record.session !== undefined || memory.preparation !== undefined) return;",
    replace: "if (theirs === undefined) return;",
    test: LATE,
    name: "L5 the Mac's own word comes first: a session it has, a start it prepares, a proof it owes",
  },
  {
    rule: "L5",
    file: "src/agent/core/startup.ts",
    find: "const isNew = observed.enrolled === false || enrolledHere;",
    replace: "const isNew = observed.enrolled !== true || enrolledHere;",
    test: "src/agent/core/startup-lost.test.ts",
    name: "L5 so it is where the first of them could not read the keychain either",
  },
  {
    rule: "L5",
    file: "src/agent/core/outbox.ts",
    find: "if (!isVouched(ctx)) return;",
    replace: "if (ctx.memory.saveFailed) return;",
    test: "src/agent/core/outbox.test.ts",
    name: "L5 nothing that was read from disk is sent before the service has said what this Mac should be",
  },
  {
    rule: "L4",
    file: "src/agent/core/reread.ts",
    find: 'if (session.phase === "ending") session.phase = "active";',
    replace: "",
    test: EDITED,
    name: "L4 a session on record that ends without an end keeps its deadline",
  },
  {
    rule: "L5",
    file: "src/agent/core/vouch.ts",
    find: "session.sinceSeconds = Math.min(session.sinceSeconds, armedSeconds);",
    replace: "session.sinceSeconds = Math.max(session.sinceSeconds, armedSeconds);",
    test: EDITED,
    name: "L5 L15 nothing on record keeps a root shell alive or a restart from being told",
  },
  {
    rule: "L5",
    file: "src/agent/core/sent-baseline.ts",
    find: "items: coreOf(items),",
    replace: "items: {},",
    test: EDITED,
    name: "L5 a rule of sudo that was written into a long baseline, too, is moved away and told",
  },
  {
    rule: "L5",
    file: "src/agent/core/sent-baseline.ts",
    find: "return isSamePlain(sentBaseline(own), theirs);",
    replace: "return isSamePlain({ ...sentBaseline(own), rest: theirs.rest }, theirs);",
    test: EDITED,
    name: "L5 a file that was written into the part of a long baseline of which only a hash is kept shows as tampering",
  },
  {
    rule: "L15",
    file: "src/agent/core/vouch.ts",
    find: "    offset: log.size,",
    replace: "",
    test: EDITED,
    name: "L15 a record that says how far the log was read is not believed: the log is shipped from the session's start",
  },
  {
    rule: "L15",
    file: "src/agent/core/ending.ts",
    find: "      noteRewrite(ctx, session, ending);",
    replace: "",
    test: EDITED,
    name: "L15 a log that is replaced while the session ends shows in the exit report",
  },
];
