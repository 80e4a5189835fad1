import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { compare, type Size } from "./bench/compare.ts";
import { printMeasured } from "./bench/print-measured.ts";
import { report, reportCosts } from "./bench/report.ts";
import { takeProfiles } from "./bench/take-profiles.ts";

const HELP = `npm run bench: how many calls a second Hallpass answers on this machine, next to two bare servers
that write the same rows.

  --rounds N     measure so often (3)
  --folder PATH  put the data files there and not into ${tmpdir()}
  --profile      instead, say where Hallpass's own time goes in each call`;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "3" },
    folder: { type: "string", default: tmpdir() },
    profile: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const size: Size = {
  rounds: Number(values.rounds),
  connections: 32,
  warmUp: { status: 30_000, request: 2_000, log: 2_000, slack: 2_000 },
  calls: { status: 70_000, request: 8_000, log: 8_000, slack: 6_000 },
  maxSeconds: 3,
};

if (values.help) console.log(HELP);
else {
  await printMeasured(values.folder, async (folder) => {
    if (values.profile) return reportCosts(await takeProfiles(folder, size));
    return report(await compare(folder, size, (line) => void process.stderr.write(`${line}\n`)));
  });
}
