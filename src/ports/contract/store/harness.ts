import { test } from "node:test";
import type { Store } from "../../store.ts";

/** A store under test, empty at the start. */
export interface StoreHarness {
  readonly store: Store;
  /** Resolves when the listings show everything written so far; at once where they never lag. */
  readonly settle: () => Promise<void>;
  /** Frees what the harness took: files, tables, connections. */
  readonly dispose: () => Promise<void>;
}

export type MakeStore = () => Promise<StoreHarness>;

/** Declares one test of the contract, run on a store of its own. */
export function rule(
  makeStore: MakeStore,
  title: string,
  body: (harness: StoreHarness) => Promise<void>,
): void {
  test(title, async () => {
    const harness = await makeStore();
    try {
      await body(harness);
    } finally {
      await harness.dispose();
    }
  });
}
