/**
 * The one text form of a JSON value, so that equal values have equal hashes: no white space, object keys sorted by
 * UTF-16 code units, strings and numbers as ECMAScript writes them (the rules of RFC 8785). What JSON has no place
 * for (undefined, functions) is left out of objects and becomes null elsewhere. Throws `TypeError` for a bigint or
 * a cycle.
 */
export function canonicalJson(value: unknown): string {
  return canonicalText(JSON.stringify(value) ?? "null");
}

/** The canonical form of a value that is JSON text already. */
export function canonicalText(json: string): string {
  return write(JSON.parse(json));
}

function write(value: unknown): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  const members = value as Readonly<Record<string, unknown>>;
  let text = "";
  // Without a function to compare, strings are sorted by their code units.
  for (const key of Object.keys(members).toSorted()) {
    text += `${text === "" ? "{" : ","}${JSON.stringify(key)}:${write(members[key])}`;
  }
  return text === "" ? "{}" : `${text}}`;
}
