import { posix } from "node:path";
import { importsOf } from "./source.ts";
import { matching, type Rule, type Tree } from "./tree.ts";

/** What the files of one place may import. Patterns are matched from the start of a path or package name. */
interface Place {
  readonly files: RegExp;
  readonly own: RegExp;
  /** Packages and node: modules. */
  readonly outside: RegExp;
}

const NONE = /^(?!)/;
const ANY = /^/;
const NODE_CLOCKS = "timers|timers/promises|perf_hooks|process";

/**
 * The arrows of ARCHITECTURE.md, `core <- ports <- app <- http <- entrypoints`. The first place that matches a
 * file counts. A file that matches none is not checked: tests and scripts may import what they need.
 */
const PLACES: readonly Place[] = [
  { files: /\.test\.ts$/, own: /^(?!src\/entrypoints\/)/, outside: ANY },
  { files: /^src\/core\//, own: /^src\/core\//, outside: NONE },
  {
    files: /^src\/ports\/contract\//,
    own: /^src\/(core|ports)\//,
    outside: /^(node:(test|assert|assert\/strict|crypto)|fast-check)$/,
  },
  { files: /^src\/ports\//, own: /^src\/(core|ports)\//, outside: /^node:crypto$/ },
  { files: /^src\/wire\//, own: /^src\/(core|wire)\//, outside: /^zod$/ },
  { files: /^src\/app\//, own: /^src\/(core|ports|wire|app)\//, outside: /^node:(crypto|async_hooks|util)$/ },
  {
    files: /^src\/http\//,
    own: /^src\/(core|ports|wire|app|http)\//,
    outside: new RegExp(`^(node:(?!(${NODE_CLOCKS}|sqlite|child_process)$)|hono(/|$)|zod$)`),
  },
  { files: /^src\/adapters\//, own: /^src\/(core|ports|adapters)\//, outside: ANY },
  {
    files: /^src\/composition\//,
    own: /^src\/(core|ports|wire|app|http|adapters|composition)\//,
    outside: /^(node:|hono(\/|$))/,
  },
  {
    files: /^src\/agent\/core\//,
    own: /^src\/(core\/(time|ids)\.ts|wire\/|agent\/core\/)/,
    outside: /^node:crypto$/,
  },
  {
    files: /^src\/agent\//,
    own: /^src\/(core\/(time|ids)\.ts|wire\/|agent\/)/,
    outside: /^(node:|zod$)/,
  },
  {
    files: /^src\/world\//,
    own: /^src\/(?!entrypoints\/)/,
    outside: new RegExp(`^(?!node:(${NODE_CLOCKS}|sqlite)$)`),
  },
  { files: /^src\/entrypoints\/demo\.ts$/, own: /^src\//, outside: ANY },
  { files: /^src\/entrypoints\//, own: /^src\/(?!world\/)/, outside: ANY },
];

function checkArrows(tree: Tree): string[] {
  return matching(tree, /^src\/.*\.ts$/).flatMap(([path, text]) => {
    const place = PLACES.find((each) => each.files.test(path));
    if (place === undefined) return [`${path}: no place of the architecture; add it to test/tidy/arrows.ts`];
    return importsOf(text)
      .filter(({ specifier }) => !isAllowed(path, specifier, place))
      .map(({ specifier, line }) => `${path}:${line} may not import ${specifier}`);
  });
}

function isAllowed(path: string, specifier: string, place: Place): boolean {
  if (!specifier.startsWith(".")) return place.outside.test(specifier);
  const target = posix.normalize(posix.join(posix.dirname(path), specifier));
  // Tests of an entry point's own parts sit beside it.
  if (path.startsWith("src/entrypoints/") && target.startsWith("src/entrypoints/")) return true;
  return place.own.test(target);
}

/** Adapters turn the core's values into the world's; they never decide. */
const DECIDING = /^src\/core\/(decide[\w-]*|decision|evolve|rules)\.ts$/;

function checkAdaptersDecideNothing(tree: Tree): string[] {
  return matching(tree, /^src\/adapters\/(?!.*\.test\.ts$).*\.ts$/).flatMap(([path, text]) =>
    importsOf(text)
      .filter(({ specifier }) => DECIDING.test(posix.join(posix.dirname(path), specifier)))
      .map(({ specifier, line }) => `${path}:${line} imports ${specifier}: deciding is the core's work`),
  );
}

/** Who may import a package: paths are matched from the start. Tests may use every one. */
const PACKAGE_PLACES: readonly { readonly package: RegExp; readonly places: RegExp }[] = [
  { package: /^(@slack\/web-api|@aws-sdk\/)/, places: /^(src\/adapters|scripts|test)\// },
  { package: /^zod($|\/)/, places: /^(src\/(adapters|http|agent|wire|entrypoints|world)|scripts|test)\// },
  { package: /^@hono\/node-server$/, places: /^(src\/(adapters|entrypoints|world)|scripts|test)\// },
  { package: /^node:sqlite$/, places: /^(src\/adapters|scripts|test)\// },
];

function checkPackagePlaces(tree: Tree): string[] {
  return matching(tree, /^(?!.*\.test\.ts$).*\.(ts|mjs)$/).flatMap(([path, text]) =>
    importsOf(text)
      .filter(({ specifier }) =>
        PACKAGE_PLACES.some((rule) => rule.package.test(specifier) && !rule.places.test(path)),
      )
      .map(({ specifier, line }) => `${path}:${line} may not import ${specifier}`),
  );
}

const from = (specifier: string) => `import { x } from "${specifier}";\n`;

/** The import rules. */
export const ARROW_RULES: readonly Rule[] = [
  {
    name: "imports follow the arrows",
    check: checkArrows,
    bad: [
      { "src/core/a.ts": from("../ports/store.ts") },
      { "src/core/a.ts": from("node:fs") },
      { "src/core/a.ts": 'import type { X } from "zod";' },
      { "src/core/a.ts": 'type X = import("../app/service.ts").X;' },
      { "src/ports/a.ts": from("../app/service.ts") },
      { "src/ports/a.ts": from("hono") },
      { "src/app/a.ts": from("../http/device.ts") },
      { "src/app/views/a.ts": from("../../adapters/memory/store.ts") },
      { "src/app/a.ts": from("zod") },
      { "src/http/a.ts": from("../adapters/slack/verify.ts") },
      { "src/http/a.ts": from("node:sqlite") },
      { "src/adapters/memory/a.ts": from("../../app/service.ts") },
      { "src/adapters/memory/a.ts": 'export { x } from "../../http/device.ts";' },
      { "src/agent/core/a.ts": from("../../core/request.ts") },
      { "src/agent/core/a.ts": from("node:os") },
      { "src/agent/macos/a.ts": from("../../app/service.ts") },
      { "src/world/a.ts": from("../entrypoints/demo.ts") },
      { "src/composition/a.ts": from("../world/clock.ts") },
      { "src/world/a.ts": from("node:timers/promises") },
      { "src/app/a.test.ts": 'await import("../entrypoints/serve.ts");' },
      { "src/entrypoints/serve.ts": from("../world/demo.ts") },
      { "src/elsewhere/a.ts": "" },
    ],
    good: [
      { "src/core/a.ts": '// import { x } from "../ports/store.ts";\nconst text = "import \\"zod\\"";' },
      { "src/app/views/a.ts": from("../../ports/store.ts") },
      { "src/app/a.test.ts": from("../world/clock.ts") },
      { "src/entrypoints/demo.ts": from("../world/demo.ts") },
      { "src/entrypoints/config.test.ts": from("./config.ts") },
      { "src/agent/core/a.ts": from("../../wire/device.ts") },
    ],
  },
  {
    name: "adapters decide nothing",
    check: checkAdaptersDecideNothing,
    bad: [{ "src/adapters/slack/a.ts": from("../../core/decide.ts") }],
    good: [{ "src/adapters/slack/a.ts": from("../../core/ids.ts") }],
  },
  {
    name: "each package has its place",
    check: checkPackagePlaces,
    bad: [
      { "src/http/slack.ts": from("@slack/web-api") },
      { "src/app/a.ts": from("zod") },
      { "src/core/a.ts": from("zod/mini") },
      { "src/http/a.ts": from("@hono/node-server") },
      { "src/world/a.ts": from("node:sqlite") },
    ],
    good: [
      { "src/adapters/slack/a.ts": from("@slack/web-api") },
      { "src/app/a.test.ts": from("node:sqlite") },
    ],
  },
];
