import { tmpdir } from "node:os";
import { parseArgs } from "node:util";
import { table, whole } from "./bench/markdown.ts";
import { measurePolls, type PollFindings } from "./bench/polls.ts";
import { printMeasured } from "./bench/print-measured.ts";

const HELP = `npm run bench:polls: holds as many polls of GET /status?wait=20 as a process may have files open (ulimit -n),
says what each costs, approves 5,000 requests as fast as possible, and lets everybody hang up.

  --polls N      hold fewer
  --folder PATH  put the data file there and not into ${tmpdir()}`;

const kib = (bytes: number) => `${(bytes / 1024).toFixed(1)} KiB`;
const ms = (time: number) => `${time.toFixed(1)} ms`;

function report(found: PollFindings): string {
  const { left } = found;
  return table(
    ["what", "measured"],
    [
      ["files a process may have open", whole(found.fileLimit)],
      ["polls held at once", whole(found.held)],
      ["memory for each, heap", kib(found.heapPerPoll)],
      ["memory for each, of the whole process", kib(found.rssPerPoll)],
      ["approvals", `${whole(found.approved)} in ${found.approveSeconds.toFixed(2)} s`],
      ["from its commit to its answer, p50", ms(found.p50Ms)],
      ["from its commit to its answer, p99", ms(found.p99Ms)],
      ["from its commit to its answer, longest", ms(found.maxMs)],
      ["after all have hung up: waiters", whole(left.waiters)],
      ["after all have hung up: connections", whole(left.connections)],
      ["after all have hung up: memory for each, heap", kib(left.heapPerPoll)],
    ],
  );
}

const { values } = parseArgs({
  options: {
    polls: { type: "string" },
    folder: { type: "string", default: tmpdir() },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(HELP);
else {
  await printMeasured(values.folder, async (folder) => {
    const polls = values.polls === undefined ? {} : { polls: Number(values.polls) };
    const found = await measurePolls(folder, { approvals: 5_000, ...polls });
    if (found.left.waiters !== 0 || found.left.connections !== 0) process.exitCode = 1;
    return report(found);
  });
}
