import type { Instant } from "../core/time.ts";
import { StoreError } from "./store.ts";

/** Where a page of a listing ended: its last item's time and id, which together order the listing. */
export interface PageEnd {
  readonly at: Instant;
  readonly id: string;
}

/** Comes before every item of a listing. */
export const PAGE_START: PageEnd = { at: Number.MIN_SAFE_INTEGER, id: "" };

/** Orders listings: by time, then by id. */
export function comparePageEnds(left: PageEnd, right: PageEnd): number {
  if (left.at !== right.at) return left.at - right.at;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

/** The opaque text a caller passes back to get the next page. */
export function encodeCursor(end: PageEnd): string {
  return Buffer.from(JSON.stringify([end.at, end.id])).toString("base64url");
}

/** Reads `encodeCursor`'s text; undefined is the start. Throws `StoreError` for anything else. */
export function decodeCursor(cursor: string | undefined): PageEnd {
  if (cursor === undefined) return PAGE_START;
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    if (Array.isArray(parts) && parts.length === 2) {
      const [at, id] = parts as unknown[];
      if (Number.isSafeInteger(at) && typeof id === "string") return { at: at as number, id };
    }
  } catch {
    // Not JSON: refused below like any other text that no listing gave out.
  }
  throw new StoreError("The cursor is not one that a listing of this store gave out.");
}
