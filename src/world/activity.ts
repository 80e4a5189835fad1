import { AsyncLocalStorage } from "node:async_hooks";

/** A server or fetch handler as the web platform has it. */
export type FetchHandler<Rest extends unknown[]> = (
  request: Request,
  ...rest: Rest
) => Response | Promise<Response>;

/**
 * Knows whether the world is quiet: nothing is under way that could still change it without the clock moving.
 * Work that never leaves the process needs no tracking (`settled` lets it drain); work that does, such as an HTTP
 * request over loopback, is tracked from start to end.
 */
export interface Activity {
  /** Counts one piece of work as under way until the returned function is called; calling it twice is harmless. */
  begin(label?: string): () => void;
  /** Counts a promise as work until it settles. A function runs so that its own clock waits park it. */
  track<T>(work: Promise<T> | (() => Promise<T>), label?: string): Promise<T>;
  /**
   * A wait on the clock. The tracked work that calls this does not count as under way until `wait` settles;
   * called outside tracked work it changes nothing. The clocks of the world park their sleeps themselves.
   */
  park<T>(wait: Promise<T>): Promise<T>;
  /** A fetch whose requests count as work from start to fully read answer. */
  fetch(inner: typeof globalThis.fetch): typeof globalThis.fetch;
  /**
   * A server's handler whose clock waits park the request that it answers (a held poll is no work), also when
   * the request came from `fetch` above through a real socket of this process.
   */
  serve<Rest extends unknown[]>(handler: FetchHandler<Rest>): FetchHandler<Rest>;
  /** Resolves when no work is under way and microtasks, `setImmediate` turns and file calls have drained. */
  settled(): Promise<void>;
  /** The labels of what is under way, for a test that hangs. */
  pending(): readonly string[];
}

/** One piece of work. It is parked while any of its frames waits on the clock. */
interface Work {
  readonly label: string;
  waits: number;
}

/** One run of code on behalf of a piece of work; its waits end with it at the latest. */
interface Frame {
  readonly work: Work;
  waits: number;
  over: boolean;
}

const WORK_HEADER = "x-world-work";
const QUIET_TURNS = 3;
/** Names in `process.getActiveResourcesInfo()` of what ends by itself soon (Node documentation, "process"). */
const SHORT_LIVED = new Set(["Immediate", "FSReqCallback", "FSReqPromise", "FileHandleCloseReq"]);

/** The work under way, and who wants to know when it changes. */
interface WorkBook {
  open(label: string): { readonly id: number; readonly work: Work; readonly end: () => void };
  find(id: number): Work | undefined;
  isBusy(): boolean;
  /** To be called after a change to the waits of some work. */
  changed(): void;
  /** Grows with each change. */
  changes(): number;
  /** Resolves when nothing is busy any more. */
  idle(): Promise<void>;
  labels(): readonly string[];
}

function createWorkBook(): WorkBook {
  const open = new Map<number, Work>();
  let lastId = 0;
  let changes = 0;
  let wakeUps: (() => void)[] = [];

  function isBusy(): boolean {
    for (const work of open.values()) if (work.waits === 0) return true;
    return false;
  }

  function changed(): void {
    changes += 1;
    if (isBusy()) return;
    const wake = wakeUps;
    wakeUps = [];
    for (const resolve of wake) resolve();
  }

  return {
    open(label) {
      const id = (lastId += 1);
      const work: Work = { label, waits: 0 };
      open.set(id, work);
      changed();
      const end = () => {
        if (open.delete(id)) changed();
      };
      return { id, work, end };
    },
    find: (id) => open.get(id),
    isBusy,
    changed,
    changes: () => changes,
    idle: () => new Promise((resolve) => wakeUps.push(resolve)),
    labels: () => [...open.values()].map((work) => (work.waits > 0 ? `${work.label} (parked)` : work.label)),
  };
}

/** Runs code on behalf of some work, so that the clock waits in it park that work. */
interface Frames {
  run<T>(work: Work, run: () => T | Promise<T>): Promise<T>;
  park<T>(wait: Promise<T>): Promise<T>;
}

function createFrames(changed: () => void): Frames {
  const frames = new AsyncLocalStorage<Frame>();
  return {
    async run(work, run) {
      const frame: Frame = { work, waits: 0, over: false };
      try {
        return await frames.run(frame, run);
      } finally {
        frame.over = true;
        work.waits -= frame.waits;
        changed();
      }
    },
    park(wait) {
      const frame = frames.getStore();
      if (frame === undefined || frame.over) return wait;
      frame.waits += 1;
      frame.work.waits += 1;
      changed();
      return wait.finally(() => {
        if (frame.over) return;
        frame.waits -= 1;
        frame.work.waits -= 1;
        changed();
      });
    },
  };
}

/** Makes an activity tracker. One per world: clock, network and servers share it. */
export function createActivity(): Activity {
  const book = createWorkBook();
  const frames = createFrames(book.changed);
  return {
    begin: (label = "work") => book.open(label).end,
    async track(work, label = "work") {
      const entry = book.open(label);
      try {
        return await (typeof work === "function" ? frames.run(entry.work, work) : work);
      } finally {
        entry.end();
      }
    },
    park: frames.park,
    fetch: (inner) => trackedFetch(inner, book, frames),
    serve:
      (handler) =>
      (request, ...rest) => {
        const work = book.find(Number(request.headers.get(WORK_HEADER) ?? "0"));
        return work === undefined
          ? handler(request, ...rest)
          : frames.run(work, () => handler(request, ...rest));
      },
    settled: () => settled(book),
    pending: book.labels,
  };
}

function trackedFetch(
  inner: typeof globalThis.fetch,
  book: WorkBook,
  frames: Frames,
): typeof globalThis.fetch {
  const send: typeof globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const entry = book.open(`fetch ${url}`);
    try {
      const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
      headers.set(WORK_HEADER, String(entry.id));
      const response = await frames.run(entry.work, () => inner(input, { ...init, headers }));
      const body = await response.arrayBuffer();
      const { status, statusText } = response;
      return new Response(body.byteLength === 0 ? null : body, {
        status,
        statusText,
        headers: response.headers,
      });
    } finally {
      entry.end();
    }
  };
  // Work that waits for a request of its own is as busy as that request: both may be waiting on the clock.
  return (input, init) => frames.park(send(input, init));
}

async function settled(book: WorkBook): Promise<void> {
  let quietTurns = 0;
  while (quietTurns < QUIET_TURNS) {
    if (book.isBusy()) {
      await book.idle();
      quietTurns = 0;
    }
    const before = book.changes();
    await new Promise<void>((resolve) => setImmediate(resolve));
    const still = book.isBusy() || book.changes() !== before || othersAreDue();
    quietTurns = still ? 0 : quietTurns + 1;
  }
}

/** Chains of `setImmediate` turns and file calls are not tracked one by one; Node itself knows of them. */
function othersAreDue(): boolean {
  return process.getActiveResourcesInfo().some((name) => SHORT_LIVED.has(name));
}
