import { problemOfLine, whileBroken } from "../prove/line-breakage.ts";
import { startWorker } from "../sim/start-worker.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** Seeds are numbered from here: the same for every bug, and for the tree without any. */
export const FIRST_SEED = 1;

/** `seed` is the first one that broke a law, and `said` what the simulator said; `problem` says why that is not enough. */
export type Hunt =
  | { readonly seed: number; readonly law: string; readonly said: string; readonly seconds: number }
  | { readonly problem: string; readonly seconds: number };

/**
 * Breaks the bug's line in the copy at `folder` and runs seeds until one breaks a law. Only an expected law counts:
 * a process that dies or a world that breaks down shows that the line is wrong, not that the simulator watches it.
 */
export async function hunt(
  folder: string,
  bug: PlantedBug,
  seedsMax: number,
  onSeed: (seed: number) => void,
): Promise<Hunt> {
  const start = performance.now();
  const seconds = () => (performance.now() - start) / 1_000;
  const misuse = problemOfLine(folder, bug);
  if (misuse !== undefined) return { problem: misuse, seconds: seconds() };
  const found = await whileBroken(folder, bug, () => firstFailure(folder, seedsMax, onSeed));
  if (found === undefined) return { problem: `SURVIVED ${seedsMax} seeds`, seconds: seconds() };
  const { seed, law, said } = found;
  if (bug.laws.includes(law)) return { seed, law, said, seconds: seconds() };
  const problem = `seed ${seed} broke ${law} and not ${bug.laws.join(" or ")}: ${said}`;
  return { problem, seconds: seconds() };
}

/** The first seed, of those that are asked for, that breaks a law in the tree at `folder`. */
export async function firstFailure(
  folder: string,
  seedsMax: number,
  onSeed: (seed: number) => void = () => undefined,
): Promise<{ readonly seed: number; readonly law: string; readonly said: string } | undefined> {
  const worker = startWorker(folder);
  try {
    for (let seed = FIRST_SEED; seed < FIRST_SEED + seedsMax; seed += 1) {
      onSeed(seed);
      const { law, failure } = await worker.run({ seed, store: "memory", length: "whole" });
      if (law === undefined && failure === undefined) continue;
      const said = failure?.split("\n").find((line, index) => index > 0 && line.trim() !== "") ?? "";
      return { seed, law: law ?? "breakdown", said: said.trim() };
    }
    return undefined;
  } finally {
    worker.end();
  }
}
