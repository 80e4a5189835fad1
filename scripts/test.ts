import { spawnSync } from "node:child_process";
import { globSync } from "node:fs";
import { dirname, join } from "node:path";
import { findTests } from "./testing/find-tests.ts";
import { runTests } from "./testing/run-tests.ts";

/**
 * `npm test [-- PATH…]`: type check, then the tests. `--slow` runs test/slow instead: one file at a time, with
 * minutes for each. Ends with the tests that could not run here, node's closing lines and the wall time.
 */

const NODE_MAJOR_MIN = 24;
const root = dirname(import.meta.dirname);
const startedAt = performance.now();
const slow = process.argv.includes("--slow");
const paths = process.argv.slice(2).filter((argument) => argument !== "--slow");

function secondsSince(start: number): string {
  return ((performance.now() - start) / 1000).toFixed(1);
}

function fail(sentence: string): never {
  console.error(`hallpass: ${sentence}`);
  process.exit(1);
}

/** Every tsconfig.json of the tree is a project of its own (core has no Node types, the page has the DOM's). */
function checkTypes(): boolean {
  const start = performance.now();
  const projects = globSync(["tsconfig.json", "{src,test}/**/tsconfig.json"], { cwd: root }).toSorted();
  const tsc = join(root, "node_modules", ".bin", "tsc");
  let clean = true;
  for (const project of projects) {
    const outcome = spawnSync(tsc, ["-p", project, "--pretty", "false"], { cwd: root, stdio: "inherit" });
    if (outcome.error) fail(`the type checker could not be started (${outcome.error.message}).`);
    clean &&= outcome.status === 0;
  }
  console.log(`${clean ? "ok  " : "FAIL"} types: ${projects.join(", ")} (${secondsSince(start)} s)`);
  return clean;
}

if (Number(process.versions.node.split(".")[0]) < NODE_MAJOR_MIN) {
  fail(`the tests need Node ${NODE_MAJOR_MIN}; this is ${process.versions.node}. Use "npm test".`);
}
const typesAreClean = checkTypes();
let files: string[];
try {
  files = findTests(root, { paths, slow });
} catch (error) {
  fail(String(error instanceof Error ? error.message : error));
}
if (files.length === 0) fail("there is no test to run.");

const outcome = await runTests(
  root,
  files,
  slow
    ? { concurrency: 1, testTimeoutMs: 1_200_000, totalTimeoutMs: 1_800_000 }
    : { testTimeoutMs: 120_000, totalTimeoutMs: 600_000 },
  (text) => process.stdout.write(text),
);
for (const { file, name, reason } of outcome.skipped) {
  console.log(`NOT RUN: ${file}: ${name}${reason === "" ? "" : ` (${reason})`}`);
}
console.log(
  `${outcome.ok && typesAreClean ? "passed" : "FAILED"}: ${files.length} test files and the type check in ${secondsSince(startedAt)} s`,
);
process.exitCode = outcome.ok && typesAreClean ? 0 : 1;
