import { type Store, StoreError } from "../../ports/store.ts";
import { prepareChange } from "./apply-change.ts";
import { type GroupCommit, toStoreError } from "./group-commit.ts";
import { createLeases } from "./leases.ts";
import type { Statements } from "./sql.ts";

/** The half of the store that writes. Every value is taken as it is at the call, and written in the next group. */
export function createWrites(
  sql: Statements,
  group: GroupCommit,
): Pick<Store, "commit" | "putBeat" | "updateOutbox" | "writeCard" | "acquireLease" | "releaseLease"> {
  const leases = createLeases();

  /** `prepare` runs within this call, its result where `put` takes it. */
  function write<T>(prepare: () => () => T, put: (work: () => T) => Promise<T> = group.write): Promise<T> {
    try {
      return put(prepare());
    } catch (error) {
      return Promise.reject(toStoreError(error));
    }
  }

  return {
    commit: (change) =>
      write(
        () => prepareChange(sql, change),
        (work) => group.write(work, (outcome) => outcome.ok),
      ),
    putBeat: (beat) =>
      write(() => {
        const row = { id: beat.requestId, value: JSON.stringify(beat) };
        return () => void sql.putBeat.run(row);
      }, group.writeOne),
    updateOutbox: (stream, position, { state, attempts, notBefore, problem }) =>
      write(
        () => () => {
          const row = { stream, position, state, attempts, notBefore, problem: problem ?? null };
          if (state === "pending" && sql.updateOutboxInPlace.run(row).changes === 1) return;
          if (sql.updateOutbox.run(row).changes === 1) return;
          throw new StoreError(`There is no outbox item ${position} in ${stream}.`);
        },
        group.writePatiently,
      ),
    writeCard: (id, card) =>
      write(() => {
        const row = { id, renderedVersion: card.renderedVersion };
        const value = JSON.stringify(card);
        return () => {
          sql.writeCard.run({ ...row, value });
          sql.markCard.run(row);
        };
      }, group.writePatiently),
    async acquireLease(key, owner, now, until) {
      group.assertOpen();
      return leases.acquire(key, owner, now, until);
    },
    async releaseLease(key, owner) {
      group.assertOpen();
      leases.release(key, owner);
    },
  };
}
