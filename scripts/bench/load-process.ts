import { approveCall, type HttpCall, logCall, requestCall, statusCall } from "./cast.ts";
import { answerParent } from "./child.ts";
import { bytesOf, type HttpConnection, openConnection } from "./http-connection.ts";

/** The load generator: a process of its own, so that its work costs the server nothing but its share of the machine. */

const CALLS = { status: statusCall, request: requestCall, log: logCall, slack: approveCall } as const;
const EXPECTED: Readonly<Record<CallKind, number>> = { status: 200, request: 201, log: 200, slack: 200 };

export type CallKind = keyof typeof CALLS;

/** Calls of one kind by the Macs `from` … `from + count - 1`, each making one. */
export interface Load {
  readonly port: number;
  readonly kind: CallKind;
  readonly from: number;
  readonly count: number;
  readonly connections: number;
  /** Begin one call every so many ms, whether or not the ones before are answered; as fast as possible if absent. */
  readonly everyMs?: number;
  /** Begin no call after so long. */
  readonly maxSeconds?: number;
  /** When every Mac has made its call, the first one makes it again, and so on. */
  readonly againAndAgain?: boolean;
}

/** How it went. Times are from the first byte sent, or the moment it was due, to the last byte of the answer. */
export interface Measured {
  readonly count: number;
  readonly seconds: number;
  /** The time of each call, the shortest first. */
  readonly timesMs: Float64Array;
}

function callsOf({ kind, from, count }: Load): readonly Buffer[] {
  const make: (number: number) => HttpCall = CALLS[kind];
  return Array.from({ length: count }, (_, index) => bytesOf(make(from + index)));
}

/** Calls that are ready to be made on open connections. */
type Ready = () => Promise<Measured>;

async function prepare(load: Load): Promise<Ready> {
  const calls = callsOf(load);
  const connections = await Promise.all(
    Array.from({ length: load.connections }, () => openConnection(load.port)),
  );
  return () => make(load, calls, connections);
}

async function make(
  load: Load,
  calls: readonly Buffer[],
  connections: readonly HttpConnection[],
): Promise<Measured> {
  const times: number[] = [];
  const last = load.againAndAgain === true ? Number.POSITIVE_INFINITY : calls.length;
  let next = 0;
  const startedAt = performance.now();
  const stopAt = startedAt + (load.maxSeconds ?? Number.POSITIVE_INFINITY) * 1000;

  async function work(connection: HttpConnection): Promise<void> {
    for (let index = next++; index < last; index = next++) {
      let from = performance.now();
      if (from > stopAt) return;
      if (load.everyMs !== undefined) {
        const dueAt = startedAt + index * load.everyMs;
        if (dueAt > from) await new Promise((resolve) => setTimeout(resolve, dueAt - from));
        from = dueAt;
      }
      const { status, body } = await connection.send(calls[index % calls.length] as Buffer);
      times.push(performance.now() - from);
      if (status !== EXPECTED[load.kind]) throw new Error(`${load.kind} was answered ${status}: ${body}`);
    }
  }

  await Promise.all(connections.map((connection) => work(connection)));
  const seconds = (performance.now() - startedAt) / 1000;
  for (const connection of connections) connection.close();
  return {
    count: times.length,
    seconds,
    timesMs: Float64Array.from(times).toSorted(),
  };
}

let ready: readonly Ready[] = [];

answerParent({
  run: async (load: Load) => (await prepare(load))(),
  /** Makes several loads ready; `go` puts them on, all at once. */
  async prepare(loads: readonly Load[]) {
    ready = await Promise.all(loads.map(prepare));
    return true;
  },
  go: () => Promise.all(ready.map((begin) => begin())),
});
