import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { BROKEN_DOWN, PROBLEM_KINDS, REFUSAL_REASONS } from "./refusal-reasons.ts";

const HTTP = join(import.meta.dirname, "..", "..", "http");

test("every kind of problem that src/http can answer is one that a batch of seeds has to see, or the breakdown", () => {
  const files = readdirSync(HTTP).filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"));
  const lines = files.flatMap((name) => readFileSync(join(HTTP, name), "utf8").split("\n"));
  const kinds = lines
    .filter((line) => /^\s*kind: |\(\d+, \{ kind: /.test(line))
    .flatMap((line) =>
      [...line.replace(/=== "\w+"/, "").matchAll(/(?:kind:|\?|:) "(\w+)"/g)].map(([, kind = ""]) => kind),
    )
    .filter((kind) => /^[a-z_]+$/.test(kind) && !REFUSAL_REASONS.some((reason) => reason === kind));
  assert.deepEqual([...new Set(kinds)].toSorted(), [...PROBLEM_KINDS, BROKEN_DOWN].toSorted());
});
