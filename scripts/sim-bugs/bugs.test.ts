import assert from "node:assert/strict";
import { join } from "node:path";
import { test } from "node:test";
import { problemOfLine } from "../prove/line-breakage.ts";
import { PLANTED_BUGS } from "./bugs.ts";
import { readTable } from "./document.ts";
import { SEEDS_MAX } from "./options.ts";

const ROOT = join(import.meta.dirname, "..", "..");
const OUTDATED = "run `npm run sim:bugs -- --write`";

test("there are enough planted bugs, each with a name of its own, many of them made elsewhere", () => {
  const numbers = PLANTED_BUGS.map(({ rule }) => rule).filter((rule) => /^W\d+$/.test(rule));
  assert.ok(PLANTED_BUGS.length >= 30);
  assert.ok(new Set(numbers).size >= 15);
  assert.equal(new Set(PLANTED_BUGS.map(({ name }) => name)).size, PLANTED_BUGS.length);
});

test("the line that each planted bug breaks stands exactly once in its file", () => {
  for (const bug of PLANTED_BUGS) assert.equal(problemOfLine(ROOT, bug), undefined, bug.name);
});

test("the table in docs/simulation.md has the planted bugs as they are", () => {
  const rowOf = ({ name, rule, file }: { name: string; rule: string; file: string }) =>
    `${name} | ${rule} | ${file}`;
  const table = readTable(ROOT);
  assert.deepEqual(table.map(rowOf).toSorted(), PLANTED_BUGS.map(rowOf).toSorted(), OUTDATED);
  for (const { name, law, seeds } of table) {
    const bug = PLANTED_BUGS.find((one) => one.name === name);
    assert.ok(bug?.laws.includes(law), `${name}: ${law}; ${OUTDATED}`);
    assert.ok(seeds >= 1 && seeds <= SEEDS_MAX, name);
  }
});
