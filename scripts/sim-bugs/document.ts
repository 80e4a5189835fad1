import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { table } from "../docs/markdown-table.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** Where the table of the planted bugs stands. */
export const DOCUMENT = "docs/simulation.md";
const BEGIN = "<!-- written by `npm run sim:bugs -- --write` -->";
const END = "<!-- end -->";
const HEAD = ["planted bug", "what it does", "rule", "file", "law", "seeds"];

/** One line of the table. */
export interface TableRow {
  readonly name: string;
  readonly rule: string;
  readonly file: string;
  readonly law: string;
  readonly seeds: number;
}

/** Writes the table between its marks in the document, and has it formatted. */
export function writeTable(
  root: string,
  caught: ReadonlyMap<PlantedBug, { readonly seed: number; readonly law: string }>,
): void {
  const path = join(root, DOCUMENT);
  const rows = [...caught]
    .toSorted(([a], [b]) => (a.file < b.file || (a.file === b.file && a.name < b.name) ? -1 : 1))
    .map(([{ name, does, rule, file }, { law, seed }]) => [
      name,
      does,
      rule,
      `\`${file}\``,
      law,
      String(seed),
    ]);
  const { before, after } = partsOf(readFileSync(path, "utf8"));
  writeFileSync(path, `${before}${BEGIN}\n\n${table(HEAD, rows).join("\n")}\n\n${END}${after}`);
  spawnSync(join(root, "node_modules", ".bin", "oxfmt"), [path], { cwd: root, stdio: "inherit" });
}

/** The rows of the table as the document at `root` has them. */
export function readTable(root: string): readonly TableRow[] {
  const { between } = partsOf(readFileSync(join(root, DOCUMENT), "utf8"));
  const lines = between.split("\n").filter((line) => line.startsWith("|"));
  return lines.slice(2).map((line) => {
    const [name = "", , rule = "", file = "", law = "", seeds = ""] = line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { name, rule, file: file.replaceAll("`", ""), law, seeds: Number(seeds) };
  });
}

function partsOf(text: string): {
  readonly before: string;
  readonly between: string;
  readonly after: string;
} {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END, begin);
  if (begin < 0 || end < 0) throw new Error(`${DOCUMENT} has no place for the table of planted bugs`);
  return {
    before: text.slice(0, begin),
    between: text.slice(begin + BEGIN.length, end),
    after: text.slice(end + END.length),
  };
}
