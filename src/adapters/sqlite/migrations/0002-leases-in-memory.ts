import type { Migration } from "../migrate.ts";

/** Only one process uses a data file, so its leases live in its memory (leases.ts). */
export const leasesInMemory: Migration = {
  number: 2,
  name: "leases in memory",
  sql: "DROP TABLE leases;",
};
