import { maskSource } from "./mask.ts";
import { lineAt } from "./source.ts";
import { matching, type Rule, type Tree } from "./tree.ts";

const LINES_MAX = 400;
const ENTRYPOINT_LINES_MAX = 60;
const CODE = /\.(ts|mjs|js|css|html|sh)$|^\.ci\/run$/;
const GENERATED = /\.golden\.|\.generated\./;

function lineCount(text: string): number {
  return text.split("\n").length - (text.endsWith("\n") ? 1 : 0);
}

function checkSizes(tree: Tree): string[] {
  return matching(tree, CODE)
    .filter(([path, text]) => !GENERATED.test(path) && lineCount(text) > LINES_MAX)
    .map(([path, text]) => `${path}: ${lineCount(text)} lines, at most ${LINES_MAX}: split it`);
}

function checkEntrypoints(tree: Tree): string[] {
  return matching(tree, /^src\/entrypoints\/(?!.*\.test\.ts$).*\.ts$/)
    .filter(([, text]) => lineCount(text) > ENTRYPOINT_LINES_MAX)
    .map(([path, text]) => `${path}: ${lineCount(text)} lines, at most ${ENTRYPOINT_LINES_MAX}`);
}

/** A rule that looks for a pattern in code, never in comments or texts. */
function noMatch(files: RegExp, pattern: RegExp, why: string): (tree: Tree) => string[] {
  return (tree) =>
    matching(tree, files).flatMap(([path, text]) =>
      [...maskSource(text).matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)} ${why}`),
    );
}

const KEBAB = /^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*$/;

function checkNames(tree: Tree): string[] {
  return [...tree.paths]
    .filter((path) => /^(src|scripts|test|docs)\//.test(path))
    .filter((path) => path.split("/").some((part) => !KEBAB.test(part)))
    .map((path) => `${path}: names are kebab-case`);
}

function checkBarrels(tree: Tree): string[] {
  return [...tree.paths]
    .filter((path) => /^(src|scripts|test)\/(.*\/)?index\.ts$/.test(path))
    .map((path) => `${path}: no barrels; name the file after what is in it`);
}

const long = "x;\n".repeat(LINES_MAX + 1);

/** The rules about files: their size, name and what they may hold. */
export const SHAPE_RULES: readonly Rule[] = [
  {
    name: `no source file is longer than ${LINES_MAX} lines`,
    check: checkSizes,
    bad: [{ "src/core/a.ts": long }, { "src/world/page/style.css": long }, { ".ci/run": long }],
    good: [{ "test/story.golden.ts": long }, { "README.md": long }, { "src/core/a.ts": long.slice(6) }],
  },
  {
    name: `no entry point is longer than ${ENTRYPOINT_LINES_MAX} lines`,
    check: checkEntrypoints,
    bad: [{ "src/entrypoints/serve.ts": "x;\n".repeat(ENTRYPOINT_LINES_MAX + 1) }],
    good: [{ "src/entrypoints/serve.ts": "x;\n".repeat(ENTRYPOINT_LINES_MAX) }],
  },
  {
    name: "only entry points, scripts and test/ read the environment",
    check: noMatch(
      /^src\/(?!entrypoints\/).*\.ts$/,
      /\bprocess\s*(\?\.|\.)\s*env\b|\bprocess\s*\[|\bimport\s*\{[^}]*\benv\b/g,
      "reads the environment",
    ),
    bad: [
      { "src/app/a.ts": 'const x = process.env["X"];' },
      { "src/adapters/a.ts": "const { X } = process\n  .env;" },
      { "src/world/a.ts": 'const x = process["env"];' },
      { "src/http/a.ts": 'import { env } from "node:process";' },
    ],
    good: [
      { "src/entrypoints/serve.ts": "main(process.env);" },
      { "src/app/a.ts": '// process.env\nconst x = "process.env";' },
    ],
  },
  {
    name: "only adapters, entry points and the page read the machine's clock",
    check: noMatch(
      /^src\/(?!adapters\/|entrypoints\/|world\/page\/|agent\/macos\/)(?!.*\.test\.ts$).*\.ts$/,
      /\bDate\.now\b|\bnew\s+Date\s*(\(\s*\)|;)|(?<!new\s+)\bDate\s*\(/g,
      "reads the machine's clock",
    ),
    bad: [
      { "src/app/a.ts": "const now = Date.now();" },
      { "src/http/a.ts": "const now = new Date();" },
      { "src/world/a.ts": "const now = new Date;" },
      { "src/core/a.ts": "const now = Date();" },
    ],
    good: [
      { "src/http/a.ts": "const text = new Date(now).toISOString();" },
      { "src/adapters/system/clock.ts": "const now = Date.now();" },
      { "src/app/a.ts": "type Now = typeof Date; // Date.now()" },
    ],
  },
  {
    name: "only named exports of a file's own things",
    check: noMatch(
      /\.(ts|mjs)$/,
      /^export\s+(default\b|\*|(type\s*)?\{[^}]*\}\s*from\b)/gm,
      "exports a default or another file's things",
    ),
    bad: [
      { "src/core/a.ts": "export default function a() {}" },
      { "src/core/a.ts": 'export * from "./b.ts";' },
      { "src/core/a.ts": 'export type { B } from "./b.ts";' },
      { "scripts/a.mjs": 'export { b } from "./b.ts";' },
    ],
    good: [{ "src/core/a.ts": "export { a };\nexport const b = 1;\n/* export default */" }],
  },
  {
    name: "no barrels",
    check: checkBarrels,
    bad: [{ "src/core/index.ts": "" }, { "test/index.ts": "" }],
    good: [{ "src/core/index-page.ts": "" }],
  },
  {
    name: "files and folders are named in kebab-case",
    check: checkNames,
    bad: [{ "src/core/handleCommand.ts": "" }, { "src/Core/a.ts": "" }, { "docs/seed_map.md": "" }],
    good: [{ "docs/adr/0001-node-sqlite.md": "" }, { "src/core/a-b.test.ts": "" }, { "README.md": "" }],
  },
];
