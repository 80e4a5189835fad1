import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** One line of the product, broken on purpose. */
export interface LineBreakage {
  readonly file: string;
  /** Part of one line; it must stand exactly once in `file`. */
  readonly find: string;
  readonly replace: string;
}

/** Why the line cannot be broken in the tree at `folder`; undefined when it can. */
export function problemOfLine(folder: string, { file, find, replace }: LineBreakage): string | undefined {
  let source: string;
  try {
    source = readFileSync(join(folder, file), "utf8");
  } catch {
    return `there is no file ${file}`;
  }
  if (find.includes("\n") || replace.includes("\n")) return "a breakage is one line";
  if (find === replace) return "the breakage changes nothing";
  const count = source.split(find).length - 1;
  return count === 1 ? undefined : `the line to break stands ${count} times in ${file}`;
}

/** Breaks the line in the tree at `folder`, which has no `problemOfLine`, for as long as `work` takes. */
export async function whileBroken<T>(
  folder: string,
  { file, find, replace }: LineBreakage,
  work: () => Promise<T>,
): Promise<T> {
  const path = join(folder, file);
  const source = readFileSync(path, "utf8");
  writeFileSync(
    path,
    source.replace(find, () => replace),
  );
  try {
    return await work();
  } finally {
    writeFileSync(path, source);
  }
}
