import type { Findings } from "./compare.ts";
import { KINDS } from "./compare.ts";
import type { CallKind } from "./load-process.ts";
import { median } from "./statistics.ts";
import { CALL_TITLES, type Phase, type Subject, SUBJECTS, TITLES } from "./subjects.ts";

/** What Hallpass is to reach, as a part of what the other subject does. */
const AIMS: Readonly<Record<CallKind, Partial<Record<Subject, number>>>> = {
  status: { bare: 0.5, checked: 0.75 },
  request: { checked: 0.7 },
  log: { checked: 0.7 },
  slack: {},
};
const CLICK_AIM_P99_MS = 20;

const whole = (value: number) => Math.round(value).toLocaleString("en");
const rate = ({ count, seconds }: Phase) => count / seconds;
const rateWithEffects = ({ count, seconds, quietSeconds }: Phase) => count / (seconds + quietSeconds);

/** The findings as text: a table a call, medians of the rounds, ratios of neighbours in the same round. */
export function report(findings: Findings): string {
  return [...KINDS.map((kind) => reportCall(findings, kind)), reportClicks(findings)].join("\n\n");
}

function reportCall({ phases, growth }: Findings, kind: CallKind): string {
  const head = `${CALL_TITLES[kind].padEnd(44)} calls/s   p50 ms   p99 ms   with effects/s   CPU µs/call`;
  const rows = SUBJECTS.map((subject) => {
    const of = (read: (phase: Phase) => number) => median(phases[kind][subject].map(read));
    const cells = [
      whole(of(rate)).padStart(9),
      of((phase) => phase.p50Ms)
        .toFixed(1)
        .padStart(8),
      of((phase) => phase.p99Ms)
        .toFixed(1)
        .padStart(8),
      whole(of(rateWithEffects)).padStart(16),
      whole(of((phase) => phase.cpuMicrosPerCall)).padStart(13),
    ];
    return `  ${TITLES[subject].padEnd(42)}${cells.join(" ")}`;
  });
  const ratios = (["bare", "checked"] as const).map((rival) => reportRatio(phases[kind], kind, rival));
  const written = SUBJECTS.map((subject) => {
    const { rows: text, bytes } = growth[kind][subject];
    return `  written a call by ${TITLES[subject].slice(0, 1)}: ${text}; ${whole(bytes)} bytes`;
  });
  return [head, ...rows, ...ratios, ...(kind === "status" ? [] : written)].join("\n");
}

function reportRatio(
  phases: Readonly<Record<Subject, readonly Phase[]>>,
  kind: CallKind,
  rival: "bare" | "checked",
): string {
  const ratioOf = (read: (phase: Phase) => number) =>
    median(phases.hallpass.map((phase, round) => read(phase) / read(phases[rival][round] as Phase)));
  const aim = AIMS[kind][rival];
  const ratio = ratioOf(rate);
  const verdict = aim === undefined ? "" : ` (aim ${aim.toFixed(2)}: ${ratio >= aim ? "reached" : "MISSED"})`;
  const cpu = 1 / ratioOf((phase) => phase.cpuMicrosPerCall);
  return `  H/${TITLES[rival].slice(0, 1)} ${ratio.toFixed(2)}${verdict}, with effects ${ratioOf(rateWithEffects).toFixed(2)}, by CPU time ${cpu.toFixed(2)}`;
}

function reportClicks({ clicksUnderLoad }: Findings): string {
  const p50 = median(clicksUnderLoad.map((clicks) => clicks.p50Ms));
  const p99 = median(clicksUnderLoad.map((clicks) => clicks.p99Ms));
  const verdict = p99 <= CLICK_AIM_P99_MS ? "reached" : "MISSED";
  return `Slack's click acknowledged, 50 a second while 32 connections ask and poll without a pause:
  p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (aim ${CLICK_AIM_P99_MS} ms: ${verdict})`;
}
