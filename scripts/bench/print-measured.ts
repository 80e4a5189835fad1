import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, loadavg } from "node:os";
import { join } from "node:path";
import { machineLine } from "./markdown.ts";

/**
 * Prints what `measure` found, and on what machine. The data files go to a folder of their own within `parent`, which
 * is gone afterwards also when `measure` throws.
 */
export async function printMeasured(
  parent: string,
  measure: (folder: string) => Promise<string>,
): Promise<void> {
  const startedAt = performance.now();
  const folder = mkdtempSync(join(parent, "hallpass-bench-"));
  try {
    console.log(`${await measure(folder)}\n`);
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(machineLine(availableParallelism(), loadavg()[0] ?? 0, (performance.now() - startedAt) / 1000));
}
