import type { Observed } from "./core/observed.ts";
import type { AgentRecord } from "./core/record.ts";
import type { AgentEvent } from "./core/steps.ts";
import type { KeyRing } from "./key-ring.ts";
import type { AgentIds, Machine, RecordFile } from "./ports.ts";

/** What a look needs besides the Mac itself. */
export interface Surroundings {
  readonly machine: Machine;
  readonly recordFile: RecordFile;
  readonly keys: KeyRing;
  readonly ids: AgentIds;
}

/** Reads everything that the brain looks at. What cannot be read is left out, never guessed. */
export async function observe(
  { machine, recordFile, keys, ids }: Surroundings,
  record: AgentRecord,
  lastText: string | undefined,
  events: readonly AgentEvent[],
): Promise<Observed> {
  const { session } = record;
  const facts = await machine.facts();
  const admins = await orUndefined(machine.readAdmins());
  const sudo = session === undefined ? undefined : await orUndefined(machine.readSudo(session.log.offset));
  const sudoFiles = session === undefined ? await orUndefined(machine.readSudoFiles()) : undefined;
  const rootProcesses =
    session === undefined
      ? undefined
      : await orUndefined(
          machine.readRootProcesses(session.person, bornSince(session, machine.now().bootSession)),
        );
  const enrolled = await orUndefined(keys.hasKey());
  const keychainTrouble = keys.trouble();
  return {
    ...facts,
    ...(enrolled === undefined ? {} : { enrolled }),
    ...(keychainTrouble === undefined ? {} : { keychainTrouble }),
    recordOnDisk: await compareRecord(recordFile, lastText),
    console: (await orUndefined(machine.readConsole())) ?? { sessions: [] },
    privileges: (await orUndefined(machine.readPrivileges())) ?? { installed: false, unlocked: false },
    ...(admins === undefined ? {} : { admins }),
    ...(sudoFiles === undefined ? {} : { sudoFiles }),
    ...(sudo === undefined ? {} : { sudo }),
    ...(rootProcesses === undefined ? {} : { rootProcesses }),
    events,
    freshId: ids.uuid(),
    chance: ids.fraction(),
  };
}

/** After a restart of the Mac every process is younger than the session. */
function bornSince(session: NonNullable<AgentRecord["session"]>, bootSession: string): number {
  return session.deadline.bootSession === bootSession ? session.sinceSeconds : 0;
}

/** One that cannot be read now is neither gone nor changed: nobody is accused of it, and the next save shows. */
async function compareRecord(
  file: RecordFile,
  lastText: string | undefined,
): Promise<Observed["recordOnDisk"]> {
  try {
    const text = await file.read();
    if (text === lastText) return "same";
    return text === undefined ? "absent" : "changed";
  } catch {
    return "same";
  }
}

async function orUndefined<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch {
    return undefined;
  }
}
