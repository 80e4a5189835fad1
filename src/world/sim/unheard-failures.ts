import type { RecordBook } from "./record-book.ts";

/**
 * Watches for promises that fail and that nobody waits for (law L9): in a real process each would be its end. Returns
 * how to stop, which counts the check as done.
 */
export function watchUnheardFailures(book: RecordBook): () => void {
  const check = (reason?: unknown) =>
    book.check("L9", "no failure goes unheard", reason === undefined, () => ({ text: wordsOf(reason) }));
  const heard = (reason: unknown) => check(reason ?? "nothing");
  process.on("unhandledRejection", heard);
  return () => {
    process.off("unhandledRejection", heard);
    check();
  };
}

function wordsOf(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}
