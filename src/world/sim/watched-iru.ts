import { DEFAULT_TAG_NAMES, ownTags } from "../../core/tags.ts";
import type { FakeIru } from "../iru/fake-iru.ts";
import type { RecordBook } from "./record-book.ts";

const OWN: ReadonlySet<string> = new Set(ownTags(DEFAULT_TAG_NAMES));

/** The tags of a list that are not ours. */
export function othersIn(tags: readonly string[]): readonly string[] {
  return tags.filter((tag) => !OWN.has(tag)).toSorted();
}

/** The tags of a list that are ours. */
export function oursIn(tags: readonly string[]): readonly string[] {
  return tags.filter((tag) => OWN.has(tag));
}

/**
 * Iru with a watch over other people's tags (law L13): a write may put back only what its writer read last. An edit
 * that falls between that reading and the write is lost, since Iru replaces the whole list; `othersTags`, what
 * everybody's tags should be, is then mended, and the loss is counted.
 */
export function watchedIru(
  iru: FakeIru,
  serials: ReadonlyMap<string, string>,
  othersTags: Map<string, Set<string>>,
  book: RecordBook,
): (request: Request, isExtra: boolean) => Promise<Response> {
  const lastRead = new Map<string, readonly string[]>();
  return async (request, isExtra) => {
    const deviceId = /^\/api\/v1\/devices\/([^/]+)$/.exec(new URL(request.url).pathname)?.[1];
    const serial = deviceId === undefined ? undefined : serials.get(deviceId);
    if (deviceId !== undefined && request.method === "PATCH")
      book.check("L13", "no other device is written to", serial !== undefined, () => ({ text: deviceId }));
    if (deviceId === undefined || serial === undefined) return iru.handle(request);
    if (request.method === "GET" && !isExtra) lastRead.set(deviceId, othersIn(iru.tagsOf(deviceId)));
    const isWrite = request.method === "PATCH";
    const written = isWrite ? await writtenTags(request) : [];
    const response = await iru.handle(request);
    if (!isWrite || response.status !== 200) return response;
    const read = lastRead.get(deviceId) ?? [];
    const others = othersIn(written);
    book.check("L13", "other people's tags survive a write", others.join() === read.join(), () => ({
      text: `read ${read.join(", ")}, written ${others.join(", ")}`,
      serial,
    }));
    book.note(serial, undefined, () => `Iru has the tags ${written.join(", ")}`);
    const expected = othersTags.get(serial);
    const present = othersIn(iru.tagsOf(deviceId));
    if ([...(expected ?? [])].toSorted().join() === present.join()) return response;
    book.count("tag edits lost between our read and our write");
    othersTags.set(serial, new Set(present));
    return response;
  };
}

async function writtenTags(request: Request): Promise<readonly string[]> {
  const body = (await request.clone().json()) as { tags?: readonly string[] };
  return body.tags ?? [];
}
