import { type AccessRequest, isOpen, type Status } from "../../core/request.ts";
import type { RequestId, Serial } from "../../core/ids.ts";
import type { Instant } from "../../core/time.ts";
import { comparePageEnds, decodeCursor, encodeCursor, type PageEnd } from "../../ports/page-cursor.ts";
import type { CardState, Page, StoredRequest } from "../../ports/store.ts";
import { isCardBehind, owesLog } from "../../ports/store-rules.ts";

interface Row {
  readonly stored: StoredRequest;
  readonly changedAt: Instant;
}

/** Sets of ids under a name; a name without ids takes no room. */
function createIdSets<Name>() {
  const sets = new Map<Name, Set<RequestId>>();
  return {
    get: (name: Name): Iterable<RequestId> => sets.get(name) ?? [],
    /** Puts `id` into the set `name`, or takes it out. */
    mark(name: Name, id: RequestId, isMember: boolean): void {
      const set = sets.get(name) ?? new Set();
      if (isMember) sets.set(name, set.add(id));
      else if (set.delete(id) && set.size === 0) sets.delete(name);
    },
  };
}

/** Requests and their cards in memory, with an index for each listing, so that none looks at every request. */
export function createRequestTable() {
  const rows = new Map<RequestId, Row>();
  const cards = new Map<RequestId, CardState>();
  const byStatus = createIdSets<Status>();
  const openBySerial = createIdSets<Serial>();
  const logOwedBySerial = createIdSets<Serial>();
  const alarmed = new Set<RequestId>();
  const behind = new Set<RequestId>();

  const rowOf = (id: RequestId): Row => rows.get(id) as Row;
  const endOf = (id: RequestId): PageEnd => ({ at: rowOf(id).stored.request.ask.requestedAt, id });
  const alarmOf = (id: RequestId): PageEnd => ({ at: rowOf(id).stored.dueAt as Instant, id });

  function sorted(ids: Iterable<RequestId>, placeOf: (id: RequestId) => PageEnd): PageEnd[] {
    return [...ids].map(placeOf).toSorted(comparePageEnds);
  }

  function page<T>(places: PageEnd[], limit: number, cursor: string | undefined, itemOf: (p: PageEnd) => T) {
    const start = decodeCursor(cursor);
    const rest = places.filter((place) => comparePageEnds(place, start) > 0);
    const given = rest.slice(0, limit);
    const last = given.at(-1);
    const items = given.map(itemOf);
    const result: Page<T> =
      last !== undefined && rest.length > limit ? { items, cursor: encodeCursor(last) } : { items };
    return result;
  }

  function unmark(id: RequestId, { status, ask }: AccessRequest): void {
    byStatus.mark(status, id, false);
    openBySerial.mark(ask.serial, id, false);
    logOwedBySerial.mark(ask.serial, id, false);
  }

  function markBehind(id: RequestId): void {
    const row = rows.get(id);
    if (row !== undefined && isCardBehind(row.stored.version, cards.get(id))) behind.add(id);
    else behind.delete(id);
  }

  const storedOf = (place: PageEnd): StoredRequest => rowOf(place.id).stored;
  const dueOf = (place: PageEnd) => ({ requestId: place.id, dueAt: place.at });
  const oldest = (ids: Iterable<RequestId>) => sorted(ids, endOf).slice(0, 100).map(storedOf);

  return {
    get: (id: RequestId): StoredRequest | undefined => rows.get(id)?.stored,
    put(stored: StoredRequest, changedAt: Instant): void {
      const { request, dueAt } = stored;
      const { requestId: id, serial } = request.ask;
      const before = rows.get(id);
      if (before !== undefined) unmark(id, before.stored.request);
      rows.set(id, { stored, changedAt });
      byStatus.mark(request.status, id, true);
      openBySerial.mark(serial, id, isOpen(request));
      logOwedBySerial.mark(serial, id, owesLog(request));
      if (dueAt === undefined) alarmed.delete(id);
      else alarmed.add(id);
      markBehind(id);
    },
    getCard: (id: RequestId): CardState | undefined => cards.get(id),
    putCard(id: RequestId, card: CardState): void {
      cards.set(id, card);
      markBehind(id);
    },
    listByStatus: (status: Status, limit: number, cursor?: string): Page<StoredRequest> =>
      page(sorted(byStatus.get(status), endOf), limit, cursor, storedOf),
    listOpen: (serial: Serial): readonly StoredRequest[] => oldest(openBySerial.get(serial)),
    listLogOwed: (serial: Serial): readonly StoredRequest[] => oldest(logOwedBySerial.get(serial)),
    listDue: (now: Instant, limit: number) =>
      sorted(alarmed, alarmOf)
        .filter((place) => place.at <= now)
        .slice(0, limit)
        .map(dueOf),
    listAlarms: (limit: number, cursor?: string) => page(sorted(alarmed, alarmOf), limit, cursor, dueOf),
    /** Requests whose root message is behind, with the time of their last change. */
    listBehind: (): PageEnd[] => [...behind].map((id) => ({ at: rowOf(id).changedAt, id })),
  };
}

export type RequestTable = ReturnType<typeof createRequestTable>;
