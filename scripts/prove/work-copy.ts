import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const LINKS = { inside: ["node_modules"], beside: ["shared"] };

/**
 * Hands `work` a maker of copies of the project at `root`, each in a folder of its own whose name begins as asked,
 * and removes them all when `work` is done.
 */
export async function withWorkCopies<T>(
  root: string,
  name: string,
  work: (copyFor: (name: string) => string) => Promise<T>,
): Promise<T> {
  const parent = mkdtempSync(join(tmpdir(), `hallpass-${name}-`));
  const files = projectFiles(root);
  try {
    return await work((prefix) => makeWorkCopy(root, files, mkdtempSync(join(parent, prefix)), LINKS));
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

/**
 * Copies `files` (relative to `root`) into a new folder under `parent` and returns it. Dependencies and the
 * material beside the checkout are linked, so that tests find both where they look for them.
 */
export function makeWorkCopy(
  root: string,
  files: readonly string[],
  parent: string,
  linkNames: { readonly inside: readonly string[]; readonly beside: readonly string[] },
): string {
  const copy = join(parent, "tree");
  for (const file of files) {
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  for (const name of linkNames.inside) link(join(root, name), join(copy, name));
  for (const name of linkNames.beside) link(join(dirname(root), name), join(parent, name));
  return copy;
}

function link(target: string, path: string): void {
  if (existsSync(target)) symlinkSync(target, path);
}

/** Everything git knows of or would add; what a test reads may be any of it. */
function projectFiles(root: string): string[] {
  const listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const listed = execFileSync("git", listing, { cwd: root, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const deleted = execFileSync("git", ["ls-files", "-z", "--deleted"], { cwd: root, encoding: "utf8" });
  const gone = new Set(deleted.split("\0"));
  return listed.split("\0").filter((path) => path !== "" && !gone.has(path));
}
