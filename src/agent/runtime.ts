import { freshMemory, type Memory } from "./core/memory.ts";
import { reconcile } from "./core/reconcile.ts";
import { type AgentRecord, emptyRecord } from "./core/record.ts";
import type { Act, ActAnswer, AgentEvent, Step } from "./core/steps.ts";
import { type AgentView, viewOf } from "./core/view.ts";
import { createKeyRing, type KeyRing } from "./key-ring.ts";
import { observe } from "./observe.ts";
import { perform, takesItsOwnTime } from "./perform.ts";
import type { AgentIds, KeyStore, Machine, RecordFile } from "./ports.ts";
import { parseRecord } from "./record-file.ts";
import { createWireClient, type WireClient } from "./wire-client.ts";

/** The Mac and the service that one agent stands between. */
export interface AgentOptions {
  readonly machine: Machine;
  readonly recordFile: RecordFile;
  readonly keyStore: KeyStore;
  readonly ids: AgentIds;
  readonly fetch: typeof globalThis.fetch;
  /** Without a slash at the end. */
  readonly serviceUrl: string;
}

/** One process of the agent. */
export interface Agent {
  /** Runs until the brain wants a fresh process; launchd starts it. Rejects only where the Mac cannot be read at all. */
  run(): Promise<void>;
  /** Hands in what a person wants; the answer is for that person. */
  act(act: Act): Promise<ActAnswer>;
  /** What to show in the menu bar. */
  view(): AgentView;
  /** Calls `listener` after each look. */
  onLook(listener: () => void): void;
}

/** So many looks may follow each other at once; then the loop takes a breath, whatever there is to do. */
const LOOKS_IN_A_ROW = 10;
const BREATH_MS = 250;
const READ_TRIES = 10;
const READ_AGAIN_MS = 1_000;
/** No single wait is longer, since a timer stands still while the Mac sleeps. */
const LONGEST_WAIT_MS = 60_000;

interface Running extends AgentOptions {
  readonly keys: KeyRing;
  readonly wire: WireClient;
  readonly inbox: AgentEvent[];
  readonly waitingActs: Map<string, (answer: ActAnswer) => void>;
  readonly listeners: (() => void)[];
  record: AgentRecord;
  /** The record's text as it was last read or written. */
  lastText: string | undefined;
  memory: Memory;
  /** Something happened since the last look. */
  isPoked: boolean;
  /** Ends the present rest, if there is one. */
  endRest: () => void;
}

/** Makes an agent process. The loop holds no rule of its own: it sees, asks the brain, does, and sees again. */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  const { machine, recordFile, keyStore, fetch, serviceUrl, ids } = options;
  const { serial } = await machine.facts();
  const keys = createKeyRing(keyStore);
  const { text, isReadable } = await readInTime(recordFile, machine);
  const read = text === undefined ? undefined : parseRecord(text);
  const found = read !== undefined ? "read" : text === undefined && isReadable ? "absent" : "unreadable";
  const running: Running = {
    ...options,
    keys,
    wire: createWireClient({ serviceUrl, serial, fetch, clock: machine, keys }),
    inbox: [],
    waitingActs: new Map(),
    listeners: [],
    record: read ?? emptyRecord(),
    lastText: text,
    memory: freshMemory(machine.now(), found),
    isPoked: false,
    endRest: () => undefined,
  };
  return {
    run: () => loop(running),
    act(act) {
      const actId = ids.uuid();
      return new Promise((resolve) => {
        running.waitingActs.set(actId, resolve);
        tell(running, { type: "act", actId, act });
      });
    },
    view: () => viewOf(running.record, machine.now()),
    onLook: (listener) => running.listeners.push(listener),
  };
}

/**
 * The record's text. One that cannot be read is not missing: taken for that, it would be replaced with an empty one, and
 * a session on it forgotten. It is tried again for a while; then the Mac goes on, since without an agent nobody would
 * take any rights away, and has the service tell what it should be.
 */
