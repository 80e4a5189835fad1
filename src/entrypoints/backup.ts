import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { backUpDataFile } from "../adapters/sqlite/backup.ts";

/** `npm run backup -- FILE`: a copy of the data file as of one moment, also while the service runs. */

const ENV_FILE = ".env";
const USAGE = "usage: npm run backup -- FILE (which must not exist; HALLPASS_DATA names the data file)";

function fail(sentence: string): void {
  process.stderr.write(`hallpass: ${sentence}\n`);
  process.exitCode = 1;
}

const [to, ...others] = process.argv.slice(2);
if (existsSync(ENV_FILE)) process.loadEnvFile(ENV_FILE);
const file = process.env["HALLPASS_DATA"]?.trim() ?? "";
if (to === undefined || to.startsWith("-") || others.length > 0) fail(USAGE);
else if (file === "") fail("HALLPASS_DATA is missing, in the environment and in .env.");
else {
  try {
    // npm runs everything in the project's folder and says in INIT_CWD where it was called.
    const path = resolve(process.env["INIT_CWD"] ?? ".", to);
    backUpDataFile({ file, to: path });
    process.stdout.write(`hallpass: the data file was copied to ${path}\n`);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
}
