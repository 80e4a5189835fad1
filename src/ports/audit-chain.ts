import { hash } from "node:crypto";
import { canonicalJson } from "./canonical-json.ts";
import type { AuditDraft, AuditEntry } from "./store.ts";

/** The last line of a stream: what the next line is chained to. */
export type AuditHead = Pick<AuditEntry, "seq" | "hash">;

/** The head of a stream without lines; its hash is the `previousHash` of line 1. */
export const EMPTY_AUDIT_HEAD: AuditHead = { seq: 0, hash: "0".repeat(64) };

/** Numbers and chains new lines onto `head`. `data` that is undefined is stored as null. */
export function chainAudit(
  stream: string,
  head: AuditHead,
  drafts: readonly AuditDraft[],
): readonly AuditEntry[] {
  return chainWritten(stream, head, drafts.map(writeDraft)).map((line, index) => {
    const { at, actor, type, commandId, data } = drafts[index] as AuditDraft;
    const { seq, previousHash, hash: own } = line;
    return { stream, seq, at, actor, type, commandId, data: data ?? null, previousHash, hash: own };
  });
}

/** A draft as it will be stored: its values as canonical JSON text, taken when this was made. */
export interface WrittenDraft extends Pick<AuditDraft, "at" | "type" | "commandId"> {
  readonly actor: string;
  readonly data: string;
}

/** A line numbered and chained, its values still as canonical JSON text. */
export type WrittenLine = WrittenDraft & Pick<AuditEntry, "seq" | "previousHash" | "hash">;

/** The draft's values as canonical JSON text; `data` that is undefined becomes null. */
export function writeDraft({ at, actor, type, commandId, data }: AuditDraft): WrittenDraft {
  return { at, type, commandId, actor: canonicalJson(actor), data: canonicalJson(data) };
}

/** As `chainAudit`, for a store that keeps the values as text anyway. */
export function chainWritten(
  stream: string,
  head: AuditHead,
  drafts: readonly WrittenDraft[],
): readonly WrittenLine[] {
  let previous = head;
  return drafts.map((draft) => {
    const previousHash = previous.hash;
    const seq = previous.seq + 1;
    previous = { seq, hash: sha256(`${previousHash}\n${canonicalLine(stream, seq, draft)}`) };
    return { ...draft, seq, previousHash, hash: previous.hash };
  });
}

/** What `canonicalJson` makes of a whole line, put together from values that are text already; keys are in order. */
function canonicalLine(stream: string, seq: number, draft: WrittenDraft): string {
  const { at, type, commandId, actor, data } = draft;
  return `{"actor":${actor},"at":${at},"commandId":${JSON.stringify(commandId)},"data":${data},"seq":${seq},"stream":${JSON.stringify(stream)},"type":${JSON.stringify(type)}}`;
}

/** Lower-case hex SHA-256 of `previousHash`, a line feed and the canonical JSON of the line without its hashes. */
function hashLine(previousHash: string, line: Omit<AuditEntry, "previousHash" | "hash">): string {
  return sha256(`${previousHash}\n${canonicalJson(line)}`);
}

const sha256 = (text: string): string => hash("sha256", text, "hex");

/**
 * What is wrong with a trail, at its first bad line. `missing`: a line before `seq` is gone (or the lines from
 * `seq` on, when the trail stops short of a known head). `inserted`: a line that repeats or precedes its
 * predecessor, or belongs to another stream. `unlinked`: the line does not follow from the one before it, so one
 * of the two was replaced. `edited`: the line does not have its own hash.
 */
export interface AuditFault {
  readonly seq: number;
  readonly problem: "missing" | "inserted" | "unlinked" | "edited";
}

/**
 * Checks consecutive lines of one stream, given in order, and returns the first fault, or undefined when there is
 * none. `after` is the line before the first given one (by default the start of the stream). Lines cut off at the
 * end can only be noticed with `head`, the last line as known from elsewhere.
 */
export function verifyAuditChain(
  entries: readonly AuditEntry[],
  known: { readonly after?: AuditHead; readonly head?: AuditHead } = {},
): AuditFault | undefined {
  let previous = known.after ?? EMPTY_AUDIT_HEAD;
  for (const entry of entries) {
    const { previousHash, hash: claimed, ...line } = entry;
    const { seq } = entry;
    if (seq <= previous.seq || entry.stream !== entries[0]?.stream) return { seq, problem: "inserted" };
    if (seq > previous.seq + 1) return { seq, problem: "missing" };
    if (claimed !== hashLine(previousHash, line)) return { seq, problem: "edited" };
    if (previousHash !== previous.hash) return { seq, problem: "unlinked" };
    previous = { seq, hash: claimed };
  }
  if (known.head === undefined) return undefined;
  if (previous.seq < known.head.seq) return { seq: previous.seq + 1, problem: "missing" };
  return previous.hash === known.head.hash ? undefined : { seq: previous.seq, problem: "unlinked" };
}
