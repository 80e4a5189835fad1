import { copyFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { parseArgs } from "node:util";
import { serialOf } from "./bench/cast.ts";
import { fill, type Share } from "./bench/fill.ts";
import { compareListings, openListings } from "./bench/listings.ts";
import { liveOnce } from "./bench/lives.ts";
import { table, whole } from "./bench/markdown.ts";
import { type Pause, pauseOf } from "./bench/pauses.ts";
import { printMeasured } from "./bench/print-measured.ts";
import { median } from "./bench/statistics.ts";

const HELP = `npm run bench:million: what finding requests costs among a million stored ones, next to a thousand. The open
requests are the same in both files, a tenth of all are of one Mac. Then, how long everybody else waits while a service
looks through 20,000 running sessions, next to 200. Needs 6 GB of disk and some minutes.

  --requests N   take another number than a million
  --folder PATH  put the data files there and not into ${tmpdir()}`;

const WAITING = 300;
const ACTIVE = 200;
const CROWD = 20_000;
const FEW = 1_000;
const ROUNDS = 200;
const CROWD_ROUNDS = 11;

/** Most are denied; one in twenty, and a hundred at least, had a whole session with its log. */
function sharesOf(count: number): readonly Share[] {
  const over = count - WAITING - ACTIVE;
  const ended = Math.max(100, Math.ceil(over / 20));
  return [
    { stage: "waiting", from: 0, count: WAITING },
    { stage: "active", from: WAITING, count: ACTIVE },
    { stage: "ended", from: WAITING + ACTIVE, count: ended },
    { stage: "denied", from: WAITING + ACTIVE + ended, count: over - ended },
  ];
}

/** Makes a tenth of all requests earlier ones of the Mac that is looked for, as of one that asks all day. */
function giveHistory(file: string, serial: string, count: number): void {
  const database = new DatabaseSync(file);
  try {
    const own = "SELECT id FROM requests WHERE status = 'denied' LIMIT ?";
    database
      .prepare(`UPDATE requests SET serial = ? WHERE id IN (${own})`)
      .run(serial, Math.floor(count / 10));
  } finally {
    database.close();
  }
}

async function measureListings(folder: string, count: number): Promise<string> {
  const small = join(folder, "small.db");
  const large = join(folder, "large.db");
  const ids = await liveOnce(small);
  copyFileSync(small, large);
  fill(small, ids, sharesOf(FEW));
  fill(large, ids, sharesOf(count));
  giveHistory(small, serialOf(WAITING), FEW);
  giveHistory(large, serialOf(WAITING), count);
  process.stderr.write(`${whole(count)} requests written, ${(statSync(large).size / 1e9).toFixed(1)} GB\n`);
  const who = { active: WAITING, over: WAITING + ACTIVE };
  const few = openListings(small, who);
  const many = openListings(large, who);
  const found = await compareListings(few.listings, many.listings, ROUNDS);
  await few.close();
  await many.close();
  const rows = [...found].map(([name, [little, much]]) => [
    name,
    little.toFixed(1),
    much.toFixed(1),
    (much / little).toFixed(2),
  ]);
  return table(["what", `µs among ${whole(FEW)}`, `µs among ${whole(count)}`, "ratio"], rows);
}

/** The sweep looks through every open request, /admin-status through a bounded number of them: how long others wait. */
async function measurePauses(folder: string): Promise<string> {
  const rows: string[][] = [];
  for (const active of [ACTIVE, CROWD]) {
    const file = join(folder, `crowd-${active}.db`);
    fill(file, await liveOnce(file), [{ stage: "active", from: 0, count: active }]);
    const { listings, close } = openListings(file, { active: 0, over: 0 });
    for (const name of ["one sweep", "/admin-status"]) {
      const pauses: Pause[] = [];
      for (let round = 0; round < CROWD_ROUNDS; round += 1) {
        pauses.push(await pauseOf(listings[name] as () => Promise<unknown>));
      }
      const ofMs = (read: (pause: Pause) => number) => median(pauses.map(read)).toFixed(1);
      rows.push([name, whole(active), ofMs(({ wholeMs }) => wholeMs), ofMs(({ longestMs }) => longestMs)]);
    }
    await close();
  }
  return table(["what", "running sessions", "ms", "longest wait of everybody else, ms"], rows);
}

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    folder: { type: "string", default: tmpdir() },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(HELP);
else {
  await printMeasured(values.folder, async (folder) =>
    [await measureListings(folder, Number(values.requests)), await measurePauses(folder)].join("\n\n"),
  );
}
