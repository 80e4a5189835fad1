import { setTimeout as sleep } from "node:timers/promises";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { createSystemIds } from "../../src/adapters/system/ids.ts";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { handleCommand } from "../../src/app/handle-command.ts";
import { openOneMachine } from "../../src/composition/one-machine.ts";
import type { Store } from "../../src/ports/store.ts";
import { APPROVER, requestIdOf } from "./cast.ts";
import { answerParent } from "./child.ts";
import { createNullChat, createNullMdm } from "./null-effects.ts";
import { settingsOf } from "./settings.ts";
import { SILENT } from "./silent-log.ts";

/** Hallpass holding polls: says how many, how much memory they take, and approves requests while noting when. */

const [file = ""] = process.argv.slice(2);
/** When the approval of each request was on disk, on the clock that all processes of the machine share. */
const committedAt = new Map<string, number>();
const machineMs = () => Number(process.hrtime.bigint()) / 1e6;

function noting(store: Store): Store {
  return {
    ...store,
    async commit(change) {
      const outcome = await store.commit(change);
      if (outcome.ok && change.request?.expectedVersion === 2) committedAt.set(change.stream, machineMs());
      return outcome;
    },
  };
}

const machine = await openOneMachine(settingsOf(file), {
  clock: createSystemClock(),
  ids: createSystemIds(),
  log: SILENT,
  fetch: () => Promise.reject(new Error("nothing outside is to be called")),
  openStore: () => noting(openSqliteStore({ file, log: SILENT })),
  outside: { chat: createNullChat(), mdm: createNullMdm() },
});
const { service } = machine;

answerParent(
  {
    port: () => Number(new URL(machine.url).port),
    waiting: () => service.wake.waiting(),
    async memory() {
      for (let round = 0; round < 3; round += 1) {
        globalThis.gc?.();
        await sleep(50);
      }
      const { heapUsed, external, rss } = process.memoryUsage();
      const connections = process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;
      return { heap: heapUsed + external, rss, connections };
    },
    /** Approves requests as fast as they can be stored; answers when each was, by its number. */
    async approve({ from, count }: { readonly from: number; readonly count: number }) {
      const numbers = Array.from({ length: count }, (_, index) => from + index);
      const startedAt = machineMs();
      const approvals = numbers.map((number) => {
        const id = requestIdOf(number);
        const command = { commandId: `approve:${id}`, type: "approve", by: APPROVER, minutes: 15 } as const;
        return handleCommand(service, id, command);
      });
      await Promise.all(approvals);
      return {
        seconds: (machineMs() - startedAt) / 1000,
        at: numbers.map((number) => committedAt.get(requestIdOf(number)) ?? Number.NaN),
      };
    },
    async quiet() {
      while ((await service.store.listStreamsWithWork(service.clock.now() + 10_000, 1)).length > 0)
        await sleep(100);
      return true;
    },
  },
  () => void machine.stop(),
);
