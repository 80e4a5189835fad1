import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { compare } from "./bench/compare.ts";
import { printMeasured } from "./bench/print-measured.ts";
import { report, reportCosts } from "./bench/report.ts";
import type { Size } from "./bench/size.ts";
import { takeProfiles } from "./bench/take-profiles.ts";

const HELP = `npm run bench: how many calls a second Hallpass answers on this machine, next to two bare servers
that write the same rows.

  --lives N      start all servers anew so often (5)
  --rounds N     let each server in turn take so many slices of the calls in each life (6)
  --asks N       let so many Macs ask while clicks are measured (45000): a fast machine may need more
  --folder PATH  put the data files there and not into ${tmpdir()}
  --profile      instead, say where Hallpass's own time goes in each call`;

const { values } = parseArgs({
  options: {
    lives: { type: "string", default: "5" },
    rounds: { type: "string", default: "6" },
    asks: { type: "string", default: "45000" },
    folder: { type: "string", default: tmpdir() },
    profile: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
const size: Size = {
  lives: Number(values.lives),
  rounds: Number(values.rounds),
  connections: 32,
  warmUp: { status: 30_000, request: 16_000, log: 16_000, slack: 8_000 },
  calls: { status: 24_000, request: 4_800, log: 4_800, slack: 3_000 },
  clicks: { seconds: 10, everyMs: 20, asks: Number(values.asks) },
};

if (values.help) console.log(HELP);
else {
  await printMeasured(values.folder, async (folder) => {
    if (values.profile) return reportCosts(await takeProfiles(folder, size));
    return report(await compare(folder, size, (line) => void process.stderr.write(`${line}\n`)));
  });
}
