/**
 * Stands in for `node:test` while mutants are tried: it only collects, so that the tests of a warm process can be run
 * one by one and as often as there are mutants. It knows what the core's tests use; anything else of `node:test` is
 * missing here and fails at import or call, never silently.
 */

type Body = () => unknown;

/** One test, with the name under which it is reported. */
export interface CollectedTest {
  readonly name: string;
  readonly body: Body;
}

let collected: CollectedTest[] = [];
let headings: readonly string[] = [];

/** `node:test`'s test, with a name and a body; options and contexts are refused. */
export function test(name: string, body: Body): void {
  if (typeof body !== "function" || body.length > 0) {
    throw new TypeError(
      `"${name}": only tests of a name and a body without a context can be tried on mutants`,
    );
  }
  collected.push({ name: [...headings, name].join(" > "), body });
}

/** `node:test`'s describe, without options and hooks. */
export function describe(name: string, body: () => void): void {
  const outer = headings;
  headings = [...outer, name];
  try {
    body();
  } finally {
    headings = outer;
  }
}

/** Hands over what was collected since the last call. */
export function takeCollected(): readonly CollectedTest[] {
  const taken = collected;
  collected = [];
  headings = [];
  return taken;
}
