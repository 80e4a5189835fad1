import { addedSudoFiles, changesBetween, coreOf, sudoFilesIn, withoutAdded } from "./baseline.ts";
import {
  alert,
  beside,
  type Context,
  isBusy,
  isVouched,
  keepTicking,
  owe,
  report,
  reportOnce,
} from "./context.ts";
import type { EndCause } from "./end-causes.ts";
import { endProcesses, endUnsaved } from "./end-processes.ts";
import { byDanger, note } from "./exit-report.ts";
import { toIso } from "./iso.ts";
import {
  adminEntries,
  type AdminEntry,
  difference,
  entriesOf,
  entryInWords,
  grantedEntries,
  split,
  takenOver,
} from "./membership.ts";
import { rewriteOf } from "./log-position.ts";
import type { AgentRecord, Baseline, Ending, Session } from "./record.ts";
import { shipLast, shipLog, shipLostLog, shipNote } from "./ship-log.ts";
import { UNREAD_MAX_SECONDS, unreadSeconds } from "./unread.ts";
import { beat } from "./watch.ts";
import { endSentence, TITLE } from "./words.ts";

/** What IT is told, and the log says, where the log could not be read to its end. */
export const LOG_UNREAD = "the end of sudo's log could not be read";

const STILL_ADMIN_AFTER_SECONDS = 60;
const STILL_ADMIN_EVERY_SECONDS = 300;
/** What cannot be undone besides the person's own rights is waited for this long. */
const OTHERS_MAX_SECONDS = 30;

/** The session is over: rights go first, then everything else, each stage once. */
export function beginEnding(ctx: Context, session: Session, cause: EndCause): void {
  const { reason, findings } = cause;
  // What could not be read in the session gets its time at the end as well.
  ctx.memory.unreadSince = {};
  session.phase = "ending";
  session.ending = {
    reason,
    stage: "rights",
    sinceWall: ctx.now.wall,
    sinceSeconds: ctx.now.continuousSeconds,
    findings: [...findings],
  };
  if (reason === "tampered" || reason === "device_error") {
    if (findings.length > 0) report(ctx, reason, findings, session.requestId);
  }
}

/** One look at a session that is ending. */
export function endingTick(ctx: Context, session: Session, ending: Ending): void {
  keepTicking(ctx);
  // Continuous seconds start again with each boot.
  ending.sinceSeconds = Math.min(ending.sinceSeconds, ctx.now.continuousSeconds);
  const isClean = takeRights(ctx, session, ending);
  undoSudoers(ctx, session, ending);
  if (ctx.memory.unsavedSince !== undefined) endUnsaved(ctx, ctx.memory.unsavedSince);
  beat(ctx, session);
  switch (ending.stage) {
    case "rights":
      if (isClean) rightsAreGone(ctx, session, ending);
      return;
    case "processes":
      return endProcesses(ctx, session, ending);
    case "drop_in":
      if (ctx.memory.dropInRemoved) ending.stage = "compare";
      else ctx.steps.push({ do: "remove_drop_in" });
      return;
    case "compare":
      return compare(ctx, session, ending);
    case "close":
      noteRewrite(ctx, session, ending);
      if (isClean && isLogDone(ctx, session, ending)) close(ctx, session, ending);
  }
}

/**
 * Undoes every difference from the baseline, in every look until none is read (law L5); baseline members are put back
 * as soon as the service has vouched for them, and never removed (law L16). True when the membership was read and is
 * as it was.
 */
function takeRights(ctx: Context, session: Session, ending: Ending): boolean {
  const { admins } = ctx.observed;
  const waited = ctx.now.continuousSeconds - ending.sinceSeconds;
  if (admins === undefined) {
    const person = { names: [], guids: [], nested: [], accounts: [] };
    for (const entry of grantedEntries(person, session.person)) removeUnlessBaseline(ctx, session, entry);
    if (waited > STILL_ADMIN_AFTER_SECONDS) {
      reportOnce(ctx, session, "unreadable", "device_error", ["the list of administrators cannot be read"]);
    }
    return false;
  }
  const { baseline, person } = session;
  const differs = difference(baseline.admins, adminEntries(admins));
  const taken = takenOver(baseline.admins, baseline.accounts, admins);
  const { extra } = differs;
  const missing = differs.missing.filter((entry) => taken.every((one) => one.entry !== entry));
  for (const entry of extra) ctx.urgent.push({ do: "remove_entry", entry });
  if (isVouched(ctx)) for (const entry of missing) ctx.urgent.push({ do: "restore_entry", entry });
  for (const entry of differs.missing) {
    if (missing.includes(entry)) continue;
    note(ending, `not put back: ${entryInWords(entry, admins)}: it fits another account now`);
  }
  const held = taken.filter(({ entry }) => !differs.missing.includes(entry));
  for (const { entry } of held) {
    if (isSpare(baseline, entry)) ctx.urgent.push({ do: "remove_entry", entry });
  }
  const own = entriesOf(admins, person).filter((entry) => extra.includes(entry));
  if (own.length > 0 || held.length > 0) {
    const names = new Set(own.length > 0 ? [person.username] : []);
    for (const { by } of held) names.add(by.username);
    if (waited > STILL_ADMIN_AFTER_SECONDS) stillAdmin(ctx, session, [...names], waited);
    return false;
  }
  return (extra.length === 0 && missing.length === 0) || waited > OTHERS_MAX_SECONDS;
}

/** True for a name whose account of before stays an administrator by its GeneratedUID, or had no account (law L16). */
function isSpare(baseline: Session["baseline"], entry: AdminEntry): boolean {
  const [kind, rest] = split(entry);
  if (kind !== "name") return false;
  const was = baseline.accounts.find(({ username }) => username === rest);
  return was === undefined || baseline.admins.includes(`guid:${was.generatedUid}`);
}

