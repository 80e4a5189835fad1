import type { Migration } from "../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";
import { leasesInMemory } from "./0002-leases-in-memory.ts";
import { cardsAreTriedAgain } from "./0003-cards-are-tried-again.ts";

/** Every migration there is, in order. */
export const MIGRATIONS: readonly Migration[] = [firstTables, leasesInMemory, cardsAreTriedAgain];
