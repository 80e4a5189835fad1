import { globSync, statSync } from "node:fs";
import { join } from "node:path";

/** What `npm test` runs: every test beside its source file, and the project's own tests; not the slow ones. */
const FAST_PATTERNS = ["src/**/*.test.ts", "scripts/**/*.test.ts", "test/**/*.test.ts"];
const SLOW_PATTERNS = ["test/slow/**/*.test.ts"];

/**
 * The test files under `root`, relative to it and sorted. `paths` narrows the choice to these files and folders;
 * a path that leads to no test throws, so that a mistyped one is never a silent success.
 */
export function findTests(root: string, options: { paths: readonly string[]; slow: boolean }): string[] {
  if (options.paths.length === 0) {
    if (options.slow) return glob(root, SLOW_PATTERNS);
    const slow = new Set(glob(root, SLOW_PATTERNS));
    return glob(root, FAST_PATTERNS).filter((path) => !slow.has(path));
  }
  const found = options.paths.flatMap((path) => testsAt(root, path));
  return [...new Set(found)].toSorted();
}

function testsAt(root: string, path: string): string[] {
  const relative = path.replace(/^\.\//, "").replace(/\/+$/, "");
  const stats = statSync(join(root, relative), { throwIfNoEntry: false });
  const found = stats?.isDirectory() ? glob(root, [`${relative}/**/*.test.ts`]) : glob(root, [relative]);
  if (found.length === 0) throw new Error(`no test found at ${path}`);
  return found;
}

function glob(root: string, patterns: readonly string[]): string[] {
  return globSync(patterns, { cwd: root, exclude: ["**/node_modules/**"] }).toSorted();
}
