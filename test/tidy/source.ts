import { maskSource } from "./mask.ts";

/** One import, export-from, dynamic import or import type of a file. */
export interface ImportOf {
  readonly specifier: string;
  readonly line: number;
}

const IMPORT_PATTERNS = [
  // import … from "x"; export … from "x"
  /\b(?:import|export)\b[^;'"`()=]*?\bfrom\s*(["'])/g,
  // import "x"
  /\bimport\s*(["'])/g,
  // import("x"), require("x"), require.resolve("x")
  /\b(?:import|require(?:\.resolve)?)\s*\(\s*(["'`])/g,
];

/** Everything a file imports, in the order of the lines. */
export function importsOf(source: string): ImportOf[] {
  const code = maskSource(source);
  const found = IMPORT_PATTERNS.flatMap((pattern) =>
    [...code.matchAll(pattern)].map((match) => {
      const start = match.index + match[0].length;
      const end = code.indexOf(match[1] ?? "", start);
      return { specifier: source.slice(start, end), line: lineAt(source, match.index) };
    }),
  );
  return found.toSorted((left, right) => left.line - right.line);
}

/** One exported declaration. `documented`: a doc comment stands right above it. */
export interface ExportOf {
  readonly kind: string;
  readonly name: string;
  readonly line: number;
  readonly documented: boolean;
  /** The declaration's first line as written. */
  readonly text: string;
}

const EXPORT_PATTERN =
  /^export\s+(?:declare\s+|abstract\s+|async\s+)*(function\*?|const|class|interface|type|let)\s+([\w$]+)/gm;

/** The exported declarations of a file; `export { … }` lists and re-exports are not declarations. */
export function exportsOf(source: string): ExportOf[] {
  const code = maskSource(source);
  return [...code.matchAll(EXPORT_PATTERN)].map((match) => ({
    kind: match[1] ?? "",
    name: match[2] ?? "",
    line: lineAt(source, match.index),
    documented: endsWithDocComment(source.slice(0, match.index)),
    text: source.slice(match.index).split("\n", 1)[0] ?? "",
  }));
}

function endsWithDocComment(before: string): boolean {
  const text = before.trimEnd();
  if (!text.endsWith("*/")) return false;
  const start = text.lastIndexOf("/*");
  const body = text.slice(start).replaceAll(/[/*\s]/g, "");
  return text.startsWith("/**", start) && body.length > 0;
}

/** The 1-based line of an offset. */
export function lineAt(source: string, offset: number): number {
  return source.slice(0, offset).split("\n").length;
}
