// Runs a TypeScript file on the pinned Node, installing the dependencies first when they are missing or older
// than the lockfile. Without arguments it only installs. Plain JavaScript on purpose: it must start on Node 18
// and later, whatever the machine has.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync } from "node:fs";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = join(root, "node_modules", ".bin");
const NODE_MIN = { major: 24, minor: 16 };

/** Ends the process with one clear sentence. */
function fail(sentence) {
  console.error(`hallpass: ${sentence}`);
  process.exit(1);
}

/** Dependencies are current when npm's own record of the installed tree is not older than the lockfile. */
function dependenciesAreCurrent() {
  const installed = join(root, "node_modules", ".package-lock.json");
  if (!existsSync(installed)) return false;
  return statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs;
}

/**
 * Installs what the lockfile says; no package gets to run a script of its own. Not `npm ci`: that refuses a lockfile
 * that lacks the binaries of other platforms, which a registry may not carry and which nobody here needs.
 */
function installDependencies() {
  console.error("hallpass: installing dependencies (once, about a minute) …");
  const outcome = spawnSync(
    "npm",
    ["install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"],
    {
      cwd: root,
      stdio: ["ignore", "ignore", "inherit"],
      env: { ...process.env, SCARF_ANALYTICS: "false" },
    },
  );
  if (outcome.error) fail(`npm could not be started (${outcome.error.message}); install npm 10 or later.`);
  if (outcome.status !== 0) fail("the dependencies could not be installed; see npm's message above.");
}

/** The pinned Node where the registry has one for this platform, else the caller's own if new enough. */
function findNode() {
  const pinned = join(bin, "node");
  if (existsSync(pinned)) return pinned;
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major > NODE_MIN.major || (major === NODE_MIN.major && minor >= NODE_MIN.minor))
    return process.execPath;
  const wanted = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).engines.node;
  return fail(
    `Node ${wanted} is needed and none could be installed for ${process.platform}-${process.arch}; this is ${process.versions.node}.`,
  );
}

/** Runs `args` on `node`, hands signals on, and ends as the child ended. */
function run(node, args) {
  const child = spawn(node, args, {
    cwd: root,
    stdio: "inherit",
    env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
  });
  // Ctrl-C in a terminal reaches the child by itself; a second one would count as impatience there.
  process.on("SIGINT", () => process.stdin.isTTY || child.kill("SIGINT"));
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => fail(`Node could not be started (${error.message}).`));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)));
}

if (!dependenciesAreCurrent()) installDependencies();
const node = findNode();
if (process.argv.length > 2) run(node, process.argv.slice(2));
