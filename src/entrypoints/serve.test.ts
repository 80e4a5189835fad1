import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { renderHelp } from "../adapters/environment/describe.ts";

const SCRIPT = join(import.meta.dirname, "serve.ts");

let folder: string;
before(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-serve-"));
});
after(() => rmSync(folder, { recursive: true }));

const children = new Set<ChildProcess>();
after(() => {
  for (const child of children) child.kill("SIGKILL");
});

/** The settings of a service whose Slack and Iru are not there. Every port is asked for once. */
const settings = (name: string, port: number) => ({
  HALLPASS_DATA: join(folder, `${name}.db`),
  HALLPASS_PORT: String(port),
  SLACK_BOT_TOKEN: "xoxb-serve-test-0000000000",
  SLACK_SIGNING_SECRET: "serve-test-signing-secret",
  SLACK_IT_CHANNEL_ID: "C0SERVETEST",
  SLACK_APPROVER_IDS: "U0BEN",
  SLACK_API_URL: "http://127.0.0.1:9/api/",
  IRU_BASE_URL: "http://127.0.0.1:9",
  IRU_API_TOKEN: "serve-test-iru-token",
});

function start(env: Readonly<Record<string, string>>, args: readonly string[] = []) {
  const child = spawn(process.execPath, [SCRIPT, ...args], {
    cwd: folder,
    env: { PATH: "/usr/bin:/bin", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.add(child);
  const exit = once(child, "exit").then(([code]) => code as number | null);
  return { child, exit, errors: text(child.stderr) };
}

/** The first line of the log that has this message. */
async function logged(child: ChildProcess, message: string): Promise<Record<string, unknown>> {
  assert.ok(child.stdout !== null);
  for await (const line of createInterface({ input: child.stdout })) {
    const fields = JSON.parse(line) as Record<string, unknown>;
    if (fields["message"] === message) return fields;
  }
  throw new Error(`the log ended without "${message}"`);
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("npm run serve", { concurrency: true }, () => {
  test("W61 L9 with nothing configured it says all that is missing and starts nothing", async () => {
    const { exit, errors, child } = start({});
    assert.ok(child.stdout !== null);
    const output = text(child.stdout);
    assert.equal(await exit, 78, "by which systemd knows not to try again");
    assert.match(
      await errors,
      /^hallpass: 7 settings are wrong, so nothing was started\.\n( {2}[A-Z_]+ is missing\. .*\n){7}$/,
    );
    assert.equal(await output, "");
  });

  test("--help prints every setting; any other argument is refused", async () => {
    const help = start({}, ["--help"]);
    assert.ok(help.child.stdout !== null);
    assert.equal(await text(help.child.stdout), renderHelp());
    assert.equal(await help.exit, 0);
    const wrong = start({}, ["--port=1"]);
    assert.equal(await wrong.exit, 1);
    assert.match(await wrong.errors, /takes no arguments/);
  });

  test("it serves until SIGTERM, and stops in order", async () => {
    const port = await freePort();
    const { child, exit, errors } = start(settings("term", port));
    const { url } = await logged(child, "listening");
    assert.equal(url, `http://127.0.0.1:${port}`);
    const { status } = await fetch(`http://127.0.0.1:${port}/healthz`);
    assert.equal(status, 200);
    child.kill("SIGTERM");
    assert.equal(await exit, 0);
    assert.equal(await errors, "");
  });

  test("what is in the environment goes before what is in .env", async () => {
    const port = await freePort();
    const own = mkdtempSync(join(folder, "env-"));
    const values = { ...settings("env", 1), HALLPASS_DELIVERY: "direct" };
    writeFileSync(
      join(own, ".env"),
      Object.entries(values)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(""),
    );
    const child = spawn(process.execPath, [SCRIPT], {
      cwd: own,
      env: { PATH: "/usr/bin:/bin", HALLPASS_PORT: String(port) },
      stdio: ["ignore", "pipe", "inherit"],
    });
    children.add(child);
    const { url, delivery } = await logged(child, "listening");
    assert.deepEqual([url, delivery], [`http://127.0.0.1:${port}`, "direct"]);
    child.kill("SIGINT");
    assert.deepEqual(await once(child, "exit"), [0, null]);
  });

  test("a second signal ends it at once, without waiting for a call under way", async () => {
    const port = await freePort();
    const { child, exit } = start(settings("twice", port));
    await logged(child, "listening");
    // A call that never comes to its end keeps the first signal waiting.
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    socket.write("POST /enroll HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nx-enrollment-token: x\r\n\r\n{");
    await once(socket, "connect");
    await fetch(`http://127.0.0.1:${port}/healthz`);
    child.kill("SIGTERM");
    await logged(child, "stopping");
    child.kill("SIGTERM");
    assert.equal(await exit, 1, "a stop in good order ends with 0");
    socket.destroy();
  });

  test("a data file that cannot be opened is one sentence", async () => {
    const { exit, errors } = start({ ...settings("x", 1), HALLPASS_DATA: join(folder, "nowhere", "x.db") });
    assert.equal(await exit, 1);
    assert.match(await errors, /^hallpass: The folder of the data file .* does not exist\.\n$/);
  });
});
