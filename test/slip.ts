import fc from "fast-check";

/** One slip of the keyboard: a character left out, added, replaced, or swapped with the next. */
export function slip(alphabet: fc.Arbitrary<string>): fc.Arbitrary<(text: string) => string> {
  const kinds = fc.constantFrom("drop", "add", "replace", "swap");
  return fc.record({ at: fc.nat(), kind: kinds, char: alphabet }).map(({ at, kind, char }) => (text) => {
    const index = at % Math.max(1, text.length);
    const [head, tail] = [text.slice(0, index), text.slice(index)];
    if (kind === "drop") return head + tail.slice(1);
    if (kind === "add") return head + char + tail;
    if (kind === "replace") return head + char + tail.slice(1);
    return head + tail.slice(1, 2) + tail.slice(0, 1) + tail.slice(2);
  });
}
