import { execFileSync } from "node:child_process";
import { accessSync, constants, readFileSync, statSync } from "node:fs";
import { join } from "node:path";

/** What the rules look at: the project's text files by path, and which files may be executed. */
export interface Tree {
  readonly files: ReadonlyMap<string, string>;
  /** Every path, also of files that are not text. */
  readonly paths: ReadonlySet<string>;
  readonly executables: ReadonlySet<string>;
}

/** A rule of the project. `check` returns one sentence for each breach; `bad` is a tree that breaks it. */
export interface Rule {
  readonly name: string;
  readonly check: (tree: Tree) => string[];
  /** Each sample alone must be reported. */
  readonly bad: readonly Readonly<Record<string, string>>[];
  /** Each sample must be let through: what a too eager rule would report. */
  readonly good: readonly Readonly<Record<string, string>>[];
}

const BINARY = /\.(png|jpg|webp|ico|zip|gz|sqlite|woff2)$/;

/** Reads what git knows of, and what it would add: files that are ignored are not the project's. */
export function readTree(root: string): Tree {
  const listed = execFileSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 64 * 1024 * 1024,
  });
  const paths = listed
    .split("\0")
    .filter((path) => path !== "" && statSync(join(root, path), { throwIfNoEntry: false })?.isFile());
  const texts = paths.filter((path) => !BINARY.test(path));
  return {
    files: new Map(texts.map((path) => [path, readFileSync(join(root, path), "utf8")])),
    paths: new Set(paths),
    executables: new Set(paths.filter((path) => isExecutable(join(root, path)))),
  };
}

function isExecutable(path: string): boolean {
  // As root, access() allows executing whatever has any x bit, and nothing that has none.
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** A tree of samples, for the rules' own tests. No file of it may be executed. */
export function sampleTree(files: Readonly<Record<string, string>>): Tree {
  return {
    files: new Map(Object.entries(files)),
    paths: new Set(Object.keys(files)),
    executables: new Set(),
  };
}

/** The files whose path matches, as path and text. */
export function matching(tree: Tree, pattern: RegExp): (readonly [path: string, text: string])[] {
  return [...tree.files].filter(([path]) => pattern.test(path));
}
