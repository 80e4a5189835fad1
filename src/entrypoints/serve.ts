import { existsSync } from "node:fs";
import { renderHelp, renderProblems } from "../adapters/environment/describe.ts";
import { parseSettings, secretsOf, type Settings } from "../adapters/environment/settings.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import { createSystemIds } from "../adapters/system/ids.ts";
import { createLineWriter } from "../adapters/system/line-writer.ts";
import { createJsonLog } from "../adapters/system/log.ts";
import { openOneMachine } from "../composition/one-machine.ts";

/** `npm run serve`: Hallpass on this machine, with the real Slack and the real Iru. */

const ENV_FILE = ".env";
/** EX_CONFIG of sysexits.h: starting again as it is cannot help. */
const WRONG_SETTINGS = 78;

function fail(text: string, exitCode = 1): void {
  process.stderr.write(text);
  process.exitCode = exitCode;
}

async function serve(settings: Settings): Promise<void> {
  const clock = createSystemClock();
  const log = createJsonLog({ write: createLineWriter(process), clock, secrets: secretsOf(settings) });
  const opening = openOneMachine(settings, { clock, ids: createSystemIds(), log, fetch });
  let isStopping = false;
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    process.on(signal, () => {
      // Whoever asks twice does not want to wait; the store survives that.
      if (isStopping) process.exit(1);
      isStopping = true;
      void opening
        .then(({ stop }) => stop())
        .then(
          () => process.exit(0),
          (error: unknown) => {
            fail(`hallpass: stopping failed: ${error instanceof Error ? error.message : String(error)}\n`);
            process.exit();
          },
        );
    });
  }
  await opening;
}

const [word, ...others] = process.argv.slice(2);
if (word === "--help" && others.length === 0) {
  process.stdout.write(renderHelp());
} else if (word !== undefined) {
  fail("hallpass: serve takes no arguments but --help; its settings come from the environment.\n");
} else {
  // What is in the environment already goes before the file.
  if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
  const outcome = parseSettings(process.env);
  if (!outcome.ok) fail(renderProblems(outcome.problems), WRONG_SETTINGS);
  else {
    await serve(outcome.settings).catch((error: unknown) => {
      fail(`hallpass: ${error instanceof Error ? error.message : String(error)}\n`);
    });
  }
}
