import { type ExportOf, exportsOf } from "./source.ts";
import { matching, type Rule, type Tree } from "./tree.ts";

const DOCUMENTED = /^src\/(ports|core|app|http|adapters|agent)\/(?!contract\/|.*\.test\.ts$).*\.ts$/;

/** What a name or a line already says in full needs no sentence of its own. */
const SELF_EXPLAINING: readonly { readonly reason: string; readonly matches: (item: ExportOf) => boolean }[] =
  [
    {
      reason: "a constant whose name ends in its unit is its own explanation",
      matches: ({ kind, name }) => kind === "const" && /_(MS|SECONDS|MINUTES|BYTES|MAX|MIN)$/.test(name),
    },
    {
      reason: "a pattern states exactly what it matches",
      matches: ({ kind, name }) => kind === "const" && name.endsWith("_PATTERN"),
    },
    {
      reason: "an alias that only looks a part up in something documented",
      matches: ({ kind, text }) =>
        kind === "type" &&
        /^export type \w+ = (\(typeof \w+\)\[number\]|\w+(<typeof \w+>)?\["\w+"\]|keyof \w+);$/.test(text),
    },
    {
      reason: "the type of a schema or a function that is documented itself",
      matches: ({ kind, text }) =>
        kind === "type" && /^export type \w+ = (z\.(infer|input|output)|ReturnType)<typeof \w+>;$/.test(text),
    },
  ];

function checkDocstrings(tree: Tree): string[] {
  return matching(tree, DOCUMENTED).flatMap(([path, text]) => {
    const items = exportsOf(text);
    return items
      .filter((item, index) => !item.documented && !isOverload(items, index))
      .filter((item) => !SELF_EXPLAINING.some((exception) => exception.matches(item)))
      .map(({ line, kind, name }) => `${path}:${line} ${kind} ${name} has no doc comment`);
  });
}

/** The second and later signatures of one function share the first one's comment. */
function isOverload(items: readonly ExportOf[], index: number): boolean {
  const item = items[index];
  const before = items[index - 1];
  return item?.kind === "function" && before?.kind === "function" && before.name === item.name;
}

/** The rule that every public thing says what it promises. */
export const DOCSTRING_RULES: readonly Rule[] = [
  {
    name: "every exported declaration carries a doc comment",
    check: checkDocstrings,
    bad: [
      { "src/core/a.ts": "export function a(): void {}" },
      { "src/app/a.ts": "/* Not a doc comment. */\nexport const a = 1;" },
      { "src/ports/a.ts": "// No.\nexport interface A {}" },
      { "src/http/a.ts": "/** Of b. */\nconst b = 1;\nexport type A = string;" },
      { "src/adapters/memory/a.ts": "/** */\nexport async function a(): Promise<void> {}" },
      { "src/agent/core/a.ts": "export class A {}" },
      { "src/core/a.ts": "export type A = string;" },
    ],
    good: [
      { "src/core/a.ts": "/** Does a. */\nexport function a(): void {}\nexport const B_MS = 1;" },
      {
        "src/core/a.ts":
          '/** All. */\nexport const AS = ["a"] as const;\nexport type A = (typeof AS)[number];',
      },
      {
        "src/core/a.ts":
          '/** All. */\nexport interface A {}\nexport type B = keyof A;\nexport type C = A["c"];',
      },
      { "src/core/a.test.ts": "export const a = 1;" },
      { "src/wire/a.ts": "export const a = 1;" },
      {
        "src/core/a.ts":
          "/** Does a. */\nexport function a(x: 1): 1;\nexport function a(x: 2): 2;\nexport function a(x: 1 | 2) {\n  return x;\n}",
      },
    ],
  },
];
