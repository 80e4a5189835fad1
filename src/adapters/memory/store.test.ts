import { storeContract } from "../../ports/contract/store.contract.ts";
import { createMemoryStore } from "./store.ts";

storeContract("the memory store", async () => {
  const store = createMemoryStore();
  return { store, settle: async () => undefined, dispose: () => store.close() };
});
