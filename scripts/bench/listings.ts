import { handleSlackAct } from "../../src/app/slack-acts.ts";
import { openRequestsOf } from "../../src/app/open-requests.ts";
import { sweep } from "../../src/app/sweep.ts";
import { sessionGuardKey } from "../../src/core/guards.ts";
import { shortId } from "../../src/core/ids.ts";
import { OPEN_STATUSES } from "../../src/core/request.ts";
import type { Store } from "../../src/ports/store.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { APPROVER, keyOf, requestIdOf, serialOf } from "./cast.ts";
import { hashKey } from "../../src/app/device-keys.ts";
import { composeQuietly } from "./quiet-service.ts";
import { SILENT } from "./silent-log.ts";
import { median } from "./statistics.ts";

/** Everything that looks for requests, by name; each does it once. */
export type Listings = Readonly<Record<string, () => Promise<unknown>>>;

/** A data file opened for looking, and a number of the cast whose Mac is in a session there. */
export interface Looked {
  readonly listings: Listings;
  close(): Promise<void>;
}

const PAGE = 100;

/** Opens `file`; `active` is the number of a Mac in a session, `over` one whose request is over. */
export function openListings(file: string, who: { readonly active: number; readonly over: number }): Looked {
  const store = openSqliteStore({ file, log: SILENT });
  const { service } = composeQuietly(store);
  const byText = (text: string) => async () => {
    const responseUrl = "https://hooks.slack.com/commands/T0BENCH";
    const act = {
      act: "admin_status",
      text,
      userId: APPROVER,
      actId: "bench",
      triggerId: "1",
      responseUrl,
    } as const;
    const { afterwards } = await handleSlackAct(service, act);
    if (afterwards === undefined) throw new Error("/admin-status was refused");
    await afterwards();
  };
  return {
    listings: {
      "/admin-status": byText(""),
      "/admin-status with a short id": byText(shortId(requestIdOf(who.active))),
      "/admin-status with the id of one that is over": byText(requestIdOf(who.over)),
      "GET /mac: a Mac's open requests and session": () => openRequestsOf(service, serialOf(who.active)),
      "one sweep": () => sweep(service),
      ...listingsOf(store, who, service.clock.now()),
    },
    close: () => store.close(),
  };
}

function listingsOf(store: Store, who: { active: number; over: number }, now: number): Listings {
  const id = requestIdOf(who.over);
  return {
    ...Object.fromEntries(
      [...OPEN_STATUSES, "ended" as const, "denied" as const].map((status) => [
        `first page of ${status} requests`,
        () => store.listByStatus(status, PAGE),
      ]),
    ),
    "open requests of one Mac": () => store.listOpenBySerial(serialOf(who.active)),
    "requests of one Mac that owe their log": () => store.listLogOwedBySerial(serialOf(who.active)),
    "what is due": () => store.listDue(now, PAGE),
    "first page of alarms": () => store.listAlarms(PAGE),
    "streams with work": () => store.listStreamsWithWork(now, PAGE),
    "one request": () => store.loadRequest(id),
    "one Mac by its key": () => store.findMacByKeyHash(hashKey(keyOf(who.over))),
    "who holds a guard": () => store.guardOwner(sessionGuardKey(serialOf(who.active))),
    "card of one request": () => store.readCard(id),
    "heartbeat of one session": () => store.readBeat(requestIdOf(who.active)),
    "audit trail of one request": () => store.readAudit(id, 0, PAGE),
    "outbox of one request": () => store.readOutbox(id),
    "command log of one request": () => store.readLogChunks(id, 0, PAGE),
  };
}

/** Medians in µs of `rounds` runs of each listing, the two files taking turns. */
export async function compareListings(
  small: Listings,
  large: Listings,
  rounds: number,
): Promise<ReadonlyMap<string, readonly [small: number, large: number]>> {
  const found = new Map<string, readonly [number, number]>();
  for (const [name, lookAtSmall] of Object.entries(small)) {
    const times: [number[], number[]] = [[], []];
    const looks = [lookAtSmall, large[name] as () => Promise<unknown>] as const;
    for (let round = 0; round < rounds; round += 1) {
      for (const [index, look] of looks.entries()) {
        const from = performance.now();
        await look();
        times[index]?.push((performance.now() - from) * 1000);
        // Each run begins a turn of its own, as each call does.
        await new Promise((resolve) => void setImmediate(resolve));
      }
    }
    found.set(name, [median(times[0]), median(times[1])]);
  }
  return found;
}
