import { type Context, isVouched } from "./context.ts";
import { note } from "./exit-report.ts";
import type { RootProcess } from "./observed.ts";
import type { Ending, Session } from "./record.ts";
import { redactedLine } from "./redacted-line.ts";
import { UNREAD_MAX_SECONDS, unreadSeconds } from "./unread.ts";

const HANG_UP_SECONDS = 10;
const KILL_MAX_SECONDS = 20;

/**
 * Root processes born of the session: HUP, 10 s, KILL; installers are let run, and what remains is named. Here a
 * process that found the session on record waits for the service's word: since when processes count, and what is
 * compared next.
 */
export function endProcesses(ctx: Context, session: Session, ending: Ending): void {
  const found = ctx.observed.rootProcesses;
  // That none could be read does not mean that there are none.
  if (found === undefined && unreadSeconds(ctx, "rootProcesses") < UNREAD_MAX_SECONDS) {
    return waitToKill(ctx, ending);
  }
  const targets = targetsOf(ctx);
  const pids = targets.map(({ pid }) => pid);
  const since = ctx.now.continuousSeconds - (ending.hungUpAtSeconds ?? ctx.now.continuousSeconds);
  if (pids.length > 0 && ending.hungUpAtSeconds === undefined) {
    ending.hungUpAtSeconds = ctx.now.continuousSeconds;
    for (const process of targets) note(ending, ended(process));
    ctx.steps.push({ do: "signal", signal: "HUP", pids });
    return;
  }
  if (pids.length > 0 && since >= 0 && since < KILL_MAX_SECONDS) {
    if (since >= HANG_UP_SECONDS) ctx.steps.push({ do: "signal", signal: "KILL", pids });
    return;
  }
  if (!isVouched(ctx) || ctx.saved.session?.sinceSeconds !== session.sinceSeconds) return;
  if (found === undefined) note(ending, "root processes could not be read: some may still run");
  for (const process of found ?? []) {
    ending.findings = ending.findings.filter((finding) => finding !== ended(process));
    note(ending, `root process still running: ${named(process)}`);
  }
  ending.stage = "drop_in";
}

/** The time in which they are killed does not pass before they can be read again. */
function waitToKill({ now }: Context, ending: Ending): void {
  if (ending.hungUpAtSeconds === undefined) return;
  ending.hungUpAtSeconds = Math.max(ending.hungUpAtSeconds, now.continuousSeconds - HANG_UP_SECONDS);
}

/**
 * Ends them while nothing can be saved, which may be their own work: an end that is not on disk begins anew with each
 * look, and would never come to them.
 */
export function endUnsaved(ctx: Context, sinceAwake: number): void {
  const pids = targetsOf(ctx).map(({ pid }) => pid);
  const signal = ctx.now.awakeSeconds - sinceAwake < HANG_UP_SECONDS ? "HUP" : "KILL";
  if (pids.length > 0) ctx.urgent.push({ do: "signal", signal, pids });
}

function targetsOf({ observed, memory }: Context): readonly RootProcess[] {
  if (memory.config?.endProcesses === "report") return [];
  return (observed.rootProcesses ?? []).filter((process) => !process.isInstaller);
}

const ended = (process: RootProcess) => `root process ended: ${named(process)}`;

/** What a process was started with may be a secret (law L12). */
function named({ command, pid }: RootProcess): string {
  return `${redactedLine(command)} (pid ${pid})`;
}
