import { copyFileSync } from "node:fs";
import { join } from "node:path";
import { type Child, startChild } from "./child.ts";
import type { CallKind, Load, Measured } from "./load-process.ts";
import { syncFile } from "./sync-file.ts";

/** What is measured: Hallpass, and the two servers it is measured against. */
export const SUBJECTS = ["hallpass", "bare", "checked"] as const;
export type Subject = (typeof SUBJECTS)[number];

export const TITLES: Readonly<Record<Subject, string>> = {
  hallpass: "H  Hallpass",
  bare: "A  bare node:http + SQLite, no checks",
  checked: "B  the same with our schemas and key check",
};

/** A measured phase: the answers, and what the server spent on them until every effect was done. */
export interface Phase extends Measured {
  /** From the last answer until every effect was done. */
  readonly quietSeconds: number;
  readonly cpuMicrosPerCall: number;
}

/** A subject that listens, and its data file. */
export interface RunningSubject {
  readonly child: Child;
  readonly file: string;
  readonly port: number;
}

/** Starts one subject on a data file of its own, copied from `template`. */
export async function startSubject(
  subject: Subject,
  template: string,
  folder: string,
): Promise<RunningSubject> {
  const file = join(folder, `${subject}.db`);
  copyFileSync(template, file);
  syncFile(file);
  const child =
    subject === "hallpass"
      ? startChild("hallpass-process.ts", [file], { output: join(folder, "hallpass.log") })
      : startChild("rival-process.ts", [file, subject]);
  return { child, file, port: await child.ask<number>("port") };
}

/** Lets the generator put `load` on a subject and waits until the subject is quiet again. */
export async function measure(generator: Child, subject: Child, load: Load): Promise<Phase> {
  const cpuBefore = await subject.ask<number>("cpuMicros");
  const measured = await generator.ask<Measured>("run", load);
  const answeredAt = performance.now();
  await subject.ask("quiet");
  const quietSeconds = (performance.now() - answeredAt) / 1000;
  const cpuMicros = (await subject.ask<number>("cpuMicros")) - cpuBefore;
  return { ...measured, quietSeconds, cpuMicrosPerCall: cpuMicros / measured.count };
}

export const CALL_TITLES: Readonly<Record<CallKind, string>> = {
  status: "GET /status",
  request: "POST /request",
  log: "POST /log",
  slack: "POST /slack/actions",
};
