import { canaryCommand } from "./core/ship-log.ts";
import type { AgentEvent, Step } from "./core/steps.ts";
import type { CommandResult, Machine } from "./ports.ts";
import type { WireClient } from "./wire-client.ts";

const PROBE_LIMIT_SECONDS = 5;
const SNAPSHOT_LIMIT_MS = 120_000;

/** Steps that the runtime itself performs; all others are done here. */
export type MachineStep = Exclude<Step, { do: "save_record" | "answer" | "restart" }>;

/** True for a step that runs beside the loop, so that a slow one does not hold up taking rights away. */
export function takesItsOwnTime(step: Step): boolean {
  switch (step.do) {
    case "call":
    case "probe":
    case "privileges":
    case "take_snapshot":
    case "run_iru":
    case "ask_start":
      return true;
    default:
      return false;
  }
}

/** Does one step and says what came of it; undefined where nothing does. Never rejects. */
export async function perform(
  machine: Machine,
  wire: WireClient,
  step: MachineStep,
): Promise<AgentEvent | undefined> {
  switch (step.do) {
    case "call":
      return {
        type: "called",
        name: step.call.name,
        call: step.call,
        outcome: await wire.call(step.call, step.limitSeconds),
      } as AgentEvent;
    case "probe":
      return { type: "probed", status: await wire.probe(step.url, PROBE_LIMIT_SECONDS) };
    case "privileges": {
      const { text } = await said(machine.runPrivileges(step.act, step.person, step.reason));
      return { type: "privileges_ran", act: step.act, text };
    }
    case "add_admin":
      return changed(await said(machine.addAdmin(step.person)));
    case "remove_entry":
      return changed(await said(machine.removeEntry(step.entry)));
    case "restore_entry":
      return changed(await said(machine.restoreEntry(step.entry)));
    case "write_drop_in":
      return { type: "drop_in", act: "write", ...worked(await said(machine.writeDropIn())) };
    case "remove_drop_in":
      return { type: "drop_in", act: "remove", ...worked(await said(machine.removeDropIn())) };
    case "canary": {
      const none = { found: false };
      const result = await machine.runCanary(canaryCommand(step.nonce)).catch(() => none);
      return { type: "canary", nonce: step.nonce, ...result };
    }
    case "take_snapshot":
      return { type: "snapshot", items: await snapshotInTime(machine) };
    case "remove_sudoers_file": {
      const { code } = await said(machine.removeSudoersFile(step.path));
      return { type: "sudoers_file_removed", path: step.path, ok: code === 0 };
    }
    case "signal":
      return { type: "signalled", ok: (await said(machine.signal(step.signal, step.pids))).code === 0 };
    case "run_iru":
      return { type: "iru_ran", ok: (await said(machine.runIru())).code === 0 };
    case "ask_start": {
      const chosen = await machine.askStart(step.to, step.minutes).catch(() => "later" as const);
      return { type: "start_asked", requestId: step.requestId, chosen };
    }
    case "alert":
      await machine.alert(step.to, step.title, step.text).catch(() => undefined);
      return undefined;
  }
}

/** The snapshot; null where it cannot be made, or takes too long: the start or the end of a session waits for it. */
async function snapshotInTime(machine: Machine): Promise<Readonly<Record<string, string>> | null> {
  const over = new AbortController();
  const late = machine.sleep(SNAPSHOT_LIMIT_MS, over.signal).then(() => null);
  const taken = machine.takeSnapshot().catch(() => null);
  return Promise.race([taken, late]).finally(() => over.abort("over"));
}

/** A tool that could not be run is one that failed. */
async function said(command: Promise<CommandResult>): Promise<CommandResult> {
  return command.catch((error: unknown) => ({
    code: -1,
    text: error instanceof Error ? error.message : String(error),
  }));
}

function worked({ code, text }: CommandResult): { ok: boolean; text: string } {
  return { ok: code === 0, text };
}

function changed(result: CommandResult): AgentEvent {
  return { type: "changed_entry", ...worked(result) };
}
