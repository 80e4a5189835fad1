import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { storeContract } from "../../ports/contract/store.contract.ts";
import { openSqliteStore } from "./store.ts";

const silent = { info() {}, warn() {}, error() {} };

storeContract("the SQLite store", async () => {
  const folder = mkdtempSync(join(tmpdir(), "hallpass-store-"));
  const store = openSqliteStore({ file: join(folder, "hallpass.db"), log: silent });
  return {
    store,
    settle: async () => undefined,
    async dispose() {
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
});
