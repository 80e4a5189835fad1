import { maskSource } from "../tidy/mask.ts";

/** A test as its source names it. A name that is put together when it runs fits more than one text. */
export interface NamedTest {
  /** The name as it stands in the source, with `${…}` for what is put in. */
  readonly name: string;
  readonly fits: (name: string) => boolean;
}

/** Functions that declare a test by a name of their first or second argument, with what they put before it. */
const DECLARES: Readonly<Record<string, string>> = {
  test: "",
  it: "",
  rule: "",
  browserTest: "",
  story: "story: ",
};

const CALL = new RegExp(
  `(?<![\\w$.])(${Object.keys(DECLARES).join("|")})\\s*\\(\\s*(?:[\\w$]+\\s*,\\s*)?(["'\`])`,
  "g",
);
/** A name made of less fixed text than this would fit anything. */
const FIXED_MIN = 12;

/** The tests that a source file declares; what stands in comments, texts, `test.skip` or `test.todo` is none. */
export function testsIn(source: string): NamedTest[] {
  return [...maskSource(source).matchAll(CALL)].flatMap((match) => {
    const start = match.index + match[0].length;
    const text = literalAt(source, start, match[2] ?? "");
    return text === undefined ? [] : [namedTest(`${DECLARES[match[1] ?? ""] ?? ""}${text}`)];
  });
}

/** The text of a literal from its first character on, escapes read, `${…}` left standing. */
function literalAt(source: string, start: number, quote: string): string | undefined {
  let text = "";
  for (let at = start; at < source.length; at += 1) {
    const character = source[at] ?? "";
    if (character === quote) return text;
    if (character === "\\") {
      at += 1;
      text += source[at] ?? "";
    } else if (quote === "`" && source.startsWith("${", at)) {
      const end = source.indexOf("}", at);
      text += "${…}";
      at = end;
    } else text += character;
  }
  return undefined;
}

function namedTest(name: string): NamedTest {
  const parts = name.split("${…}");
  if (parts.length === 1) return { name, fits: (other) => other === name };
  const isTellingEnough = parts.join("").length >= FIXED_MIN;
  const pattern = new RegExp(`^${parts.map(escaped).join(".+")}$`);
  return { name, fits: (other) => isTellingEnough && pattern.test(other) };
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
