import { type Census, describeGrowth, takeCensus } from "./census.ts";
import { type Child, startChild } from "./child.ts";
import { clicksUnderLoad } from "./clicks.ts";
import type { CallKind, Measured } from "./load-process.ts";
import { KINDS, makeTemplate, type Size, sliceOf, warmUpOf } from "./size.ts";
import {
  measure,
  type Phase,
  type RunningSubject,
  startSubject,
  type Subject,
  SUBJECTS,
} from "./subjects.ts";

/** Everything found out, by call, subject and round. */
export interface Findings {
  readonly phases: Readonly<Record<CallKind, Readonly<Record<Subject, readonly Phase[]>>>>;
  /** What one call leaves in the data file, its effects included. */
  readonly growth: Readonly<Record<CallKind, Readonly<Record<Subject, { rows: string; bytes: number }>>>>;
  /** In each life, clicks at a fixed pace while Macs ask and poll as fast as they can. */
  readonly clicks: readonly Measured[];
}

/**
 * Measures all subjects in turn, in short slices: H A B, A B H, B H A … A machine that others use too is never as fast
 * for three seconds as for the next three, but nearly so from one fifth of a second to the next. And two processes of one
 * program differ by a tenth for as long as they run: so all are started anew several times.
 */
export async function compare(folder: string, size: Size, tell: (line: string) => void): Promise<Findings> {
  const template = await makeTemplate(folder, size);
  const findings: Writable = {
    phases: emptyTable<Phase[]>(() => []),
    growth: emptyTable(() => ({ rows: "", bytes: 0 })),
    clicks: [],
  };
  for (let life = 1; life <= size.lives; life += 1) {
    await measureLife(findings, template, folder, size);
    findings.clicks.push(await clicksUnderLoad(template, folder, size));
    tell(`life ${life} of ${size.lives}`);
  }
  return findings;
}

/** Findings that are being collected. */
interface Writable extends Findings {
  readonly phases: Record<CallKind, Record<Subject, Phase[]>>;
  readonly growth: Record<CallKind, Record<Subject, { rows: string; bytes: number }>>;
  readonly clicks: Measured[];
}

/** All calls but the clicks under load, by processes that are started and ended here. */
async function measureLife(
  { phases, growth }: Writable,
  template: string,
  folder: string,
  size: Size,
): Promise<void> {
  const generator = startChild("load-process.ts", []);
  const subjects = new Map<Subject, RunningSubject>();
  for (const subject of SUBJECTS) subjects.set(subject, await startSubject(subject, template, folder));
  for (const kind of KINDS) {
    for (const [subject, running] of subjects) {
      growth[kind][subject] = await warmUpAndCount(generator, running, kind, size);
    }
    for (let round = 0; round < size.rounds; round += 1) {
      for (const subject of inTurn(round)) {
        const running = subjects.get(subject) as RunningSubject;
        const load = sliceOf(kind, running.port, size, round);
        phases[kind][subject].push(await measure(generator, running.child, load));
      }
    }
  }
  for (const { child } of subjects.values()) await child.end();
  await generator.end();
}

function emptyTable<T>(make: () => T): Record<CallKind, Record<Subject, T>> {
  const row = () => ({ hallpass: make(), bare: make(), checked: make() });
  return { status: row(), request: row(), log: row(), slack: row() };
}

/** Each subject is first, second and last equally often. */
function inTurn(round: number): readonly Subject[] {
  const first = round % SUBJECTS.length;
  return [...SUBJECTS.slice(first), ...SUBJECTS.slice(0, first)];
}

async function warmUpAndCount(
  generator: Child,
  { child, file, port }: RunningSubject,
  kind: CallKind,
  size: Size,
): Promise<{ rows: string; bytes: number }> {
  const before: Census = takeCensus(file);
  const load = warmUpOf(kind, port, size);
  await measure(generator, child, load);
  return describeGrowth(before, takeCensus(file), load.count);
}
