import { groupOf, kindOf } from "./crash-points.ts";

/** Points that every story tries, spread evenly, besides the kinds that are its own. */
const SPREAD = 3;

/**
 * Which of a story's crash points are tried: one of each kind that no story has `taken` yet, which takes them, and
 * some spread evenly over the story. Stories share their beginnings, so most kinds need no second story. `turn` moves
 * the choice, so that neither all stories nor all commits take the same.
 */
export function choosePoints(points: readonly string[], taken: Set<string>, turn: number): readonly string[] {
  const chosen = new Set<string>();
  for (const point of pointOfEachKind(points, turn)) {
    if (taken.has(kindOf(point))) continue;
    taken.add(kindOf(point));
    chosen.add(point);
  }
  const count = Math.min(SPREAD, points.length);
  for (let index = 0; index < count; index += 1) {
    const at = (Math.floor((index * points.length) / count) + turn) % points.length;
    chosen.add(points[at] as string);
  }
  return [...chosen];
}

/** One point of each kind that the story has. */
export function pointOfEachKind(points: readonly string[], turn: number): readonly string[] {
  const kinds = [...Map.groupBy(points, kindOf).values()];
  return kinds.map((ofKind, index) => ofKind[(turn + index) % ofKind.length] as string);
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
    row(
      "",
      stories.map((_, index) => index + 1),
    ),
    ...kinds.map((kind) =>
      row(
        kind,
        stories.map(([, points]) => points.filter((point) => groupOf(point) === kind).length || "."),
      ),
    ),
  ].join("\n");
}
