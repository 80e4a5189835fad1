import { matching, type Tree } from "../tidy/tree.ts";
import { type Citation, readMap, type Row, spansIn } from "./read-map.ts";
import { type NamedTest, testsIn } from "./test-names.ts";

/** The parts of the product that come later, as the maps may name them. */
const AREAS = ["AWS", "Mac agent", "request form", "dashboard", "risk scoring", "set-up tools"] as const;

/** What a map of the asked-for has to list: phrases by heading. */
export type Phrases = Readonly<Record<string, readonly string[]>>;

/** Every file of tests in a tree. */
function testFiles(tree: Tree): ReadonlyMap<string, readonly NamedTest[]> {
  const files = matching(
    tree,
    /^(src|test|scripts)\/.*(\.test|\.contract)\.ts$|^src\/ports\/contract\/.*\.ts$/,
  );
  return new Map(files.map(([path, text]) => [path, testsIn(text)]));
}

/** One sentence for each thing that is wrong with `docs/rivals.md`, which has to have the rows W1 to W`count`. */
export function checkRivals(tree: Tree, path: string, count: number): string[] {
  const rows = readMap(tree.files.get(path) ?? "");
  const tests = testFiles(tree);
  const wanted = Array.from({ length: count }, (_, index) => `W${index + 1}`);
  return [
    ...wanted.flatMap((key) => countProblems(path, key, rows.filter((row) => row.key === key).length)),
    ...rows.filter((row) => !wanted.includes(row.key)).map((row) => at(path, row, "is no W-number")),
    ...rows.flatMap((row) => rowProblems(path, row, tests)),
    ...rows
      .filter(
        (row) =>
          row.citations.length > 0 && !row.citations.some(({ name }) => numbersIn(name).includes(row.key)),
      )
      .map((row) => at(path, row, "cites no test that carries the number in its name")),
    ...unciteds(tests, rows).map((test) => `${path}: ${test} is not cited by the row of its number`),
  ];
}

function countProblems(path: string, key: string, count: number): string[] {
  return count === 1 ? [] : [`${path}: ${key} has ${count} rows`];
}

function numbersIn(name: string): string[] {
  return name.match(/\bW\d+\b/g) ?? [];
}

/** Tests whose name carries a W-number that does not cite them. */
function unciteds(tests: ReadonlyMap<string, readonly NamedTest[]>, rows: readonly Row[]): string[] {
  return [...tests].flatMap(([file, named]) =>
    named.flatMap((test) =>
      numbersIn(test.name)
        .filter((number) => {
          const cited = rows.filter((row) => row.key === number).flatMap((row) => row.citations);
          return !cited.some((citation) => citation.file === file && test.fits(citation.name));
        })
        .map((number) => `${number} in "${file}: ${test.name}"`),
    ),
  );
}

/** One sentence for each thing that is wrong with `docs/seed-map.md`, which has to list these phrases. */
export function checkSeedMap(tree: Tree, path: string, phrases: Phrases): string[] {
  const rows = readMap(tree.files.get(path) ?? "");
  const tests = testFiles(tree);
  const isWanted = (row: Row) => phrases[row.section]?.includes(row.key) ?? false;
  return [
    ...Object.entries(phrases).flatMap(([section, keys]) =>
      keys.flatMap((key) => {
        const found = rows.filter((row) => row.section === section && row.key === key).length;
        return countProblems(path, `"${key}" under "${section}"`, found);
      }),
    ),
    ...rows.filter((row) => !isWanted(row)).map((row) => at(path, row, "was not asked for")),
    ...rows.flatMap((row) => [...rowProblems(path, row, tests), ...placeProblems(tree, path, row)]),
  ];
}

/** Where the thing is: files or folders that exist. What is only later has no place yet. */
function placeProblems(tree: Tree, path: string, row: Row): string[] {
  const places = spansIn(row.parts[1] ?? "");
  const exists = (place: string) =>
    tree.paths.has(place) || [...tree.paths].some((each) => each.startsWith(`${place}/`));
  const problems = places
    .filter((place) => !exists(place))
    .map((place) => at(path, row, `says that it is in ${place}, which does not exist`));
  if (row.citations.length > 0 && places.length === 0) problems.push(at(path, row, "says not where it is"));
  return problems;
}

function at(path: string, row: Row, problem: string): string {
  return `${path}:${row.line} ${row.key} ${problem}`;
}

function rowProblems(path: string, row: Row, tests: ReadonlyMap<string, readonly NamedTest[]>): string[] {
  const { parts, citations, areas, rest } = row;
  if (parts.length !== 3) return [at(path, row, `has ${parts.length} parts between arrows, not 3`)];
  const problems: string[] = [];
  if (parts[1] === "") problems.push("does not say what there is");
  if (citations.length === 0 && areas.length === 0) problems.push("names neither a test nor a later part");
  if (rest !== "") problems.push(`holds words that are neither a test nor a later part: ${rest}`);
  for (const area of areas) {
    if (!(AREAS as readonly string[]).includes(area)) problems.push(`names no later part of ours: ${area}`);
  }
  for (const citation of citations) problems.push(...citationProblems(citation, tests));
  return problems.map((problem) => at(path, row, problem));
}

function citationProblems(
  { file, name }: Citation,
  tests: ReadonlyMap<string, readonly NamedTest[]>,
): string[] {
  const named = tests.get(file);
  if (named === undefined) return [`cites ${file}, which is no file of tests`];
  return named.some((test) => test.fits(name)) ? [] : [`cites a test that ${file} does not have: ${name}`];
}
