/** A test that a row names. */
export interface Citation {
  readonly file: string;
  readonly name: string;
}

/** One line of a map: `- **KEY** WORDS → WORDS → SHOWN`. */
export interface Row {
  readonly line: number;
  /** The nearest heading above. */
  readonly section: string;
  readonly key: string;
  /** What stands between the arrows; three parts in a row as it should be. */
  readonly parts: readonly string[];
  readonly citations: readonly Citation[];
  /** The later parts of the product that the row leaves to. */
  readonly areas: readonly string[];
  /** What stands in the last part and is neither a test nor an area. */
  readonly rest: string;
}

const LATER = /_later: ([^_(]+?)(?: \([^)_]*\))?_/g;
const SPAN = /`([^`]+)`/g;

/** The rows of a map. A code span of the last part is a test, `FILE: NAME`; `_later: AREA (what)_` is an area. */
export function readMap(text: string): Row[] {
  let section = "";
  return text.split("\n").flatMap((content, index) => {
    const heading = /^#+ +(.+)$/.exec(content)?.[1];
    if (heading !== undefined) section = heading.trim();
    const match = /^- \*\*(.+?)\*\*(.*)$/.exec(content);
    if (match === null) return [];
    const [, key = "", words = ""] = match;
    return [{ line: index + 1, section, key, ...readParts(words) }];
  });
}

function readParts(words: string): Pick<Row, "parts" | "citations" | "areas" | "rest"> {
  const parts = words.split(" → ").map((part) => part.trim());
  const shown = parts.length === 3 ? (parts[2] ?? "") : "";
  const citations = spansIn(shown).map((span): Citation => {
    const colon = span.indexOf(": ");
    return colon === -1
      ? { file: span, name: "" }
      : { file: span.slice(0, colon), name: span.slice(colon + 2) };
  });
  const areas = [...shown.matchAll(LATER)].map((match) => match[1] ?? "");
  const rest = shown.replaceAll(SPAN, "").replaceAll(LATER, "").replaceAll(/[;\s]/g, "");
  return { parts, citations, areas, rest };
}

/** The code spans of a text. */
export function spansIn(text: string): string[] {
  return [...text.matchAll(SPAN)].map((match) => match[1] ?? "");
}
