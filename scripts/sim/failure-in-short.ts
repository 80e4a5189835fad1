import type { WorkerFinding } from "./start-worker.ts";

const CHARACTERS_MAX = 180;

/** One line for a failed seed: its number and the first law that it broke, or why it came to no end. */
export function failureInShort({ seed, failure = "" }: Pick<WorkerFinding, "seed" | "failure">): string {
  const [head = "", first = ""] = failure.split("\n").map((line) => line.trim());
  const isTold = first !== "" && !first.startsWith("replay:");
  return (isTold ? `FAIL seed ${seed}: ${first}` : head).slice(0, CHARACTERS_MAX);
}
