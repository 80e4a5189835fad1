import { Session } from "node:inspector/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { createSystemIds } from "../../src/adapters/system/ids.ts";
import { createLineWriter } from "../../src/adapters/system/line-writer.ts";
import { createJsonLog } from "../../src/adapters/system/log.ts";
import { openOneMachine } from "../../src/composition/one-machine.ts";
import { SIGNING_SECRET } from "./cast.ts";
import { answerParent } from "./child.ts";
import { createNullChat, createNullMdm } from "./null-effects.ts";
import { costsOf } from "./profile.ts";
import { settingsOf } from "./settings.ts";

/** Hallpass on the data file that is given, put together as `npm run serve` does it, but with a chat and an MDM of nothing. */

const [file = ""] = process.argv.slice(2);
const clock = createSystemClock();
const machine = await openOneMachine(settingsOf(file), {
  clock,
  ids: createSystemIds(),
  log: createJsonLog({
    write: createLineWriter(process),
    clock,
    secrets: ["xoxb-bench", SIGNING_SECRET, "bench"],
  }),
  fetch: () => Promise.reject(new Error("nothing outside is to be called")),
  outside: { chat: createNullChat(), mdm: createNullMdm() },
});
const { service } = machine;
const inspector = new Session();

answerParent(
  {
    port: () => Number(new URL(machine.url).port),
    async startProfile() {
      inspector.connect();
      await inspector.post("Profiler.enable");
      await inspector.post("Profiler.setSamplingInterval", { interval: 200 });
      await inspector.post("Profiler.start");
      return true;
    },
    async stopProfile() {
      const { profile } = await inspector.post("Profiler.stop");
      inspector.disconnect();
      return costsOf(profile);
    },
    cpuMicros: () => process.cpuUsage().user + process.cpuUsage().system,
    /** Resolves when every effect is done; its own looking costs little. */
    async quiet() {
      while ((await service.store.listStreamsWithWork(clock.now() + 10_000, 1)).length > 0) await sleep(10);
      return true;
    },
  },
  () => void machine.stop(),
);
