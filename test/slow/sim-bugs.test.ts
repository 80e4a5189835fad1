import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";

const ROOT = join(import.meta.dirname, "..", "..");
/** Of each part of the product one that few seeds are enough for. */
const SAMPLE = [
  "time runs from the approval",
  "tag left on after the end",
  "words become marks",
  "everybody removed",
];

function run(...args: string[]): { readonly status: number | null; readonly output: string } {
  const command = ["--disable-warning=ExperimentalWarning", join(ROOT, "scripts", "sim-bugs.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: ROOT, encoding: "utf8" });
  return { status, output: `${stdout}${stderr}` };
}

test("the fault simulator catches a sample of the planted bugs", () => {
  const { status, output } = run(...SAMPLE);
  assert.equal(status, 0, output);
  assert.match(output, new RegExp(`^sim:bugs: ${SAMPLE.length} of ${SAMPLE.length} bugs caught`, "m"));
});

test("a planted bug that too few seeds have run on counts as not caught", () => {
  const { status, output } = run("--seeds", "1", "closing message before the log");
  assert.equal(status, 1, output);
  assert.match(output, /SURVIVED 1 seeds/);
});
