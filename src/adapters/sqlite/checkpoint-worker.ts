import { fdatasyncSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { CHECKPOINT, type CheckpointDone, type CheckpointFile, type CheckpointWish } from "./checkpoints.ts";

/**
 * The thread that `startCheckpoints` starts: copies the log of the data file into the file whenever it is asked to, on a
 * connection of its own, and says how many pages the log had.
 */

const { file, descriptor } = workerData as CheckpointFile;
const database = new DatabaseSync(file);
database.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 0");
const checkpoint = database.prepare(CHECKPOINT);

/** Writes go on meanwhile. The first sync takes the longest; each round after it finds less to copy and to sync. */
const ROUNDS = 3;

function copyAndSync(): number {
  let pages = 0;
  fdatasyncSync(descriptor);
  for (let round = 0; round < ROUNDS; round += 1) {
    pages = copy();
    fdatasyncSync(descriptor);
  }
  return pages;
}

function copy(): number {
  return Number(checkpoint.get()?.["log"]);
}

parentPort?.on("message", (wish: CheckpointWish) => {
  if (wish === "end") {
    database.close();
    parentPort?.close();
    return;
  }
  const pages = wish === "checkpoint" ? copy() : copyAndSync();
  parentPort?.postMessage({ pages } satisfies CheckpointDone);
});
