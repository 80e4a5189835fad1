import { groupOf, kindOf } from "./crash-points.ts";

/**
 * Which of a story's crash points are tried: `sampleOf` of them, spread evenly, or else one of each kind. `turn` moves
 * the choice, so that not all stories take the first.
 */
export function choosePoints(
  points: readonly string[],
  sampleOf: number | undefined,
  turn: number,
): readonly string[] {
  if (sampleOf === undefined) {
    const kinds = [...Map.groupBy(points, kindOf).values()];
    return kinds.map((ofKind, index) => ofKind[(turn + index) % ofKind.length] as string);
  }
  const count = Math.min(sampleOf, points.length);
  return Array.from({ length: count }, (_, index) => {
    return points[(Math.floor((index * points.length) / count) + turn) % points.length] as string;
  });
}

/** A table of how many points of each kind each story was killed at. */
export function tableOf(tried: ReadonlyMap<string, readonly string[]>): string {
  const stories = [...tried.entries()];
  const kinds = [...new Set([...tried.values()].flat().map(groupOf))].toSorted();
  const row = (name: string, cells: readonly (number | string)[]) =>
    [name.padEnd(40), ...cells.map((cell) => String(cell).padStart(3))].join(" ");
  return [
    "killed (times, by kind of point and story):",
    ...stories.map(([story, points], index) => `${String(index + 1).padStart(4)} ${story}: ${points.length}`),
    row("", [...stories.keys(), stories.length].slice(1)),
    ...kinds.map((kind) =>
      row(
        kind,
        stories.map(([, points]) => points.filter((point) => groupOf(point) === kind).length || "."),
      ),
    ),
  ].join("\n");
}
