import type { Findings } from "./compare.ts";
import type { CallKind } from "./load-process.ts";
import { table, whole } from "./markdown.ts";
import { KINDS } from "./size.ts";
import { median, percentile } from "./statistics.ts";
import type { Profile } from "./take-profiles.ts";
import { CALL_TITLES, type Phase, type Subject, SUBJECTS, TITLES } from "./subjects.ts";

type Rival = Exclude<Subject, "hallpass">;

/** What Hallpass is to reach, as a part of what the other subject does. */
const AIMS: Readonly<Record<CallKind, Partial<Record<Rival, number>>>> = {
  status: { bare: 0.5, checked: 0.75 },
  request: { checked: 0.7 },
  log: { checked: 0.7 },
  slack: {},
};
const CLICK_AIM_P99_MS = 20;
const COSTS_SHOWN = 5;

const rate = ({ count, seconds }: Phase) => count / seconds;
/** Says nothing of clicks, whose cards are redrawn two seconds later. */
const rateWithEffects = ({ count, seconds, quietSeconds }: Phase) => count / (seconds + quietSeconds);
const letterOf = (subject: Subject) => TITLES[subject].slice(0, 1);

/** The findings as Markdown: medians of all rounds of all lives, and ratios of neighbours in the same round. */
export function report(findings: Findings): string {
  return [callTable(findings), ratioTable(findings), clickTable(findings), writtenTable(findings)].join(
    "\n\n",
  );
}

function callTable({ phases }: Findings): string {
  const rows = KINDS.flatMap((kind) =>
    SUBJECTS.map((subject) => {
      const of = (read: (phase: Phase) => number) => median(phases[kind][subject].map(read));
      return [
        CALL_TITLES[kind],
        letterOf(subject),
        whole(of(rate)),
        of(({ timesMs }) => percentile(timesMs, 0.5)).toFixed(1),
        of(({ timesMs }) => percentile(timesMs, 0.99)).toFixed(1),
        kind === "slack" ? "" : whole(of(rateWithEffects)),
        whole(of(({ cpuMicrosPerCall }) => cpuMicrosPerCall)),
      ];
    }),
  );
  return table(["call", "server", "calls/s", "p50 ms", "p99 ms", "with effects/s", "CPU µs a call"], rows);
}

function ratioTable({ phases }: Findings): string {
  const rows = KINDS.flatMap((kind) =>
    (["bare", "checked"] as const).map((rival) => {
      const ratioOf = (read: (phase: Phase) => number) =>
        median(
          phases[kind].hallpass.map(
            (phase, round) => read(phase) / read(phases[kind][rival][round] as Phase),
          ),
        );
      const ratio = ratioOf(rate);
      const aim = AIMS[kind][rival];
      const verdict = aim === undefined ? "" : `${aim.toFixed(2)}: ${ratio >= aim ? "reached" : "missed"}`;
      return [
        CALL_TITLES[kind],
        `H/${letterOf(rival)}`,
        ratio.toFixed(2),
        verdict,
        kind === "slack" ? "" : ratioOf(rateWithEffects).toFixed(2),
        (1 / ratioOf(({ cpuMicrosPerCall }) => cpuMicrosPerCall)).toFixed(2),
      ];
    }),
  );
  return table(["call", "ratio", "calls/s", "aim", "with effects/s", "by CPU time"], rows);
}

/** All clicks of all lives count as one: a median of the lives would hide that one of them stood still. */
function clickTable({ clicks }: Findings): string {
  const all = Float64Array.from(clicks.flatMap(({ timesMs }) => [...timesMs])).toSorted();
  const verdict = percentile(all, 0.99) <= CLICK_AIM_P99_MS ? "reached" : "missed";
  const row = (name: string, timesMs: Float64Array, aim: string) => [
    name,
    whole(timesMs.length),
    ...[0.5, 0.99, 1].map((share) => percentile(timesMs, share).toFixed(1)),
    aim,
  ];
  return table(
    ["clicks under load", "count", "p50 ms", "p99 ms", "longest ms", "aim for p99"],
    [
      ...clicks.map(({ timesMs }, index) => row(`life ${index + 1}`, timesMs, "")),
      row("all", all, `${CLICK_AIM_P99_MS}: ${verdict}`),
    ],
  );
}

function writtenTable({ growth }: Findings): string {
  const rows = KINDS.filter((kind) => kind !== "status").map((kind) => {
    const { rows: text, bytes } = growth[kind].hallpass;
    const isSame = SUBJECTS.every(
      (subject) => growth[kind][subject].rows === text && growth[kind][subject].bytes === bytes,
    );
    return [CALL_TITLES[kind], text, whole(bytes), isSame ? "yes" : "NO"];
  });
  return table(["call", "rows it leaves", "bytes", "the same for all three"], rows);
}

/** The largest costs of each kind of call, as Markdown. */
export function reportCosts(profiles: Readonly<Record<CallKind, Profile>>): string {
  const rows = KINDS.flatMap((kind) => {
    const { kinds, busyMs, calls } = profiles[kind];
    const microsOf = (share: number) => whole((share * busyMs * 1000) / calls);
    const costs = kinds.slice(0, COSTS_SHOWN);
    return [
      [CALL_TITLES[kind], "all together", microsOf(1), "100 %"],
      ...costs.map(({ name, share }) => [
        CALL_TITLES[kind],
        name,
        microsOf(share),
        `${(share * 100).toFixed(0)} %`,
      ]),
    ];
  });
  return table(["call", "cost", "µs a call", "share"], rows);
}
