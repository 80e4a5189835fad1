import { createSystemClock } from "../adapters/system/clock.ts";
import { startDemo } from "../world/demo/demo.ts";
import { loadPageFiles } from "../world/demo/page-files.ts";
import { invitation, storyText, type TerminalStyle } from "../world/demo/terminal-text.ts";

const PORT_DEFAULT = 4100;
const COLUMNS_DEFAULT = 120;
const STOP_WITHIN_MS = 3_000;
const timeOfDay = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const style: TerminalStyle = {
  columns: process.stdout.columns || COLUMNS_DEFAULT,
  hasStyles: process.stdout.isTTY && process.env["NO_COLOR"] === undefined,
  time: (at) => timeOfDay.format(at),
};

function portFrom(text: string | undefined): number {
  const port = Number(text ?? PORT_DEFAULT);
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port;
  console.error(`hallpass: HALLPASS_PORT must be a port number from 0 to 65535, not "${text}".`);
  process.exit(1);
}

function sayWhy(error: unknown): void {
  console.error(`hallpass: the demo failed: ${error instanceof Error ? error.message : String(error)}`);
}

let isStopping = false;
const port = portFrom(process.env["HALLPASS_PORT"]);
const real = createSystemClock();
const demo = await startDemo({
  port,
  real,
  files: await loadPageFiles(),
  onLine: (line) => console.log(storyText(line, style)),
  onPlayed: (outcome) => {
    if (isStopping) return;
    if (outcome === "stuck") console.log("\n  The session could not be played to its end; start afresh.");
    console.log(invitation(demo.url, style));
  },
  onProblem: sayWhy,
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    if (isStopping) process.exit(1);
    isStopping = true;
    void Promise.race([demo.stop(), real.sleep(STOP_WITHIN_MS)]).then(() => process.exit(0));
  });
}

console.log(`\n  Hallpass demo: ${demo.url}`);
if (demo.isPortTaken) console.log(`  (Port ${port} is in use, so a free one was taken.)`);
console.log("  One session plays by itself, here and on the page.\n");
await demo.play();
