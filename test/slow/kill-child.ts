import { createAdaptorServer } from "@hono/node-server";
import { writeSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { assemble } from "../../src/composition/assemble.ts";
import type { Log, LogFields } from "../../src/ports/log.ts";
import { worldInstallation } from "../../src/world/cast.ts";
import { createVirtualClock } from "../../src/world/clock.ts";
import { createRandom, createWorldIds } from "../../src/world/random.ts";
import { createCrashPoints, watchFetch, watchStore } from "./kill/crash-points.ts";
import {
  type ChildSettings,
  CLOCK_HEADER,
  type DeathNote,
  type FromChild,
  type ToChild,
} from "./kill/protocol.ts";

/**
 * The service in a process of its own, on the real data file, with a clock that its parent drives and points at
 * which it kills itself with SIGKILL: nothing is flushed, nothing is closed, no handler runs.
 */

const settings = JSON.parse(process.argv[2] ?? "null") as ChildSettings;
const clock = createVirtualClock(settings.now);

function die(point: string): never {
  const note: DeathNote = { point, now: clock.now() };
  writeSync(1, `${JSON.stringify(note)}\n`);
  process.kill(process.pid, "SIGKILL");
  // Not one more line of this program may run, should the signal take a moment.
  for (;;) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

const points = createCrashPoints(settings.kill, die);

/** Slack's own hosts for files and private answers are served by the parent too. */
function reachable(url: string | URL): string {
  return String(url).replace(/^https:\/\/(hooks|files)\.slack\.com(?=\/)/, settings.slackUrl);
}

const countedFetch = clock.activity.fetch(globalThis.fetch);
const fetch = watchFetch((url, init) => {
  const headers = new Headers(init?.headers);
  headers.set(CLOCK_HEADER, String(clock.now()));
  return countedFetch(reachable(url), { ...init, headers });
}, points);

/** Through the stream, which waits for a slow reader: once a thread was started, `writeSync` throws EAGAIN then. */
function writeLog(level: string) {
  return (message: string, fields?: LogFields): void =>
    void process.stderr.write(`${JSON.stringify({ level, message, ...fields })}\n`);
}
const log: Log = { info: writeLog("info"), warn: writeLog("warn"), error: writeLog("error") };

const store = watchStore(openSqliteStore({ file: settings.file, log, checkpoints: "thread" }), points);
const { app, running } = assemble(
  worldInstallation(settings, {
    macConfig: { longPoll: false },
    ...(settings.policy === undefined ? {} : { policy: settings.policy }),
  }),
  {
    store,
    clock,
    ids: createWorldIds(createRandom(settings.seed)),
    log,
    fetch,
    instanceId: "one-machine",
    version: "kill-child",
    work: (run) => clock.activity.track(run),
  },
);

function tell(message: FromChild): void {
  process.send?.(message);
}

async function answer(message: ToChild): Promise<void> {
  switch (message.ask) {
    case "advance":
      await clock.advanceTo(message.to);
      return tell({ tell: "quiet", now: clock.now() });
    case "points":
      return tell({ tell: "points", points: points.passed });
    case "stop":
      await running.stop();
      await store.close();
      server.close();
      tell({ tell: "stopped" });
      return process.disconnect();
  }
}

const server = createAdaptorServer({ fetch: app.fetch });
let answered = Promise.resolve();
process.on("message", (message: ToChild) => {
  answered = answered.then(() => answer(message));
});
// A child whose parent is gone has nobody to drive its clock.
process.once("disconnect", () => process.exit());
await running.start();
server.listen(0, "127.0.0.1", () => {
  tell({ tell: "ready", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
});
