import type { Instant } from "../../core/time.ts";
import { comparePageEnds, decodeCursor, encodeCursor, type PageEnd } from "../../ports/page-cursor.ts";
import type { Page } from "../../ports/store.ts";
import { PUT_OFF_MAX_MS } from "../../ports/store-rules.ts";
import type { Row, Statement, Statements } from "./sql.ts";

/** One page of a statement that takes `at`, `id` and `limit`. One row more is asked for, to know if it was the last. */
export function readPage<T>(
  statement: Statement,
  limit: number,
  cursor: string | undefined,
  bound: Readonly<Record<string, string>>,
  toItem: (row: Row) => T,
  endOf: (item: T) => PageEnd,
): Page<T> {
  const rows = statement.all({ ...bound, ...decodeCursor(cursor), limit: limit + 1 });
  const items = rows.slice(0, limit).map(toItem);
  const last = items.at(-1);
  return last !== undefined && rows.length > limit ? { items, cursor: encodeCursor(endOf(last)) } : { items };
}

/** The streams with something to do, the longest waiting first; reads no more rows than that takes. */
export function listStreamsWithWork(statements: Statements, now: Instant, limit: number): readonly string[] {
  const waitingSince = new Map<string, Instant>();
  const due = [
    statements.listDueItems.iterate({ now }),
    statements.listFarItems.iterate({ far: now + PUT_OFF_MAX_MS }),
  ];
  for (const rows of due) {
    for (const row of rows) {
      const stream = String(row["stream"]);
      if (!waitingSince.has(stream)) {
        if (waitingSince.size === limit) break;
        waitingSince.set(stream, Number(row["not_before"]));
      }
    }
  }
  for (const row of statements.listBehind.all({ limit })) {
    const [id, at] = [String(row["id"]), Number(row["changed_at"])];
    waitingSince.set(id, Math.min(at, waitingSince.get(id) ?? at));
  }
  const places: PageEnd[] = [...waitingSince].map(([id, at]) => ({ id, at }));
  return places
    .toSorted(comparePageEnds)
    .slice(0, limit)
    .map((place) => place.id);
}
