import { DatabaseSync } from "node:sqlite";
import { hashKey } from "../../src/app/device-keys.ts";
import { generatedUidOf, keyOf, requestIdOf, serialOf } from "./cast.ts";
import { LIFE_STAGES, type LifeStage, PROTOTYPES, type PrototypeIds } from "./lives.ts";

/** So many Macs, from number `from` on, lived as far as `stage`. */
export interface Share {
  readonly stage: LifeStage;
  readonly from: number;
  readonly count: number;
}

/** Which rows of a table belong to one life; `:id` is its request, `:serial` its Mac. */
const ROWS_OF_A_LIFE: Readonly<Record<string, string>> = {
  macs: "serial = :serial",
  guards: "key LIKE '%' || :serial || '%' OR owner = :id",
  requests: "id = :id",
  cards: "request_id = :id",
  beats: "request_id = :id",
  log_heads: "request_id = :id",
  log_chunks: "request_id = :id",
  outbox: "stream = :id",
  audit: "stream IN (:id, 'mac:' || :serial)",
};

/**
 * Copies the prototypes' rows for every Mac of `shares`, with the Mac's own serial, key, user and request. Written
 * straight into the file, without journal and in the order of the ids, so that a million takes minutes and not hours;
 * the append-only triggers are put back.
 */
export function fill(file: string, ids: PrototypeIds, shares: readonly Share[]): void {
  const database = new DatabaseSync(file, { defensive: false });
  try {
    database.exec("PRAGMA journal_mode = DELETE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    database.exec("PRAGMA cache_size = -1000000");
    database.exec("PRAGMA temp_store = MEMORY");
    const triggers = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'").all();
    for (const { name } of triggers) database.exec(`DROP TRIGGER ${String(name)}`);
    database.exec(`CREATE TEMP TABLE people
      (id TEXT PRIMARY KEY, number INTEGER, serial TEXT, uid TEXT, key_hash TEXT) STRICT, WITHOUT ROWID`);
    const idOf = (stage: LifeStage) => (stage === "enrolled" ? "" : ids[stage]);
    for (const stage of LIFE_STAGES) keepPrototype(database, stage, idOf(stage));
    for (const share of shares) copyShare(database, share, idOf(share.stage));
    for (const { sql } of triggers) database.exec(String(sql));
    database.exec("PRAGMA optimize; PRAGMA journal_mode = WAL");
  } finally {
    database.close();
  }
}

function keepPrototype(database: DatabaseSync, stage: LifeStage, id: string): void {
  const life = { id, serial: serialOf(PROTOTYPES[stage]) };
  for (const [table, rows] of Object.entries(ROWS_OF_A_LIFE)) {
    const where = rows.replaceAll(":id", `'${life.id}'`).replaceAll(":serial", `'${life.serial}'`);
    database.exec(`CREATE TEMP TABLE ${stage}_${table} AS SELECT * FROM main.${table} WHERE ${where}`);
  }
}

function copyShare(database: DatabaseSync, { stage, from, count }: Share, id: string): void {
  const number = PROTOTYPES[stage];
  const swaps = [
    ["serial", serialOf(number)],
    ["uid", generatedUidOf(number)],
    ["key_hash", hashKey(keyOf(number))],
    ...(id === "" ? [] : [["id", id]]),
  ];
  const copies = Object.keys(ROWS_OF_A_LIFE).map((table) => {
    const columns = database.prepare(`PRAGMA table_info(${table})`).all();
    const values = columns.map(({ name, type }) =>
      type === "TEXT"
        ? swaps.reduce(
            (value, [mine, theirs]) => `replace(${value}, '${theirs}', people.${mine})`,
            `life.${String(name)}`,
          )
        : `life.${String(name)}`,
    );
    return database.prepare(
      `INSERT INTO main.${table} SELECT ${values.join(", ")} FROM people CROSS JOIN ${stage}_${table} AS life`,
    );
  });
  const person = database.prepare("INSERT INTO people VALUES (?, ?, ?, ?, ?)");
  database.exec("BEGIN; DELETE FROM people");
  for (let one = from; one < from + count; one += 1) {
    person.run(requestIdOf(one), one, serialOf(one), generatedUidOf(one), hashKey(keyOf(one)));
  }
  for (const copy of copies) copy.run();
  database.exec("COMMIT");
}
