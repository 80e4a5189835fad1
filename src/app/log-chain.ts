import { hash } from "node:crypto";

/** The hash of a chunk: lower-case hex SHA-256 of `previousHash`, a line feed, and its lines joined by line feeds. */
export function chunkHash(previousHash: string, lines: readonly string[]): string {
  return hash("sha256", `${previousHash}\n${lines.join("\n")}`, "hex");
}
