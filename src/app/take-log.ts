import { isSession } from "../core/request.ts";
import type { StoredRequest } from "../ports/store.ts";
import type { LogBody } from "../wire/device.ts";
import { chunkHash } from "./log-chain.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

const RACES_MAX = 5;
/** Far more than any honest session makes; whoever has a Mac's key could otherwise fill the disk. */
const LOG_CHUNKS_MAX = 1_000;

/**
 * What came of a log chunk. `expected` tells the Mac where the chain stands. `contradiction`: what was shipped
 * before is claimed to be different now; IT has been told (law L15).
 */
export type LogOutcome =
  | { readonly outcome: "stored"; readonly nextSeq: number; readonly hash: string }
  | { readonly outcome: "expected"; readonly seq: number; readonly previousHash: string }
  | {
      readonly outcome: "contradiction";
      readonly seq: number;
      readonly previousHash: string;
      readonly what: string;
    }
  | { readonly outcome: "no_session" };

/**
 * Takes the next chunk of a session's log into the chain; the same chunk again gets the same answer. `asRead` is the
 * request as the caller has just read it.
 */
export async function takeLog(service: Service, body: LogBody, asRead: StoredRequest): Promise<LogOutcome> {
  let stored: StoredRequest | undefined = asRead;
  for (let race = 0; race < RACES_MAX; race += 1) {
    if (race > 0) stored = await service.store.loadRequest(body.requestId);
    const outcome = await takeOnce(service, body, stored);
    if (outcome !== undefined) return outcome;
  }
  const head = await service.store.readLogHead(body.requestId);
  return { outcome: "expected", seq: head.nextSeq, previousHash: head.hash };
}

async function takeOnce(
  service: Service,
  body: LogBody,
  stored: StoredRequest | undefined,
): Promise<LogOutcome | undefined> {
  const { store, clock } = service;
  const { requestId, seq, previousHash, lines, final } = body;
  if (stored === undefined || !isSession(stored.request)) return { outcome: "no_session" };
  const head = await store.readLogHead(requestId);
  const hash = chunkHash(previousHash, lines);
  if (seq < head.nextSeq) {
    const known = await store.readLogChunk(requestId, seq);
    const isSame = known?.hash === hash && known.previousHash === previousHash && known.final === final;
    if (isSame) return { outcome: "stored", nextSeq: seq + 1, hash };
    return contradict(service, body, head, "a chunk was sent again with other lines");
  }
  if (head.final) return contradict(service, body, head, "more lines were sent after the last chunk");
  const expected = { outcome: "expected", seq: head.nextSeq, previousHash: head.hash } as const;
  if (seq > head.nextSeq) return expected;
  if (seq >= LOG_CHUNKS_MAX && !final) {
    return contradict(
      service,
      body,
      head,
      `the log is full: it has at most ${LOG_CHUNKS_MAX} chunks, and the rest is refused`,
    );
  }
  if (previousHash !== head.hash) {
    return contradict(service, body, head, "the chain of chunks does not continue where it stood");
  }
  const result = await handleCommand(
    service,
    requestId,
    {
      commandId: `log:${requestId}:${seq}`,
      type: "log_chunk_stored",
      final,
      chunks: seq + 1,
      lines: head.lines + lines.length,
      hash,
    },
    { chunk: { requestId, seq, previousHash, hash, lines, final, receivedAt: clock.now() } },
    { stored },
  );
  if (result.refusal !== undefined) return { outcome: "no_session" };
  return result.conflict === undefined ? { outcome: "stored", nextSeq: seq + 1, hash } : undefined;
}

async function contradict(
  service: Service,
  body: LogBody,
  head: { readonly nextSeq: number; readonly hash: string },
  what: string,
): Promise<LogOutcome> {
  const { requestId, seq } = body;
  const at = { seq: head.nextSeq, previousHash: head.hash };
  // A Mac that repeats its contradiction is told so each time, but it is one finding.
  const guard = {
    op: "claim",
    key: `contradiction:${requestId}:${seq}`,
    owner: service.ids.uuid(),
  } as const;
  if ((await service.store.guardOwner(guard.key)) === undefined) {
    await handleCommand(
      service,
      requestId,
      { commandId: `contradiction:${requestId}:${seq}`, type: "log_contradiction", seq, what },
      { guards: [guard] },
    );
  }
  return { outcome: "contradiction", ...at, what };
}
