/**
 * The one text form of a JSON value, so that equal values have equal hashes: no white space, object keys sorted by
 * UTF-16 code units, strings and numbers as ECMAScript writes them (the rules of RFC 8785). What JSON has no place
 * for (undefined, functions) is left out of objects and becomes null elsewhere. Throws `TypeError` for a bigint or
 * a cycle.
 */
export function canonicalJson(value: unknown): string {
  return write(JSON.parse(JSON.stringify(value) ?? "null"));
}

function write(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([left], [right]) => (left < right ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${write(member)}`);
  return `{${members.join(",")}}`;
}
