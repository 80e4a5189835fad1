/** So much source is mutated at once: all mutants are in the code at the same time and slow it down. */
const BATCH_MAX_CHARACTERS = 20_000;

/** Puts files, by path and source, into batches of one run each, in order; a large file is a batch of its own. */
export function batchesOf(sources: ReadonlyMap<string, string>): string[][] {
  const batches: string[][] = [];
  let size = Infinity;
  for (const [path, source] of sources) {
    if (size + source.length > BATCH_MAX_CHARACTERS) {
      batches.push([]);
      size = 0;
    }
    batches.at(-1)?.push(path);
    size += source.length;
  }
  return batches;
}
