import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { compare } from "./bench/compare.ts";
import { report } from "./bench/report.ts";

/**
 * `npm run bench`: how many calls a second Hallpass answers on this machine, next to two bare servers that write the
 * same rows. `--rounds N` measures more often than three times, `--folder PATH` puts the data files elsewhere.
 */

const { values } = parseArgs({ options: { rounds: { type: "string" }, folder: { type: "string" } } });
const startedAt = performance.now();
const folder = mkdtempSync(join(values.folder ?? tmpdir(), "hallpass-bench-"));
try {
  const findings = await compare(
    folder,
    {
      rounds: Number(values.rounds ?? 3),
      connections: 32,
      warmUp: 500,
      calls: { status: 12_000, request: 4_000, log: 3_000, slack: 3_000 },
      maxSeconds: 3,
    },
    (line) => process.stderr.write(`${line}\n`),
  );
  console.log(report(findings));
} finally {
  rmSync(folder, { recursive: true });
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
console.log(
  `\nNode ${process.versions.node}, ${availableParallelism()} processors, load ${loadavg()[0]?.toFixed(1)}; took ${seconds} s.`,
);
