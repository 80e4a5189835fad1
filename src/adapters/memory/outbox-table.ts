import { type Effect, type Lane, LANE_OF } from "../../core/effects.ts";
import type { Instant } from "../../core/time.ts";
import type { PageEnd } from "../../ports/page-cursor.ts";
import type { OutboxItem } from "../../ports/store.ts";
import { isDueItem } from "../../ports/store-rules.ts";

/** The outbox in memory: items of a stream by position, and which streams have pending ones. */
export function createOutboxTable() {
  const streams = new Map<string, OutboxItem[]>();
  const pending = new Map<string, Set<OutboxItem>>();

  function place(item: OutboxItem): void {
    const items = streams.get(item.stream) ?? [];
    const waiting = pending.get(item.stream) ?? new Set();
    const before = items[item.position - 1];
    if (before !== undefined) waiting.delete(before);
    items[item.position - 1] = item;
    if (item.state === "pending") waiting.add(item);
    streams.set(item.stream, items);
    if (waiting.size > 0) pending.set(item.stream, waiting);
    else pending.delete(item.stream);
  }

  return {
    get: (stream: string, position: number): OutboxItem | undefined => streams.get(stream)?.[position - 1],
    /** Adds a pending item at the end, unless the stream already has one with this key. */
    add(stream: string, effect: Effect, at: Instant): void {
      const items = streams.get(stream) ?? [];
      if (items.some((item) => item.effect.key === effect.key)) return;
      const position = items.length + 1;
      const lane = LANE_OF[effect.type];
      place(
        Object.freeze({
          stream,
          position,
          lane,
          effect,
          createdAt: at,
          state: "pending",
          attempts: 0,
          notBefore: at,
        }),
      );
    },
    /** Replaces the item with the same stream and position. */
    replace: place,
    listPending: (stream: string, lane?: Lane): readonly OutboxItem[] =>
      [...(pending.get(stream) ?? [])]
        .filter((item) => lane === undefined || item.lane === lane)
        .toSorted((left, right) => left.position - right.position)
        .slice(0, 100),
    /** Streams with an item due at `now`, with the time of the earliest of those. */
    listDue: (now: Instant): PageEnd[] =>
      [...pending]
        .map(([id, items]) => ({
          id,
          times: [...items].map((item) => item.notBefore).filter((at) => isDueItem(at, now)),
        }))
        .filter(({ times }) => times.length > 0)
        .map(({ id, times }) => ({ id, at: Math.min(...times) })),
  };
}

export type OutboxTable = ReturnType<typeof createOutboxTable>;
