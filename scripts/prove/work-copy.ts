import { cpSync, existsSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";

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
