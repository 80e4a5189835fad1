import { parseArgs } from "node:util";

/** So many seeds each bug gets. */
export const SEEDS_MAX = 500;

/** What one run of `npm run sim:bugs` does. */
export interface BugOptions {
  /** Chooses bugs; none: all of them. */
  readonly words: readonly string[];
  readonly seedsMax: number;
  /** Writes the table into docs/simulation.md. */
  readonly writes: boolean;
}

export const USAGE = `npm run sim:bugs [-- WORD… | --write] [--seeds N]

Plants one mistake after another in copies of the tree and runs seeds of the fault simulator on it until one breaks a
law, which has to be the law that the mistake concerns. Then the same seeds run on the tree as it is.

  WORD       only bugs whose name, rule, law or file holds one of the words
  --write    all of them; writes the table in docs/simulation.md anew
  --seeds N  how many seeds a bug gets at most (${SEEDS_MAX})

The bugs are in scripts/sim-bugs/. It fails when a bug is not caught, or by another law than expected, when the
unbroken tree breaks a law in those seeds, and when a line to break does not stand exactly once in its file.`;

/** The options of a command line; undefined when it is not one, or asks for help. */
export function readOptions(args: readonly string[]): BugOptions | undefined {
  try {
    const { values, positionals: words } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        seeds: { type: "string", default: String(SEEDS_MAX) },
        write: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const seedsMax = Number(values.seeds);
    const isWhole = words.length === 0 && seedsMax === SEEDS_MAX;
    const isCount = Number.isSafeInteger(seedsMax) && seedsMax > 0;
    if (values.help || !isCount || (values.write && !isWhole)) return undefined;
    return { words, seedsMax, writes: values.write };
  } catch {
    return undefined;
  }
}
