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
import { printMeasured } from "./bench/print-measured.ts";

const HELP = `npm run bench:million: what finding requests costs among a million stored ones, next to a thousand. The open
requests are the same in both files, a tenth of all are of one Mac. Needs 6 GB of disk and some minutes.

  --requests N   take another number than a million
  --folder PATH  put the data files there and not into ${tmpdir()}`;

const WAITING = 300;
const ACTIVE = 200;
const FEW = 1_000;
const ROUNDS = 200;

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

async function measure(folder: string, count: number): Promise<string> {
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

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "1000000" },
    folder: { type: "string", default: tmpdir() },
    help: { type: "boolean", default: false },
  },
});
if (values.help) console.log(HELP);
else await printMeasured(values.folder, (folder) => measure(folder, Number(values.requests)));
