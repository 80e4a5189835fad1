import type { Context } from "./context.ts";
import { toIso } from "./iso.ts";
import type { Session } from "./record.ts";
import { redactedLine } from "./redacted-line.ts";
import { shipNote } from "./ship-log.ts";
import { opensRootShell } from "./sudo-log.ts";

/** Names root shells with their times when they are gone: what was typed in them is not recorded. */
export function noteRootShells(ctx: Context, session: Session): void {
  const { rootProcesses } = ctx.observed;
  const { rootShells } = ctx.memory;
  if (rootProcesses === undefined) return;
  const shells = rootProcesses.filter(({ command }) => opensRootShell(command));
  const running = new Set(shells.map(({ pid }) => String(pid)));
  for (const [pid, shell] of Object.entries(rootShells)) {
    if (running.has(pid)) continue;
    delete rootShells[pid];
    const times = `ran from ${shell.started} to ${toIso(ctx.now.wall)}`;
    shipNote(
      session,
      `[root shell ${redactedLine(shell.command)} (pid ${pid}) ${times}: its contents are not recorded]`,
    );
  }
  for (const { pid, command, started } of shells) rootShells[String(pid)] ??= { command, started };
}
