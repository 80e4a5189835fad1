import { shortId } from "../../core/ids.ts";
import { alert, beside, type Context, keepTicking } from "./context.ts";
import { clockTime } from "./iso.ts";
import { entriesOf } from "./membership.ts";
import { deadlineAfter, secondsLeft } from "./now.ts";
import type { Session } from "./record.ts";
import { minutesText, TITLE } from "./words.ts";
import type { EndCause } from "./end-causes.ts";

/** The service's yes is good for this long, with the second way of giving included. */
const ARM_GOOD_SECONDS = 45;
const PRIVILEGES_MAX_SECONDS = 20;
const DIRECTORY_MAX_SECONDS = 10;

/**
 * Gives the rights, once, and only when the session with its deadline is on disk (law L3) and this very process got
 * the service's yes for it just now (law L1). What was given counts only when it is read back. Returns why the
 * session must end instead, if so.
 */
export function grantTick(ctx: Context, session: Session): EndCause | undefined {
  keepTicking(ctx);
  const isSaved = ctx.saved.session?.armId === session.armId && ctx.saved.session.phase === "granting";
  if (!isSaved) return undefined;
  const run = ctx.memory.grantRun;
  if (run?.armId !== session.armId) {
    session.granted = true;
    return { reason: "device_error", findings: ["the agent was started again while it was giving rights"] };
  }
  const { admins } = ctx.observed;
  const now = ctx.now.continuousSeconds;
  const tried = run.directoryAtSeconds ?? run.privilegesAtSeconds;
  const isFresh = now - run.armedAtSeconds <= ARM_GOOD_SECONDS;
  const late: EndCause = { reason: "device_error", findings: ["the rights were not given in time"] };
  if (tried === undefined) {
    if (!isFresh) return late;
    give(ctx, session);
    return undefined;
  }
  if (admins !== undefined && entriesOf(admins, session.person).length > 0) {
    confirm(ctx, session);
    return undefined;
  }
  if (run.directoryAtSeconds === undefined) {
    if (!isFresh) return late;
    if (run.privilegesOver || now - tried >= PRIVILEGES_MAX_SECONDS) giveByDirectory(ctx, session);
    return undefined;
  }
  if (now - run.directoryAtSeconds < DIRECTORY_MAX_SECONDS) return undefined;
  return { reason: "device_error", findings: ["the rights were given but could not be verified"] };
}

/** Privileges changes whoever is at the console, so it is asked only when that is the requester and nobody else. */
function give(ctx: Context, session: Session): void {
  const run = ctx.memory.grantRun;
  const { console, privileges } = ctx.observed;
  const { uid } = session.person;
  const isAlone = console.atConsole === uid && console.sessions.every((other) => other === uid);
  const usable = privileges.installed && privileges.unlocked && isAlone;
  if (run === undefined || ctx.memory.config?.grant !== "privileges" || !usable)
    return giveByDirectory(ctx, session);
  session.granted = true;
  run.privilegesAtSeconds = ctx.now.continuousSeconds;
  const reason = `Hallpass ${shortId(session.requestId)}`;
  beside(ctx, "privileges", { do: "privileges", act: "add", person: session.person, reason });
}

function giveByDirectory(ctx: Context, session: Session): void {
  const run = ctx.memory.grantRun;
  if (run === undefined) return;
  session.granted = true;
  run.directoryAtSeconds = ctx.now.continuousSeconds;
  ctx.steps.push({ do: "add_admin", person: session.person });
}

/** The rights were read back: the session's time runs from now. */
function confirm(ctx: Context, session: Session): void {
  const seconds = Math.min(session.minutes * 60, secondsLeft(session.deadline, ctx.now));
  session.phase = "active";
  session.deadline = deadlineAfter(ctx.now, seconds);
  session.startedAtWall = ctx.now.wall;
  const until = clockTime(ctx.now.wall + seconds * 1000, ctx.observed.utcOffsetMinutes);
  const text = `You are an administrator until ${until} (${minutesText(session.minutes)}).`;
  alert(ctx, session.person.uid, TITLE, text);
}
