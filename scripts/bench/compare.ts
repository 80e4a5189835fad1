import { join } from "node:path";
import { type Census, describeGrowth, takeCensus } from "./census.ts";
import { type Child, startChild } from "./child.ts";
import { fill, type Share } from "./fill.ts";
import { liveOnce } from "./lives.ts";
import type { CallKind, Load, Measured } from "./load-process.ts";
import { measure, type Phase, startSubject, type Subject, SUBJECTS } from "./subjects.ts";

/** How much is measured. */
export interface Size {
  readonly rounds: number;
  readonly connections: number;
  /** Calls of each kind at the most, the unmeasured ones before them included. */
  readonly calls: Readonly<Record<CallKind, number>>;
  /** Unmeasured calls first, until the compiler's threads have nothing left to do: they would take a processor. */
  readonly warmUp: Readonly<Record<CallKind, number>>;
  /** No phase takes longer. */
  readonly maxSeconds: number;
}

export const KINDS = ["status", "request", "log", "slack"] as const;

/** Everything found out, by call, subject and round. */
export interface Findings {
  readonly phases: Readonly<Record<CallKind, Readonly<Record<Subject, readonly Phase[]>>>>;
  /** What one call leaves in the data file, its effects included. */
  readonly growth: Readonly<Record<CallKind, Readonly<Record<Subject, { rows: string; bytes: number }>>>>;
  /** Clicks at a fixed pace, by round, while Macs ask and poll as fast as they can. */
  readonly clicksUnderLoad: readonly Measured[];
}

/** Where in the cast the Macs of each kind of call begin. */
function placesOf(size: Size): Readonly<Record<CallKind, number>> {
  const { status, slack, request } = size.calls;
  return { status: 0, slack: status, request: status + slack, log: status + slack + request };
}

/** A data file with a Mac for every call: waiting for an answer, about to ask, or in a session. */
export async function makeTemplate(folder: string, size: Size): Promise<string> {
  const file = join(folder, "template.db");
  const places = placesOf(size);
  const shares: readonly Share[] = [
    { stage: "waiting", from: places.status, count: size.calls.status + size.calls.slack },
    { stage: "enrolled", from: places.request, count: size.calls.request },
    { stage: "active", from: places.log, count: size.calls.log },
  ];
  fill(file, await liveOnce(file), shares);
  return file;
}

/** Measures all subjects in turn, round after round: H A B H A B … */
export async function compare(folder: string, size: Size, tell: (line: string) => void): Promise<Findings> {
  const template = await makeTemplate(folder, size);
  const phases = emptyTable<Phase[]>(() => []);
  const growth = emptyTable(() => ({ rows: "", bytes: 0 }));
  const clicksUnderLoad: Measured[] = [];
  const generator = startChild("load-process.ts", []);
  const clicker = startChild("load-process.ts", []);
  for (let round = 1; round <= size.rounds; round += 1) {
    for (const subject of SUBJECTS) {
      const { child, file, port } = await startSubject(subject, template, folder);
      for (const kind of KINDS) {
        const load = loadOf(kind, port, size);
        const before: Census | undefined = round === 1 ? takeCensus(file) : undefined;
        const warmUp = size.warmUp[kind];
        await measure(generator, child, { ...load, count: warmUp });
        if (before !== undefined) {
          growth[kind][subject] = describeGrowth(before, takeCensus(file), warmUp);
        }
        const rest = { from: load.from + warmUp, count: load.count - warmUp };
        const phase = await measure(generator, child, { ...load, ...rest, maxSeconds: size.maxSeconds });
        phases[kind][subject].push(phase);
        tell(`round ${round}: ${subject} ${kind} ${(phase.count / phase.seconds).toFixed(0)}/s`);
      }
      await child.end();
    }
    clicksUnderLoad.push(await clickUnderLoad({ generator, clicker }, template, folder, size));
  }
  await generator.end();
  await clicker.end();
  return { phases, growth, clicksUnderLoad };
}

function emptyTable<T>(make: () => T): Record<CallKind, Record<Subject, T>> {
  const row = () => ({ hallpass: make(), bare: make(), checked: make() });
  return { status: row(), request: row(), log: row(), slack: row() };
}

/** All calls of one kind to a subject. */
export function loadOf(kind: CallKind, port: number, size: Size): Load {
  const { connections, calls } = size;
  return { port, kind, connections, from: placesOf(size)[kind], count: calls[kind] };
}

/**
 * One click every 20 ms, while as many connections as ever send new requests and polls without a pause. The clicks come
 * from a process that does nothing else: one that also makes the other calls sends late, and reads the answer late.
 */
async function clickUnderLoad(
  { generator, clicker }: { readonly generator: Child; readonly clicker: Child },
  template: string,
  folder: string,
  size: Size,
): Promise<Measured> {
  const { child, port } = await startSubject("hallpass", template, folder);
  await warmUp(generator, port, size);
  // Else the cards of the warm-up's clicks, which are redrawn two seconds later, fall into the measured time.
  await child.ask("quiet");
  const everyMs = 20;
  const { maxSeconds } = size;
  const half = size.connections / 2;
  const on = (kind: CallKind) => {
    const load = loadOf(kind, port, size);
    const first = size.warmUp[kind];
    return { ...load, from: load.from + first, count: load.count - first, maxSeconds };
  };
  await generator.ask("prepare", [
    { ...on("status"), connections: half },
    { ...on("request"), connections: half },
  ]);
  await clicker.ask("prepare", [
    { ...on("slack"), connections: 8, count: Math.floor((maxSeconds * 1000) / everyMs), everyMs },
  ]);
  const [[clicks]] = await Promise.all([
    clicker.ask<readonly Measured[]>("go"),
    generator.ask<readonly Measured[]>("go"),
  ]);
  await child.end();
  return clicks as Measured;
}

async function warmUp(generator: Child, port: number, size: Size): Promise<void> {
  for (const kind of KINDS) {
    await generator.ask("run", { ...loadOf(kind, port, size), count: size.warmUp[kind] });
  }
}
