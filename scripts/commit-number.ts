import { spawnSync } from "node:child_process";
import { randomInt } from "node:crypto";

/** Hex digits of a commit's name that are counted: no two commits are likely to have the number in common. */
const DIGITS = 10;

/**
 * A number below 2^40 that the commit at `root` has on any machine and hardly another one has: what is drawn by it is
 * other for each change, and the same again for the same commit. Random where there is no commit.
 */
export function commitNumber(root: string): number {
  const { status, stdout } = spawnSync("git", ["rev-parse", "HEAD"], { cwd: root, encoding: "utf8" });
  return status === 0 ? parseInt(stdout.slice(0, DIGITS), 16) : randomInt(2 ** 40);
}
