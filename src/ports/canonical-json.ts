/**
 * The one text form of a JSON value, so that equal values have equal hashes: no white space, object keys sorted by
 * UTF-16 code units, strings and numbers as ECMAScript writes them (the rules of RFC 8785). What JSON has no place
 * for (undefined, functions) is left out of objects and becomes null elsewhere. Throws `TypeError` for a bigint and
 * `RangeError` for a cycle.
 */
export function canonicalJson(value: unknown): string {
  return write(value) ?? "null";
}

/** Undefined for what JSON has no place for. */
function write(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((item) => write(item) ?? "null").join(",")}]`;
  const members = value as Readonly<Record<string, unknown>>;
  if (typeof members["toJSON"] === "function") return write(members["toJSON"]());
  let text = "";
  // Without a function to compare, strings are sorted by their code units.
  for (const key of Object.keys(members).toSorted()) {
    const member = write(members[key]);
    if (member !== undefined) text += `${text === "" ? "{" : ","}${JSON.stringify(key)}:${member}`;
  }
  return text === "" ? "{}" : `${text}}`;
}
