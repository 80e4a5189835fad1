import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMemoryStore } from "../../adapters/memory/store.ts";
import { openSqliteStore } from "../../adapters/sqlite/store.ts";
import type { SimStore } from "./service-lives.ts";

export type StoreKind = "memory" | "sqlite";

/** A store for one seed. In memory the object itself outlives the process; SQLite is a file, opened anew each time. */
export function createSimStore(kind: StoreKind, folder: string = tmpdir()): SimStore {
  if (kind === "memory") {
    const store = createMemoryStore();
    return { open: () => ({ ...store, close: async () => undefined }), remove: () => undefined };
  }
  const home = mkdtempSync(join(folder, "hallpass-sim-"));
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  return {
    open: () => openSqliteStore({ file: join(home, "hallpass.sqlite"), log }),
    remove: () => rmSync(home, { recursive: true, force: true }),
  };
}
