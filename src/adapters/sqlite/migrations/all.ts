import type { Migration } from "../migrate.ts";
import { firstTables } from "./0001-first-tables.ts";

/** Every migration there is, in order. */
export const MIGRATIONS: readonly Migration[] = [firstTables];
