import { verifyAuditChain } from "../../ports/audit-chain.ts";
import type { AuditEntry } from "../../ports/store.ts";
import { actorWords, auditWords, type AuditWording } from "./audit-words.ts";
import type { DemoAudit, DemoAuditEntry, DemoChain } from "./snapshot.ts";
import type { WatchedStore } from "./watched-store.ts";

const LINES_MAX = 10_000;

/** Reads every trail, checks every chain from its first line, and puts the lines in order of time. */
export async function readAudit(store: WatchedStore, wording: AuditWording): Promise<DemoAudit> {
  const trails = await Promise.all(
    store.streams().map(async (stream) => ({ stream, lines: await store.readAudit(stream, 0, LINES_MAX) })),
  );
  const chains = trails.map(({ stream, lines }): DemoChain => {
    const fault = verifyAuditChain(lines);
    return { stream, lines: lines.length, ...(fault === undefined ? {} : { fault }) };
  });
  const entries = trails
    .flatMap(({ lines }) => lines)
    .toSorted((left, right) => left.at - right.at)
    .map((line) => shown(line, wording));
  return { entries, chains };
}

function shown(line: AuditEntry, wording: AuditWording): DemoAuditEntry {
  const { stream, seq, at, type, data, hash, previousHash } = line;
  const actor = actorWords(line.actor, wording);
  return { stream, seq, at, actor, type, text: auditWords(line, wording), data, hash, previousHash };
}
