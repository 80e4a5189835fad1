import { lineAt } from "./source.ts";
import { matching, type Rule, type Tree } from "./tree.ts";

// One letter of each word stands in brackets, so that this file does not break its own rules.
const UNFINISHED = /\b(TOD[O]|FIXM[E]|XX[X])\b/g;
const THIS_MACHINE = /(?<![\w.$}*])\/(wor[k]|roo[t])\//g;
const REGISTRY = /registry\.(npmj[s]\.org|yarnpk[g]\.com)|deb\.debia[n]\.org/g;

function find(tree: Tree, files: RegExp, pattern: RegExp, why: string): string[] {
  return matching(tree, files).flatMap(([path, text]) =>
    [...text.matchAll(pattern)].map((match) => `${path}:${lineAt(text, match.index)} ${why} (${match[0]})`),
  );
}

/** The lockfile names packages by version and content hash; an address would tie it to one machine's registry. */
function checkRegistries(tree: Tree): string[] {
  const own = process.env["npm_config_registry"];
  const host = own === undefined ? undefined : new URL(own).host;
  const named = [...tree.files].filter(([, text]) => host !== undefined && text.includes(host));
  return [
    ...find(tree, /^/, REGISTRY, "names a package registry"),
    ...find(tree, /^package-lock\.json$/, /"resolved": "https?:/g, "names a package registry"),
    ...named.map(([path]) => `${path} names this machine's package registry`),
  ];
}

function checkExecutables(tree: Tree): string[] {
  return [...tree.files]
    .filter(([path, text]) => path.endsWith(".sh") || text.startsWith("#!"))
    .filter(([path]) => !tree.executables.has(path))
    .map(([path]) => `${path} is a script that cannot be executed (chmod +x)`);
}

const word = ["TO", "DO"].join("");
const home = ["", "root", ""].join("/");
const registry = ["registry", "npmjs", "org"].join(".");

/** The rules about what no file may hold. */
export const HYGIENE_RULES: readonly Rule[] = [
  {
    name: "nothing is left marked as unfinished",
    check: (tree) => find(tree, /^(?!package-lock\.json$)/, UNFINISHED, "is marked unfinished"),
    bad: [{ "src/core/a.ts": `// ${word}: later` }, { "README.md": `A list\n- ${word} more` }],
    good: [{ "src/core/a.ts": "const todoCount = 1;" }],
  },
  {
    name: "nothing names a path of the machine it was written on",
    check: (tree) => find(tree, /^(?!package-lock\.json$)/, THIS_MACHINE, "names a path of one machine"),
    bad: [{ "docs/a.md": `see ${home}notes` }, { "src/core/a.ts": `"${["", "work", "main"].join("/")}"` }],
    good: [{ "src/agent/a.ts": `"/var${home}.iru-elevation/meta.json"` }],
  },
  {
    name: "no file names a package registry",
    check: checkRegistries,
    bad: [
      { "package-lock.json": '"resolved": "https://registry.example/x.tgz"' },
      { ".npmrc": `registry=https://${registry}/` },
    ],
    good: [{ "package-lock.json": '"integrity": "sha512-x"' }],
  },
  {
    name: "scripts can be executed",
    check: checkExecutables,
    bad: [{ "scripts/a.sh": "echo" }, { ".ci/run": "#!/usr/bin/env bash\n" }],
    good: [{ "scripts/a.ts": "export const a = 1;" }],
  },
];
