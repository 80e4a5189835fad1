import { describe } from "node:test";
import { aliasingRules } from "./store/aliasing.ts";
import { atomicityRules } from "./store/atomicity.ts";
import { auditRules } from "./store/audit.ts";
import { guardAndQuotaRules } from "./store/guards-and-quotas.ts";
import type { MakeStore } from "./store/harness.ts";
import { leaseRules } from "./store/leases.ts";
import { listingRules } from "./store/listings.ts";
import { modelRules } from "./store/model.ts";
import { outboxRules } from "./store/outbox.ts";
import { sessionLogRules } from "./store/session-log.ts";
import { versionRules } from "./store/versions.ts";
import { workRules } from "./store/work.ts";

/**
 * Declares the tests that every adapter of the Store port must pass. `makeStore` gives each test an empty store;
 * its `settle` lets an adapter whose listings lag catch up before they are looked at.
 */
export function storeContract(name: string, makeStore: MakeStore): void {
  describe(`${name} keeps the store contract`, () => {
    versionRules(makeStore);
    atomicityRules(makeStore);
    guardAndQuotaRules(makeStore);
    auditRules(makeStore);
    sessionLogRules(makeStore);
    outboxRules(makeStore);
    workRules(makeStore);
    listingRules(makeStore);
    leaseRules(makeStore);
    aliasingRules(makeStore);
    modelRules(makeStore);
  });
}
