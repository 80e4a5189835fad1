/** Prints what a batch counted, a line for each kind. */
export function printCounts(counts: ReadonlyMap<string, number>): void {
  const kinds = new Map<string, string[]>();
  for (const [name, count] of [...counts].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const [kind = "", ...rest] = name.split(" ");
    if (rest.length === 0) continue;
    kinds.set(kind, [...(kinds.get(kind) ?? []), `${rest.join(" ")} ${count}`]);
  }
  for (const [kind, entries] of kinds) console.log(`\n${kind}: ${entries.join(", ")}`);
}