function removeUnlessBaseline(ctx: Context, session: Session, entry: AdminEntry): void {
  if (!session.baseline.admins.includes(entry)) ctx.urgent.push({ do: "remove_entry", entry });
}

/** Said only after a positive reading (law L5), and again every five minutes. */
function stillAdmin(ctx: Context, session: Session, names: readonly string[], waitedSeconds: number): void {
  const round = Math.floor(waitedSeconds / STILL_ADMIN_EVERY_SECONDS);
  const text = `${names.join(" and ")} is still an administrator ${Math.floor(waitedSeconds)} s after the end`;
  reportOnce(ctx, session, `still_admin:${round}`, "still_admin", [text]);
}

/** Files that somebody put into sudoers.d are moved away while the session ends, not only after it. */
function undoSudoers(ctx: Context, session: Session, ending: Ending): void {
  const { sudo } = ctx.observed;
  const { items } = session.baseline;
  if (sudo === undefined || items === undefined) return;
  for (const path of addedSudoFiles(sudoFilesIn(items), sudo.files)) {
    ctx.urgent.push({ do: "remove_sudoers_file", path });
    note(ending, `moved away: ${path}`);
  }
}

function rightsAreGone(ctx: Context, session: Session, ending: Ending): void {
  ending.removedAtWall = ctx.now.wall;
  ending.stage = "processes";
  const { requestId, person } = session;
  if (session.granted)
    alert(ctx, person.uid, TITLE, `${endSentence(ending.reason)} You are a standard user again.`);
  if (ending.reason === "ended_by_user" && session.startTold) owe(ctx, { name: "end", requestId });
  if (ending.reason === "network_loss") {
    const lostAt = toIso(ending.sinceWall);
    owe(ctx, { name: "networkLoss", requestId, lostAt, removedAt: toIso(ctx.now.wall) });
  }
  // SAP's app keeps its own idea of the state and its own timer; its answer is not waited for.
  if (session.granted && ctx.memory.config?.grant !== "directory" && !isBusy(ctx, "privileges")) {
    beside(ctx, "privileges", { do: "privileges", act: "remove", person, reason: "" });
  }
}

/** True when all of the log is in chunks, or could not be read for so long that IT is told instead (law L8). */
function isLogDone(ctx: Context, session: Session, ending: Ending): boolean {
  if (shipLog(ctx, session, true)) return true;
  if (unreadSeconds(ctx, "sudo") < UNREAD_MAX_SECONDS) return false;
  note(ending, LOG_UNREAD);
  shipNote(session, `[${LOG_UNREAD}]`);
  return true;
}

function compare(ctx: Context, session: Session, ending: Ending): void {
  const { compared } = ctx.memory;
  const before = session.baseline.items;
  if (before !== undefined && compared === undefined) {
    if (!isBusy(ctx, "snapshot")) beside(ctx, "snapshot", { do: "take_snapshot" });
    return;
  }
  ending.stage = "close";
  if (before === undefined) return note(ending, "what changed is not known: the baseline was lost");
  if (compared === null || compared === undefined) {
    return note(ending, "what changed is not known: the comparison could not be made");
  }
  const isPartial = session.baseline.rest !== undefined;
  const after = isPartial ? coreOf(compared) : compared;
  for (const { key, change } of changesBetween(before, after)) note(ending, `${change}: ${key}`);
  if (isPartial) note(ending, "what else changed is not known: only the baseline's hash is left of it");
  for (const path of addedSudoFiles(sudoFilesIn(before), sudoFilesIn(compared))) {
    ctx.steps.push({ do: "remove_sudoers_file", path });
  }
}

/** Once a session ends nothing else looks at whether its log is still the one that was read (law L15). */
function noteRewrite(ctx: Context, session: Session, ending: Ending): void {
  const { sudo } = ctx.observed;
  if (sudo === undefined || session.log.inode === "") return;
  const rewrite = rewriteOf(session.log, sudo.log, ctx.memory.seenLog);
  if (rewrite !== undefined) note(ending, rewrite);
}

/** Everything is done on the Mac: the last of the log, the exit report and the proof are owed to the service. */
function close(ctx: Context, session: Session, ending: Ending): void {
  const { requestId, armId } = session;
  const { inode, refused } = session.log;
  if (inode === "") {
    const lost = "[the agent's record of this session was lost; the log may be incomplete]";
    if (ending.isLogShipped !== true) shipLostLog(ctx, requestId, lost);
  } else if (refused !== undefined) shipLostLog(ctx, requestId, `[${refused}; the rest of it is missing]`);
  else shipLast(ctx, session);
  if (session.granted) report(ctx, "exit", byDanger(ending.findings), requestId);
  owe(ctx, {
    name: "removed",
    requestId,
    armId,
    granted: session.granted,
    verified: true,
    reason: ending.reason,
    removedAt: toIso(ending.removedAtWall ?? ctx.now.wall),
  });
  ctx.record.known = session.baseline.admins;
  ctx.record.knownSudo = sudoAfter(ctx, session.baseline.items);
  ctx.record.session = undefined;
  ctx.record.restartDue = true;
  ctx.memory.grantRun = undefined;
  ctx.memory.doneWanted = false;
  ctx.memory.serviceEnd = undefined;
}

/** What sudo may say from now on: as before the session, and what the exit report told of and cannot be moved away. */
function sudoAfter(
  { memory: { compared }, record }: Context,
  before: Baseline["items"],
): AgentRecord["knownSudo"] {
  if (before === undefined) return record.knownSudo;
  const was = sudoFilesIn(before);
  return compared === undefined || compared === null ? was : withoutAdded(was, sudoFilesIn(compared));
}
