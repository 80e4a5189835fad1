import { type Change, type CommitOutcome, type Store, StoreError } from "../../ports/store.ts";
import type { CardWatch } from "./card-watch.ts";
import type { DurableState, DurableStream } from "./durable-state.ts";
import type { Faults } from "./faults.ts";
import type { Life } from "./life.ts";
import type { StoreRefusals } from "./store-refusals.ts";
import { isToldOf } from "./told.ts";
import type { RecordBook } from "./record-book.ts";
import type { Secrets } from "./secrets.ts";
import type { SimClock } from "./sim-clock.ts";

const SLOW_MS = 1_000;
const USUAL_MS = 3;
/** What keeps something beside a change. */
const BESIDE: ReadonlySet<string> = new Set(["updateOutbox", "writeCard", "putBeat"]);
const TAGS_BUSY = "the tags of this Mac are being changed";

/** What every call of the store goes through. */
export interface StoreSurroundings {
  readonly clock: SimClock;
  readonly faults: Faults;
  readonly durable: DurableState;
  readonly book: RecordBook;
  readonly cards: CardWatch;
  readonly secrets: Secrets;
  /** When the store last refused something of a stream, by its name, or something of all of them. */
  readonly refusals: StoreRefusals;
  /** Who holds which lease, by its key, as far as it was given and not given back. */
  readonly held: Map<string, string>;
}

/**
 * The store of one life. Each call takes its time, may be where the process dies (before it: nothing is stored;
 * after it: stored, and nobody hears of it), and may be refused.
 */
export function faultyStore(inner: Store, life: Life, around: StoreSurroundings): Store {
  const wrapped: Record<string, unknown> = {};
  for (const name of Object.keys(inner) as (keyof Store)[]) {
    wrapped[name] = (...args: readonly unknown[]) =>
      life.cross(`store.${name}`, () => call(inner, name, args, life, around));
  }
  return wrapped as unknown as Store;
}

async function call(
  inner: Store,
  name: keyof Store,
  args: readonly unknown[],
  life: Life,
  { clock, faults, durable, book, cards, secrets, held, refusals }: StoreSurroundings,
): Promise<unknown> {
  const { random } = faults;
  const limitMs = faults.happens("store_slow") ? SLOW_MS : USUAL_MS;
  await clock.sleep(random.integer(0, limitMs));
  // The process died on the way to the store.
  if (!life.isAlive()) return new Promise(() => undefined);
  if (faults.happens("store_fails")) {
    refusals.note(name, args, clock.now());
    throw new StoreError("database or disk is full");
  }
  const method = inner[name] as (...values: readonly unknown[]) => Promise<unknown>;
  const result = await clock.track(method(...args));
  if (name === "commit") {
    const { ok, ...conflict } = result as CommitOutcome;
    if (ok) {
      durable.stored(args[0] as Change);
      cards.stored(args[0] as Change);
    } else book.count(`conflict ${(conflict as { conflict: string }).conflict}`);
  }
  const [key, owner] = args as readonly string[];
  if (name === "acquireLease" && result === true) held.set(String(key), String(owner));
  if (BESIDE.has(name)) secrets.wrote(JSON.stringify(args));
  if (name === "writeCard") cards.claimed(...(args as Parameters<Store["writeCard"]>));
  if (name === "updateOutbox") noteOutbox(durable, book, args as Parameters<Store["updateOutbox"]>);
  return result;
}

/** Effects are numbered in the order of their storing, and a key that is there already gets no number. */
function noteOutbox(
  durable: DurableState,
  book: RecordBook,
  [stream, position, patch]: Parameters<Store["updateOutbox"]>,
): void {
  const known = durable.streams.get(stream);
  if (known === undefined) return;
  known.states.set(String(position), patch.state);
  known.tries.set(String(position), patch.attempts);
  const key = [...known.effects.keys()][position - 1];
  const { state, attempts, problem } = patch;
  checkTold(known, stream, key, patch, book);
  const isTags = known.effects.get(key ?? "")?.type === "sync_tags";
  book.check("L13", "tags are never given up", !isTags || state !== "failed", () => ({
    text: `${key}: ${problem}`,
    requestId: stream,
  }));
  book.note(undefined, stream, () => `effect ${key} is ${state} after ${attempts} tries ${problem ?? ""}`);
}

/** Law L9: of what fails a second time IT has been told before anything else is made of it. */
function checkTold(
  known: DurableStream,
  stream: string,
  key: string | undefined,
  { attempts, problem }: Parameters<Store["updateOutbox"]>[2],
  book: RecordBook,
): void {
  const type = known.effects.get(key ?? "")?.type;
  const mustBeTold =
    type === "sync_tags" || type === "upload_log" || type === "direct" || type === "lock_device";
  // Whoever waits for another request of the same Mac is not stuck; that one tells of it if it is.
  if (!mustBeTold || problem === undefined || attempts < 2 || problem === TAGS_BUSY) return;
  book.check("L9", "IT hears of what is stuck", isToldOf(known, key ?? ""), () => ({
    text: `${key} failed ${attempts} times: ${problem}`,
    requestId: stream,
  }));
}
