import assert from "node:assert/strict";
import { dirname } from "node:path";
import { describe, test } from "node:test";
import { ARROW_RULES } from "./tidy/arrows.ts";
import { DOCSTRING_RULES } from "./tidy/docstrings.ts";
import { DOCUMENT_RULES } from "./tidy/documents.ts";
import { HYGIENE_RULES } from "./tidy/hygiene.ts";
import { maskSource } from "./tidy/mask.ts";
import { SHAPE_RULES } from "./tidy/shape.ts";
import { exportsOf, importsOf } from "./tidy/source.ts";
import { readTree, sampleTree } from "./tidy/tree.ts";

const RULES = [...ARROW_RULES, ...SHAPE_RULES, ...DOCSTRING_RULES, ...HYGIENE_RULES, ...DOCUMENT_RULES];
const tree = readTree(dirname(import.meta.dirname));

test("the rules see the whole tree", () => {
  for (const path of ["package.json", "src/core/decide.ts", "test/tidy.test.ts", ".ci/run", "README.md"]) {
    assert.ok(tree.files.has(path), path);
  }
  assert.ok(tree.files.size > 100, `only ${tree.files.size} files`);
});

for (const rule of RULES) {
  describe(rule.name, () => {
    test("holds in this tree", () => {
      const problems = rule.check(tree);
      assert.equal(problems.length, 0, `${problems.length} breach(es):\n  ${problems.join("\n  ")}`);
    });

    test("reports every bad sample and lets the good ones through", () => {
      for (const sample of rule.bad) {
        assert.notDeepEqual(rule.check(sampleTree(sample)), [], `let through: ${JSON.stringify(sample)}`);
      }
      for (const sample of rule.good) {
        assert.deepEqual(rule.check(sampleTree(sample)), [], `reported: ${JSON.stringify(sample)}`);
      }
    });
  });
}

describe("reading source", () => {
  const cases: readonly (readonly [name: string, source: string, masked: string])[] = [
    ["line comment", "a // b\nc", "a     \nc"],
    ["block comment over lines", "a /* b\nc */ d", "a     \n     d"],
    ["string with an escaped quote", 'f("a\\"b", c)', 'f("    ", c)'],
    ["comment marks inside a string", "f('// x') // y", "f('    ')     "],
    ["template with an expression", "`a ${b} c`;d", "`  ${b}  `;d"],
    ["template inside a template", "`a${`b${c}d`}e`", "` ${` ${c} `} `"],
    ["object inside a template", "`a${{ b: 1 }.b}c`", "` ${{ b: 1 }.b} `"],
    ["regular expression with a quote", "x = /['\"]/g; y", "x = /    /g; y"],
    ["regular expression with a slash in a class", "f(/[/]x/, 'q')", "f(/    /, ' ')"],
    ["regular expression after return", "return /a'b/;", "return /   /;"],
    ["division", "a / b / c; 'd'", "a / b / c; ' '"],
    ["division after a bracket", "(a) / 2; x[0] / 2; 'd'", "(a) / 2; x[0] / 2; ' '"],
  ];
  for (const [name, source, masked] of cases) {
    test(`masks a ${name}`, () => {
      assert.equal(maskSource(source), masked);
    });
  }

  test("finds every kind of import, and none in texts", () => {
    const source = [
      'import a from "1";',
      'import type { B } from "2";',
      'import {\n  c,\n} from "3";',
      'import "4";',
      'export { d } from "5";',
      'const e = await import("6");',
      'type F = import("7").F;',
      'const g = require("8");',
      '// import h from "no";',
      "const i = 'import j from \"no\"';",
      'const k = Array.from("no"); export const l = m.from("no");',
    ].join("\n");
    assert.deepEqual(
      importsOf(source).map((each) => each.specifier),
      ["1", "2", "3", "4", "5", "6", "7", "8"],
    );
  });

  test("finds exported declarations and whether they are documented", () => {
    const source = [
      "/** A. */",
      "export async function a() {}",
      "",
      "export const b = 1;",
      "  export const inner = 1;",
      "export { c };",
      "/** D. */",
      "",
      "export interface D {}",
    ].join("\n");
    assert.deepEqual(
      exportsOf(source).map(({ kind, name, documented }) => `${kind} ${name} ${documented}`),
      ["function a true", "const b false", "interface D true"],
    );
  });
});
