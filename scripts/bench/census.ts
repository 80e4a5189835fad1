import { DatabaseSync } from "node:sqlite";

/** How many rows and bytes of values each table holds. */
export type Census = Readonly<Record<string, { readonly rows: number; readonly bytes: number }>>;

const TABLES = [
  "requests",
  "guards",
  "quotas",
  "audit",
  "outbox",
  "cards",
  "log_chunks",
  "log_heads",
] as const;

/** Counts a data file that somebody may be writing to. */
export function takeCensus(file: string): Census {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    const counts = TABLES.map((table) => {
      const columns = database.prepare(`PRAGMA table_info(${table})`).all();
      const bytes = columns
        .map(({ name }) => `coalesce(length(CAST(${String(name)} AS BLOB)), 0)`)
        .join(" + ");
      const row = database.prepare(`SELECT count(*) AS rows, total(${bytes}) AS bytes FROM ${table}`).get();
      return [table, { rows: Number(row?.["rows"]), bytes: Number(row?.["bytes"]) }] as const;
    });
    return Object.fromEntries(counts);
  } finally {
    database.close();
  }
}

/** What one of `calls` calls added between two counts, in a few words: `requests +1, audit +2, … 4,321 bytes`. */
export function describeGrowth(before: Census, after: Census, calls: number) {
  const rows: string[] = [];
  let bytes = 0;
  for (const table of TABLES) {
    const grown = ((after[table]?.rows ?? 0) - (before[table]?.rows ?? 0)) / calls;
    bytes += ((after[table]?.bytes ?? 0) - (before[table]?.bytes ?? 0)) / calls;
    if (grown !== 0) rows.push(`${table} +${Number(grown.toFixed(2))}`);
  }
  return { rows: rows.join(", ") || "none", bytes: Math.round(bytes) };
}
