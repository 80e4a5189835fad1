import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { CHECKPOINT, type CheckpointDone, type CheckpointWish } from "./checkpoints.ts";

/**
 * The thread that `startCheckpoints` starts: copies the log of the data file `workerData` into the file whenever it is
 * asked to, on a connection of its own, and says how many pages the log had.
 */

const database = new DatabaseSync(String(workerData));
database.exec("PRAGMA synchronous = FULL; PRAGMA fullfsync = ON; PRAGMA wal_autocheckpoint = 0");
const checkpoint = database.prepare(CHECKPOINT);

parentPort?.on("message", (wish: CheckpointWish) => {
  if (wish === "checkpoint") {
    const pages = Number(checkpoint.get()?.["log"]);
    parentPort?.postMessage({ pages } satisfies CheckpointDone);
  } else {
    database.close();
    parentPort?.close();
  }
});
