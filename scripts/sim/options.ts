import { parseArgs } from "node:util";
import type { SeedLength } from "../../src/world/sim/run-seed.ts";
import type { StoreKind } from "../../src/world/sim/sim-stores.ts";

/** What one run of the simulator does. */
export interface SimOptions {
  readonly first: number;
  readonly seeds: number;
  readonly store: StoreKind;
  readonly length: SeedLength;
  /** Goes on after a failed seed. */
  readonly keepGoing: boolean;
}

export const USAGE = `npm run sim -- [--seeds N] [--seed N] [--store memory|sqlite] [--short] [--stop]

  --seeds N     how many seeds (200, or 1 with --seed)
  --seed N      the first seed (1); alone it replays that one, with --seeds M it starts there
  --store KIND  memory (the default) or sqlite
  --short       shorter worlds whose people end what is open, as npm test has them
  --stop        ends at the first seed that fails
  --help        this text

Each seed is a world of its own: Macs, people, an attacker, Slack, Iru and the service, with faults whose chances are
drawn from the seed. A failed seed prints its faults, the last events of the Mac and the request concerned, and how
to replay it. From 2,000 seeds on, anything that never occurred is a failure too. docs/simulation.md says more.`;

/** The options of a command line; undefined when it is not one, or asks for help. */
export function readOptions(args: readonly string[]): SimOptions | undefined {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: "string" },
        seeds: { type: "string" },
        store: { type: "string", default: "memory" },
        short: { type: "boolean", default: false },
        stop: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    });
    const first = Number(values.seed ?? "1");
    const seeds = Number(values.seeds ?? (values.seed === undefined ? "200" : "1"));
    const { store } = values;
    const isCount = Number.isSafeInteger(first) && first >= 0 && Number.isSafeInteger(seeds) && seeds > 0;
    if (values.help || !isCount || (store !== "memory" && store !== "sqlite")) return undefined;
    return { first, seeds, store, length: values.short ? "short" : "whole", keepGoing: !values.stop };
  } catch {
    return undefined;
  }
}
