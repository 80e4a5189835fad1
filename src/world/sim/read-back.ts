import { STATUSES } from "../../core/lifecycle.ts";
import { canonicalJson } from "../../ports/canonical-json.ts";
import type { Change, Page, Store } from "../../ports/store.ts";
import { SIM_MACS } from "./sim-cast.ts";
import type { SimWorld } from "./sim-world.ts";

/** Few, so that listings are read in several pages. */
const PAGE = 3;
const ALL = 10_000;

/**
 * All that is left at the end of a seed, a line for each thing: what the store gives back of it through every call it
 * has, what Iru holds, and what happened, event by event. Two runs of a seed have to agree on every line, whatever
 * store they had.
 */
export async function readBack(world: SimWorld): Promise<readonly string[]> {
  const store = world.lives.store();
  const lines: string[] = [];
  const add = (what: string, value: unknown) => void lines.push(`${what}: ${canonicalJson(value ?? null)}`);
  await readListings(store, add);
  for (const { serial } of SIM_MACS) await readMac(store, serial, add);
  for (const key of guardsIn(world.durable.history)) add(`guard ${key}`, await store.guardOwner(key));
  for (const [stream, { states }] of world.durable.streams) {
    await readStream(store, stream, add);
    add(`effects of ${stream}`, [...states]);
  }
  for (const [serial, deviceId] of world.deviceIds) {
    add(`Iru's tags of ${serial}`, world.iru.tagsOf(deviceId));
    add(`Iru's commands to ${serial}`, world.iru.commandsOf(deviceId));
  }
  add("what Iru's runs brought", world.iru.deliveries);
  for (const { at, serial, requestId, text } of world.book.trace) {
    lines.push(`${at} ${serial ?? "-"} ${requestId ?? "-"} ${text()}`);
  }
  return lines;
}

type Add = (what: string, value: unknown) => void;

async function readListings(store: Store, add: Add): Promise<void> {
  for (const status of STATUSES) {
    add(`status ${status}`, await allOf((cursor) => store.listByStatus(status, PAGE, cursor)));
  }
  add("alarms", await allOf((cursor) => store.listAlarms(PAGE, cursor)));
  add("due", await store.listDue(Number.MAX_SAFE_INTEGER, ALL));
  add("streams with work", await store.listStreamsWithWork(Number.MAX_SAFE_INTEGER, ALL));
}

async function allOf<T>(read: (cursor?: string) => Promise<Page<T>>): Promise<readonly T[]> {
  const items: T[] = [];
  let page = await read();
  items.push(...page.items);
  while (page.cursor !== undefined) {
    page = await read(page.cursor);
    items.push(...page.items);
  }
  return items;
}

async function readMac(store: Store, serial: string, add: Add): Promise<void> {
  const mac = await store.loadMac(serial);
  add(`mac ${serial}`, mac);
  for (const hash of [mac?.keyHash, mac?.nextKeyHash]) {
    if (hash !== undefined) add(`whose key ${hash} is`, (await store.findMacByKeyHash(hash))?.serial);
  }
  add(`open of ${serial}`, await store.listOpenBySerial(serial));
  add(`log owed of ${serial}`, await store.listLogOwedBySerial(serial));
}

async function readStream(store: Store, stream: string, add: Add): Promise<void> {
  add(`request ${stream}`, await store.loadRequest(stream));
  const trail = await store.readAudit(stream, 0, ALL);
  for (const entry of trail) add(`audit ${stream}`, entry);
  add(
    `the middle of the audit ${stream}`,
    (await store.readAudit(stream, 2, PAGE)).map(({ seq }) => seq),
  );
  add(`outbox ${stream}`, await store.readOutbox(stream));
  add(`card ${stream}`, await store.readCard(stream));
  add(`beat ${stream}`, await store.readBeat(stream));
  add(`log head ${stream}`, await store.readLogHead(stream));
  for (const chunk of await store.readLogChunks(stream, 0, ALL)) {
    add(`chunk ${stream}`, chunk);
    add(`the same alone ${stream}`, await store.readLogChunk(stream, chunk.seq));
  }
}

/** Every guard that was ever claimed or released, in the order of its first use. */
function guardsIn(history: readonly string[]): ReadonlySet<string> {
  return new Set(
    history.flatMap((line) => ((JSON.parse(line) as Change).guards ?? []).map(({ key }) => key)),
  );
}
