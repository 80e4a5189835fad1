import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Child, startChild } from "./child.ts";
import { fill } from "./fill.ts";
import { liveOnce } from "./lives.ts";
import { percentile } from "./statistics.ts";

/** What holding polls came to. */
export interface PollFindings {
  readonly fileLimit: number;
  readonly held: number;
  readonly heapPerPoll: number;
  readonly rssPerPoll: number;
  readonly approved: number;
  readonly approveSeconds: number;
  /** From an approval on disk to its Mac's answer. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** What is there after everybody has hung up and was not there before the first poll. */
  readonly left: { readonly waiters: number; readonly connections: number; readonly heapPerPoll: number };
}

interface Memory {
  readonly heap: number;
  readonly rss: number;
  readonly connections: number;
}

/** Files of the service's own, and room to spare. */
const OTHER_FILES = 200;
const PATIENCE_MS = 60_000;

/** How many files one process may have open; Node itself raises the soft limit to the hard one at its start. */
function fileLimit(): number {
  const line = /^Max open files +(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8"));
  return Number(line?.[1] ?? 1024);
}

/** Holds as many polls as files may be open, approves some, and hangs up the rest. */
export async function measurePolls(
  folder: string,
  wanted: { readonly polls?: number; readonly approvals: number },
): Promise<PollFindings> {
  const limit = fileLimit();
  const polls = Math.min(wanted.polls ?? limit, limit - OTHER_FILES);
  const approvals = Math.min(wanted.approvals, polls);
  const template = join(folder, "template.db");
  const ids = await liveOnce(template);
  fill(template, ids, [{ stage: "waiting", from: 0, count: polls }]);
  const file = join(folder, "polls.db");
  copyFileSync(template, file);
  const server = startChild("polls-process.ts", [file], { execArgv: ["--expose-gc"] });
  const macs = startChild("pollers-process.ts", []);
  const port = await server.ask<number>("port");
  const before = await server.ask<Memory>("memory");
  await macs.ask("hold", { port, count: polls });
  const held = await waitingBecomes(server, polls);
  const full = await server.ask<Memory>("memory");
  const { seconds, at } = await server.ask<{ seconds: number; at: number[] }>("approve", {
    from: 0,
    count: approvals,
  });
  const heard = await hearAll(macs, approvals);
  const delays = at.map((committed, number) => (heard.get(number) ?? Number.NaN) - committed);
  const sorted = delays.toSorted((left, right) => left - right);
  await server.ask("quiet");
  await macs.ask("hangUp");
  const waiters = await waitingBecomes(server, 0);
  const after = await server.ask<Memory>("memory");
  await macs.end();
  await server.end();
  return {
    fileLimit: limit,
    held,
    heapPerPoll: (full.heap - before.heap) / held,
    rssPerPoll: (full.rss - before.rss) / held,
    approved: approvals,
    approveSeconds: seconds,
    p50Ms: percentile(sorted, 0.5),
    p99Ms: percentile(sorted, 0.99),
    maxMs: percentile(sorted, 1),
    left: {
      waiters,
      connections: after.connections - before.connections,
      heapPerPoll: (after.heap - before.heap) / held,
    },
  };
}

/** Waits until the service holds `count` polls; what it holds when patience is over, otherwise. */
async function waitingBecomes(server: Child, count: number): Promise<number> {
  const until = performance.now() + PATIENCE_MS;
  let waiting = await server.ask<number>("waiting");
  while (waiting !== count && performance.now() < until) {
    await sleep(50);
    waiting = await server.ask<number>("waiting");
  }
  return waiting;
}

async function hearAll(macs: Child, count: number): Promise<ReadonlyMap<number, number>> {
  const until = performance.now() + PATIENCE_MS;
  for (;;) {
    const heard = new Map(await macs.ask<[number, number][]>("heard"));
    if (heard.size >= count) return heard;
    if (performance.now() > until) throw new Error(`${heard.size} of ${count} decisions were heard`);
    await sleep(100);
  }
}