async function readInTime(
  recordFile: RecordFile,
  machine: Machine,
): Promise<{ readonly text?: string | undefined; readonly isReadable: boolean }> {
  for (let tries = 1; ; tries += 1) {
    try {
      return { text: await recordFile.read(), isReadable: true };
    } catch {
      if (tries === READ_TRIES) return { isReadable: false };
      await machine.sleep(READ_AGAIN_MS);
    }
  }
}

function tell(running: Running, event: AgentEvent): void {
  running.inbox.push(event);
  poke(running);
}

function poke(running: Running): void {
  running.isPoked = true;
  running.endRest();
}

async function loop(running: Running): Promise<void> {
  const { machine } = running;
  const stopWatching = machine.onChange(() => poke(running));
  try {
    for (let inARow = 1; ; inARow += 1) {
      const { wakeInSeconds, wantsRestart, wantsBreath } = await lookOnce(running);
      for (const listener of running.listeners) listener();
      if (wantsRestart) return;
      const isAwaited = running.isPoked || running.inbox.length > 0;
      if (isAwaited && inARow < LOOKS_IN_A_ROW && !wantsBreath) continue;
      if (isAwaited) await machine.sleep(BREATH_MS);
      else await rest(running, wakeInSeconds);
      inARow = 0;
    }
  } finally {
    stopWatching();
  }
}

/** Waits until something happens, `seconds` have passed, or the longest wait is over. */
async function rest(running: Running, seconds: number | undefined): Promise<void> {
  const poked = new AbortController();
  running.endRest = () => poked.abort("poked");
  if (seconds === undefined) {
    await new Promise<void>((resolve) => poked.signal.addEventListener("abort", () => resolve()));
  } else {
    // At least a whole millisecond: a rest of less than the clock can tell would be none, over and over.
    const restMs = Math.max(1, Math.ceil(Math.min(seconds * 1000, LONGEST_WAIT_MS)));
    await running.machine.sleep(restMs, poked.signal);
  }
  running.endRest = () => undefined;
}

interface LookOutcome {
  readonly wakeInSeconds: number | undefined;
  readonly wantsRestart: boolean;
  readonly wantsBreath: boolean;
}

async function lookOnce(running: Running): Promise<LookOutcome> {
  running.isPoked = false;
  const events = running.inbox.splice(0);
  const observed = await observe(running, running.record, running.lastText, events);
  const { steps, memory, wakeInSeconds } = reconcile(
    observed,
    running.record,
    running.memory,
    running.machine.now(),
  );
  const before = running.memory;
  running.memory = memory;
  let wantsRestart = false;
  for (const step of steps) {
    if (step.do === "restart") wantsRestart = true;
    else if (step.do === "save_record") {
      if (await save(running, step.record)) continue;
      // What the brain planned on top of the unsaved record is not done; it plans again from what it was told.
      const { last, unsavedSince } = memory;
      running.memory = { ...before, last, unsavedSince };
      const told = events.filter(({ type }) => type !== "saved");
      running.inbox.unshift(...told, { type: "saved", ok: false });
      return { wakeInSeconds: 1, wantsRestart: false, wantsBreath: true };
    } else await doStep(running, step);
  }
  return { wakeInSeconds, wantsRestart, wantsBreath: false };
}

async function save(running: Running, record: AgentRecord): Promise<boolean> {
  let text: string;
  try {
    text = JSON.stringify(record);
    await running.recordFile.write(text);
  } catch {
    return false;
  }
  running.record = record;
  running.lastText = text;
  running.inbox.push({ type: "saved", ok: true });
  return true;
}

async function doStep(
  running: Running,
  step: Exclude<Step, { do: "save_record" | "restart" }>,
): Promise<void> {
  const { machine, wire, waitingActs } = running;
  if (step.do === "answer") {
    waitingActs.get(step.actId)?.(step.answer);
    waitingActs.delete(step.actId);
    return;
  }
  const outcome = perform(machine, wire, step).then((event) => {
    if (event !== undefined) tell(running, event);
  });
  if (!takesItsOwnTime(step)) await outcome;
}
