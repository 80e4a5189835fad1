import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { setTimeout as realTime } from "node:timers/promises";

/** A validating proxy in front of another server. */
export interface Prism {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const CLI = fileURLToPath(new URL("../../node_modules/@stoplight/prism-cli/dist/index.js", import.meta.url));
const STARTS = 3;
const START_LIMIT_MS = 60_000;
const LOOK_EVERY_MS = 100;

/**
 * Starts `prism proxy --errors` with this API description in front of `upstream` and resolves once it answers: a
 * request or an answer that breaks the description becomes an error answer. Tries again when the free port was
 * taken meanwhile. The child ends with `stop`, and with this process at the latest.
 */
export async function startPrism(description: unknown, upstream: string): Promise<Prism> {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-prism-"));
  const document = join(folder, "description.json");
  writeFileSync(document, JSON.stringify(description));
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const problems: string[] = [];
  for (let start = 0; start < STARTS; start += 1) {
    const port = await freePort();
    const { child, output } = run(document, upstream, port);
    const url = `http://127.0.0.1:${port}`;
    if (await answers(url, child)) {
      const stop = async (): Promise<void> => {
        await end(child);
        removeFolder();
      };
      return { url, stop };
    }
    await end(child);
    problems.push(output().slice(-2_000));
  }
  removeFolder();
  throw new Error(`prism did not start:\n${problems.join("\n---\n")}`);
}

function run(
  document: string,
  upstream: string,
  port: number,
): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, [CLI, "proxy", "--errors", "-p", String(port), document, upstream], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, SCARF_ANALYTICS: "false" },
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      output = (output + text).slice(-20_000);
    });
  }
  const killWithUs = (): void => void child.kill("SIGKILL");
  process.once("exit", killWithUs);
  child.once("exit", () => process.removeListener("exit", killWithUs));
  child.once("error", (error) => {
    output += String(error);
  });
  return { child, output: () => output };
}

/** Any answer will do: an unknown path is answered by the proxy itself. */
async function answers(url: string, child: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + START_LIMIT_MS;
  while (performance.now() < deadline && child.exitCode === null && child.signalCode === null) {
    try {
      await (await fetch(url, { signal: AbortSignal.timeout(5_000) })).arrayBuffer();
      return child.exitCode === null;
    } catch {
      await realTime(LOOK_EVERY_MS);
    }
  }
  return false;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGTERM");
  const patience = new AbortController();
  const late = realTime(2_000, undefined, { signal: patience.signal }).then(
    () => child.kill("SIGKILL"),
    () => undefined,
  );
  await gone;
  patience.abort();
  await late;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}
