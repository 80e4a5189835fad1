import { hash } from "node:crypto";
import type { LogChunk, LogHead } from "../../ports/store.ts";
import type { SimWorld } from "./sim-world.ts";

const START = "0".repeat(64);

/** Law L15: the stored pieces of each log, hashed anew here, are one chain without a gap that ends at its head. */
export async function checkChains({ durable, lives, book }: SimWorld): Promise<void> {
  const store = lives.store();
  for (const [requestId, { request }] of durable.requests) {
    const chunks = await store.readLogChunks(requestId, 0, 10_000);
    if (chunks.length === 0) continue;
    const broken = breakIn(chunks, await store.readLogHead(requestId));
    book.check("L15", "the pieces of a log are chained", broken === undefined, () => ({
      text: broken ?? "",
      requestId,
      serial: request.ask.serial,
    }));
  }
}

/** Where the chain breaks, in words; undefined where it is whole. */
function breakIn(chunks: readonly LogChunk[], head: LogHead): string | undefined {
  let before = START;
  let lines = 0;
  for (const [index, chunk] of chunks.entries()) {
    if (chunk.seq !== index) return `piece ${index} is numbered ${chunk.seq}`;
    if (chunk.previousHash !== before) return `piece ${index} does not follow the one before`;
    before = hash("sha256", `${before}\n${chunk.lines.join("\n")}`, "hex");
    if (chunk.hash !== before) return `piece ${index} is not what its hash says`;
    if (chunk.final && index < chunks.length - 1) return `piece ${index} is the last, and is not`;
    lines += chunk.lines.length;
  }
  const isSame = head.nextSeq === chunks.length && head.hash === before && head.lines === lines;
  return isSame ? undefined : `the head is ${JSON.stringify(head)}, the chain ends at ${before} (${lines})`;
}
