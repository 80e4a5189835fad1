import { createHash } from "node:crypto";

/** The hash of a chunk: lower-case hex SHA-256 of `previousHash`, a line feed, and its lines joined by line feeds. */
export function chunkHash(previousHash: string, lines: readonly string[]): string {
  return createHash("sha256")
    .update(`${previousHash}\n${lines.join("\n")}`, "utf8")
    .digest("hex");
}
