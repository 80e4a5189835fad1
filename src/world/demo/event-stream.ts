import type { Clock } from "../../ports/clock.ts";
import type { DemoSnapshot, SnapshotPart } from "./snapshot.ts";

/** Keeps every open page up to date. */
export interface EventStream {
  /** The answer to `GET /demo/events`: server-sent events until the page goes away. */
  open(signal: AbortSignal): Response;
  /** Ends all streams; pages then try again by themselves. */
  stop(): void;
}

interface Listener {
  readonly send: (text: string) => void;
  /** Whether the last words have gone out; a page that lags gets the newest state later instead of all of them. */
  readonly isReady: () => boolean;
  readonly close: () => void;
  readonly known: Map<SnapshotPart, string>;
}

const LOOK_EVERY_MS = 100;
/** The clock goes out at least this often; it is the heartbeat of the stream too. */
const CLOCK_EVERY_LOOKS = 10;

/**
 * Makes the stream. `take` gives the state as it is now; only parts that differ from the last ones sent go out. When
 * it fails, the pages keep what they have until it works again.
 */
export function createEventStream(
  take: () => Promise<DemoSnapshot>,
  real: Clock,
  onProblem: (error: unknown) => void,
): EventStream {
  const listeners = new Set<Listener>();
  let isStopped = false;
  let looks = 0;
  let isLooking = false;

  async function look(): Promise<void> {
    isLooking = true;
    looks += 1;
    const ready = [...listeners].filter((listener) => listener.isReady());
    try {
      if (ready.length > 0) deliver(ready, await take(), looks % CLOCK_EVERY_LOOKS === 0);
    } catch (error) {
      onProblem(error);
    }
    if (listeners.size > 0 && !isStopped) real.at(real.now() + LOOK_EVERY_MS, () => void look());
    else isLooking = false;
  }

  return {
    open(signal) {
      const encoder = new TextEncoder();
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          const listener: Listener = {
            send: (text) => controller.enqueue(encoder.encode(text)),
            isReady: () => (controller.desiredSize ?? 0) > 0,
            close: () => {
              if (listeners.delete(listener)) controller.close();
            },
            known: new Map(),
          };
          listeners.add(listener);
          signal.addEventListener("abort", () => listener.close(), { once: true });
          if (!isLooking) void look();
        },
      });
      return new Response(body, {
        headers: { "content-type": "text/event-stream", "cache-control": "no-store" },
      });
    },
    stop() {
      isStopped = true;
      for (const listener of listeners) listener.close();
    },
  };
}

function deliver(listeners: readonly Listener[], snapshot: DemoSnapshot, clockIsDue: boolean): void {
  const { clock, ...rest } = snapshot;
  const parts = Object.entries(rest).map(
    ([part, value]) => [part as SnapshotPart, JSON.stringify(value)] as const,
  );
  const clockText = JSON.stringify(clock);
  const rate = String(clock.rate);
  for (const { known, send } of listeners) {
    const changed = parts.filter(([part, text]) => known.get(part) !== text);
    if (changed.length === 0 && known.get("clock") === rate && !clockIsDue) continue;
    for (const [part, text] of changed) known.set(part, text);
    known.set("clock", rate);
    const fields = [["clock", clockText] as const, ...changed].map(([part, text]) => `"${part}":${text}`);
    send(`data: {${fields.join(",")}}\n\n`);
  }
}
