import { DAY_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";

/** What goes wrong with one call. */
type Failure =
  /** Another status, with a JSON error body unless `body` is given. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly body?: string;
    }
  /** The connection stays open and nothing comes. */
  | { readonly kind: "silence" }
  /** The connection breaks. */
  | { readonly kind: "reset" }
  /** A 200 whose body is cut off. */
  | { readonly kind: "malformed" };

/** One failure to come. It waits for the first calls that fit. */
export type Fault = Failure & {
  /** `after`: the server does the work and only the answer is lost. `before` if absent. */
  readonly work?: "before" | "after";
  /** Only calls of this method. */
  readonly method?: string;
  /** Only calls whose path contains this. */
  readonly path?: string;
  /** How many calls fail; 1 if absent. */
  readonly times?: number;
};

/** The connection broke: a server over sockets destroys the socket, in process the call rejects. */
export class ConnectionReset extends Error {
  override readonly name = "ConnectionReset";
  readonly code = "ECONNRESET";
}

/** Faults in order of their making. */
export interface FaultQueue {
  add(fault: Fault): void;
  /** Takes the fault that this call meets, if any. */
  take(method: string, path: string): Fault | undefined;
}

export function createFaultQueue(): FaultQueue {
  const queue: { readonly fault: Fault; left: number }[] = [];
  return {
    add: (fault) => void queue.push({ fault, left: fault.times ?? 1 }),
    take(method, path) {
      const index = queue.findIndex(
        ({ fault }) =>
          (fault.method === undefined || fault.method === method) && path.includes(fault.path ?? ""),
      );
      const entry = queue[index];
      if (entry === undefined) return undefined;
      entry.left -= 1;
      if (entry.left === 0) queue.splice(index, 1);
      return entry.fault;
    },
  };
}

/** Carries a failure out: an answer, a broken connection, or silence until the caller hangs up. */
export async function fail(
  fault: Fault,
  headers: Readonly<Record<string, string>>,
  clock: Clock,
  hungUp: AbortSignal,
): Promise<Response> {
  switch (fault.kind) {
    case "status":
      return new Response(fault.body ?? JSON.stringify({ error: `fault ${fault.status}` }), {
        status: fault.status,
        headers: { ...headers, ...fault.headers },
      });
    case "malformed":
      return new Response('{"device_id": "cut', { status: 200, headers });
    case "silence":
      await clock.sleep(DAY_MS, hungUp);
      throw new ConnectionReset("nobody waits any more");
    case "reset":
      throw new ConnectionReset("connection reset");
  }
}
