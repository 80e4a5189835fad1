/**
 * Blanks everything in TypeScript source that is not code: comments and the insides of strings, templates and
 * regular expressions become spaces, quotes and line breaks stay. The result has the same length, so an offset in
 * it is an offset in the source, and a plain search in it never finds a word that only stands in a text.
 */
export function maskSource(source: string): string {
  const out = source.split("");
  let at = 0;
  /** For each open template, how many braces are open inside its current `${`. */
  const templates: number[] = [];
  /** The last character of code seen, and the word it ends; they tell a division from a regular expression. */
  let previous = "";

  const blank = (from: number, to: number) => {
    for (let index = from; index < to; index += 1) if (out[index] !== "\n") out[index] = " ";
  };

  while (at < source.length) {
    const character = source[at] ?? "";
    const next = source[at + 1];
    if (character === "/" && (next === "/" || next === "*")) {
      const end = endOfComment(source, at);
      blank(at, end);
      at = end;
    } else if (character === '"' || character === "'") {
      const end = endOfQuoted(source, at, character);
      blank(at + 1, end - 1);
      at = end;
      previous = character;
    } else if (character === "`" || (character === "}" && templates.at(-1) === 0)) {
      if (character === "}") templates.pop();
      const { end, opensExpression } = endOfTemplateText(source, at + 1);
      blank(at + 1, end - (opensExpression ? 2 : 1));
      if (opensExpression) templates.push(0);
      at = end;
      previous = opensExpression ? "{" : "`";
    } else if (character === "/" && startsRegExp(previous)) {
      const end = endOfRegExp(source, at);
      blank(at + 1, end - 1);
      at = end;
      previous = "/x";
    } else {
      const depth = templates.at(-1);
      if (depth !== undefined && character === "{") templates[templates.length - 1] = depth + 1;
      if (depth !== undefined && character === "}") templates[templates.length - 1] = depth - 1;
      if (/[\w$]/.test(character)) {
        const word = /[\w$]+/y;
        word.lastIndex = at;
        previous = word.exec(source)?.[0] ?? character;
        at += previous.length;
      } else {
        if (character.trim() !== "") previous = character;
        at += 1;
      }
    }
  }
  return out.join("");
}

function endOfComment(source: string, start: number): number {
  const isLine = source[start + 1] === "/";
  const end = source.indexOf(isLine ? "\n" : "*/", start + 2);
  if (end === -1) return source.length;
  return isLine ? end : end + 2;
}

function endOfQuoted(source: string, start: number, quote: string): number {
  let at = start + 1;
  while (at < source.length && source[at] !== quote && source[at] !== "\n") at += source[at] === "\\" ? 2 : 1;
  return Math.min(at + 1, source.length);
}

function endOfTemplateText(source: string, start: number): { end: number; opensExpression: boolean } {
  let at = start;
  while (at < source.length) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === "`") return { end: at + 1, opensExpression: false };
    else if (source[at] === "$" && source[at + 1] === "{") return { end: at + 2, opensExpression: true };
    at += 1;
  }
  return { end: source.length, opensExpression: false };
}

function endOfRegExp(source: string, start: number): number {
  let at = start + 1;
  let inClass = false;
  while (at < source.length && source[at] !== "\n" && (inClass || source[at] !== "/")) {
    if (source[at] === "\\") at += 1;
    else if (source[at] === "[") inClass = true;
    else if (source[at] === "]") inClass = false;
    at += 1;
  }
  return Math.min(at + 1, source.length);
}

const WORDS_BEFORE_REGEXP = /^(return|typeof|case|do|else|in|of|void|delete|throw|yield|await)$/;

/** After a value a slash divides; anywhere else it starts a regular expression. */
function startsRegExp(previous: string): boolean {
  if (WORDS_BEFORE_REGEXP.test(previous)) return true;
  return !/[\w$)\]}"'`]$/.test(previous);
}
