import { closeSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import type { Log } from "../../ports/log.ts";

/** Copies what it can without waiting for anybody, and keeps nobody waiting (sqlite.org/pragma.html#pragma_wal_checkpoint). */
export const CHECKPOINT = "PRAGMA wal_checkpoint(PASSIVE)";

/** What the operating log says when the thread is gone. */
export const NO_THREAD = "checkpoints are made within COMMIT from now on";

/** What the thread works on: the data file, and a descriptor of it that stays open longer than the thread. */
export interface CheckpointFile {
  readonly file: string;
  readonly descriptor: number;
}

/** What the thread is asked for: to copy; to copy and have the copy on disk; to end. */
export type CheckpointWish = "checkpoint" | "checkpoint and sync" | "end";

/** What the thread answers: how many pages the log had. */
export interface CheckpointDone {
  readonly pages: number;
}

const LIMITS = {
  /**
   * After so many writes the log is copied. While that goes on, commits share the disk with it and take longer; how
   * long it goes on depends little on how much there is to copy, since the same pages are written again and again.
   */
  everyWrites: 1_000,
  /** With so many pages (48 MiB, less than what SQLite cuts off: `journal_size_limit`) the log is begun anew. */
  logPagesMax: 12_288,
};

/** SQLite's own limits for a checkpoint within COMMIT: when the thread is far behind, and when there is none any more. */
const LAST_RESORT_PAGES = 65_536;
const WITHOUT_THREAD_PAGES = 1_000;

/** The connection that writes, as far as checkpoints need it. */
export interface Writer {
  /** The data file. */
  readonly file: string;
  /** From how many pages of the log on a COMMIT copies them itself. */
  setAutoCheckpoint(pages: number): void;
  /** Copies what the log holds now. */
  checkpoint(): void;
  /** Closes the connection. */
  close(): void;
}

/**
 * The writer of a connection on `file`. `outside` does its work while no transaction is going on, since a checkpoint
 * fails within one.
 */
export function writerOf(database: DatabaseSync, file: string, outside: (work: () => void) => void): Writer {
  const checkpoint = database.prepare(CHECKPOINT);
  return {
    file,
    setAutoCheckpoint: (pages) => database.exec(`PRAGMA wal_autocheckpoint = ${pages}`),
    checkpoint: () => outside(() => void checkpoint.get()),
    close: () => database.close(),
  };
}

/** Checkpoints beside the writes. */
export interface Checkpoints {
  /** To be told of every group of writes that was committed. */
  stored(writes: number): void;
  /** Ends the thread, and then closes the writer's connection: the last one, which copies the log and removes it. */
  end(): Promise<void>;
}

/**
 * Commits go to a log, and now and then the log has to be copied into the data file. SQLite does that within a COMMIT,
 * which then takes many times as long, and everybody waits. Here a thread does it on a connection of its own. Nothing
 * that was acknowledged depends on it: it is in the log, on disk, until the copy is on disk too.
 *
 * While writes go on the thread never sees all of the log copied, which is when SQLite begins the log anew. So when it
 * has become long the thread copies it again and again, each time less, and `writer` the few pages since. SQLite syncs
 * the data file only with the last of them, and everybody would wait until all the pages are on disk: so the thread
 * has that done first.
 */
export function startCheckpoints(writer: Writer, log: Log, limits = LIMITS): Checkpoints {
  // Closing any descriptor of a file drops all locks that the process has on it, so this one is closed last of all.
  const descriptor = openSync(writer.file, "r");
  // Nothing of the process is handed on: no options that belong to its main file, no secrets of its environment.
  const worker = new Worker(new URL("./checkpoint-worker.ts", import.meta.url), {
    workerData: { file: writer.file, descriptor } satisfies CheckpointFile,
    execArgv: [],
    env: {},
  });
  const exited = new Promise((resolve) => worker.once("exit", resolve));
  let writesSince = 0;
  let state: "idle" | "copying" | "copying the rest" | "over" = "idle";
  writer.setAutoCheckpoint(LAST_RESORT_PAGES);

  function ask(next: "copying" | "copying the rest"): void {
    state = next;
    const wish: CheckpointWish = next === "copying" ? "checkpoint" : "checkpoint and sync";
    worker.postMessage(wish);
  }

  function failed(error: unknown): void {
    if (state === "over") return;
    state = "over";
    const problem = error instanceof Error ? error.message : String(error);
    log.error(NO_THREAD, { problem });
    writer.setAutoCheckpoint(WITHOUT_THREAD_PAGES);
  }

  function copyRest(): void {
    try {
      writer.checkpoint();
      state = "idle";
    } catch (error) {
      failed(error);
    }
  }

  worker.on("message", ({ pages }: CheckpointDone) => {
    if (state === "over") return;
    if (pages < limits.logPagesMax) state = "idle";
    else if (state === "copying") ask("copying the rest");
    else copyRest();
  });
  worker.on("error", failed);
  worker.once("exit", () => failed("the thread ended"));
  // The process may end while the thread waits; listening for messages would keep it.
  worker.unref();

  return {
    stored(writes) {
      writesSince += writes;
      if (state !== "idle" || writesSince < limits.everyWrites) return;
      writesSince = 0;
      ask("copying");
    },
    async end() {
      if (state !== "over") worker.postMessage("end" satisfies CheckpointWish);
      state = "over";
      worker.ref();
      await exited;
      writer.close();
      closeSync(descriptor);
    },
  };
}
