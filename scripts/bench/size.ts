import { join } from "node:path";
import { fill, type Share } from "./fill.ts";
import { liveOnce } from "./lives.ts";
import type { CallKind, Load } from "./load-process.ts";
import { syncFile } from "./sync-file.ts";

/** Clicks at a fixed pace while Macs ask and poll without a pause. */
export interface ClickLoad {
  readonly seconds: number;
  readonly everyMs: number;
  /** As many Macs can ask for rights meanwhile; that is to be more than can be served. */
  readonly asks: number;
}

/** How much is measured. */
export interface Size {
  /** So often all subjects are started anew: two processes of one program differ for as long as they run. */
  readonly lives: number;
  /** So often in each life each subject in turn takes a slice of the calls of each kind. */
  readonly rounds: number;
  readonly connections: number;
  /** Measured calls of each kind in each life. */
  readonly calls: Readonly<Record<CallKind, number>>;
  /** Unmeasured calls first, until the compiler's threads have nothing left to do: they would take a processor. */
  readonly warmUp: Readonly<Record<CallKind, number>>;
  readonly clicks: ClickLoad;
}

export const KINDS = ["status", "request", "log", "slack"] as const;

/** Where in the cast the Macs of each kind of call begin, and how many there are. */
function placesOf({
  calls,
  warmUp,
  clicks,
}: Size): Readonly<Record<CallKind, { from: number; count: number }>> {
  const count = (kind: CallKind) => warmUp[kind] + calls[kind];
  const asks = warmUp.request + Math.max(calls.request, clicks.asks);
  const [status, slack] = [count("status"), count("slack")];
  return {
    status: { from: 0, count: status },
    slack: { from: status, count: slack },
    request: { from: status + slack, count: asks },
    log: { from: status + slack + asks, count: count("log") },
  };
}

/** A data file with a Mac for every call: waiting for an answer, about to ask, or in a session. */
export async function makeTemplate(folder: string, size: Size): Promise<string> {
  const file = join(folder, "template.db");
  const places = placesOf(size);
  const shares: readonly Share[] = [
    { stage: "waiting", ...places.status },
    { stage: "waiting", ...places.slack },
    { stage: "enrolled", ...places.request },
    { stage: "active", ...places.log },
  ];
  fill(file, await liveOnce(file), shares);
  syncFile(file);
  return file;
}

/** The unmeasured calls of a kind. */
export function warmUpOf(kind: CallKind, port: number, size: Size): Load {
  const { from } = placesOf(size)[kind];
  return { port, kind, connections: size.connections, from, count: size.warmUp[kind] };
}

/** All measured calls of a kind that there are Macs for. */
export function loadOf(kind: CallKind, port: number, size: Size): Load {
  const { from, count } = placesOf(size)[kind];
  const warmUp = size.warmUp[kind];
  return { port, kind, connections: size.connections, from: from + warmUp, count: count - warmUp };
}

/** The calls of a kind in one round. */
export function sliceOf(kind: CallKind, port: number, size: Size, round: number): Load {
  const load = loadOf(kind, port, size);
  const count = Math.floor(size.calls[kind] / size.rounds);
  return { ...load, from: load.from + round * count, count };
}
