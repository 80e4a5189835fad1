import type { Effect } from "../../core/effects.ts";
import type { DurableStream } from "./durable-state.ts";

/** True when IT was told that this effect is stuck; what is said of one change of a Mac's tags is said of all. */
export function isToldOf(stream: DurableStream, key: string): boolean {
  const type = stream.effects.get(key)?.type;
  return type === "sync_tags" ? isToldOfType(stream, type) : stream.failed.has(key);
}

/** True when IT was told that an effect of this type is stuck. */
export function isToldOfType(stream: DurableStream | undefined, type: Effect["type"]): boolean {
  return [...(stream?.failed ?? [])].some((key) => stream?.effects.get(key)?.type === type);
}
