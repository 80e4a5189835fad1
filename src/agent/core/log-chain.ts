import { createHash } from "node:crypto";
import { FIRST_HASH, LOG_LINE_MAX_BYTES } from "../../wire/device.ts";

/** Where a session's chain of log chunks stands: the next chunk's number and the hash it builds on. */
export interface ChainHead {
  nextSeq: number;
  previousHash: string;
}

/** A numbered piece of the log, ready to be sent; never changed once made. */
export interface Chunk {
  seq: number;
  previousHash: string;
  lines: string[];
  final: boolean;
}

const CUT_KEEP_BYTES = 8 * 1024;
/** Room for the other fields of the body within the contract's 192 KiB. */
const CHUNK_LINES_MAX_BYTES = 160 * 1024;
const CHUNK_LINES_MAX = 5_000;

/** The head of a chain without chunks. */
export const EMPTY_CHAIN: Readonly<ChainHead> = { nextSeq: 0, previousHash: FIRST_HASH };

/** Lower-case hex SHA-256 of bytes, or of a text in UTF-8. */
export function sha256(bytes: string | Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The hash of a chunk: SHA-256 over the previous hash, a line feed and the lines joined by line feeds. */
export function chunkHash(previousHash: string, lines: readonly string[]): string {
  return sha256(`${previousHash}\n${lines.join("\n")}`);
}

/**
 * A line as it may be shipped: well-formed, CR, LF and NUL written as sudo writes them (`#015`), and one of over
 * 16 KiB as its first 8 KiB with the length and hash of the whole.
 */
export function shippableLine(line: string): string {
  const clean = line
    .toWellFormed()
    .replace(/[\r\n\u0000]/g, (char) => `#0${char.charCodeAt(0).toString(8).padStart(2, "0")}`);
  return Buffer.byteLength(clean, "utf8") <= LOG_LINE_MAX_BYTES ? clean : cutLine(clean, clean);
}

/** The first 8 KiB of what may be `shown` of a line, with the length and hash of the whole. */
export function cutLine(shown: string, whole: string): string {
  const bytes = Buffer.from(shown, "utf8");
  let end = Math.min(CUT_KEEP_BYTES, bytes.byteLength);
  while (end > 0 && ((bytes[end] ?? 0) & 0b1100_0000) === 0b1000_0000) end -= 1;
  const begin = bytes.subarray(0, end).toString("utf8");
  return `${begin} [cut: ${Buffer.byteLength(whole, "utf8")} bytes, sha256 ${sha256(whole)}]`;
}

/**
 * Packs shippable lines into as few chunks as the contract's size allows, chained on `head`, which is moved on.
 * With `final` the last chunk says so, and there is one even without lines.
 */
export function makeChunks(head: ChainHead, lines: readonly string[], final: boolean): Chunk[] {
  const packs = pack(lines);
  if (final && packs.length === 0) packs.push([]);
  return packs.map((pack, index) => {
    const chunk: Chunk = {
      seq: head.nextSeq,
      previousHash: head.previousHash,
      lines: pack,
      final: final && index === packs.length - 1,
    };
    head.nextSeq += 1;
    head.previousHash = chunkHash(chunk.previousHash, pack);
    return chunk;
  });
}

function pack(lines: readonly string[]): string[][] {
  const packs: string[][] = [];
  let current: string[] = [];
  let bytes = 0;
  for (const line of lines) {
    const size = Buffer.byteLength(JSON.stringify(line), "utf8") + 1;
    if (current.length > 0 && (bytes + size > CHUNK_LINES_MAX_BYTES || current.length >= CHUNK_LINES_MAX)) {
      packs.push(current);
      current = [];
      bytes = 0;
    }
    current.push(line);
    bytes += size;
  }
  if (current.length > 0) packs.push(current);
  return packs;
}
