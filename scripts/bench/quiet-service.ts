import { createSystemClock } from "../../src/adapters/system/clock.ts";
import { createSystemIds } from "../../src/adapters/system/ids.ts";
import { createTimerScheduler } from "../../src/adapters/system/scheduler.ts";
import { compose, type Parts, type RunningService } from "../../src/app/compose.ts";
import type { Store } from "../../src/ports/store.ts";
import { createNullChat, createNullMdm } from "./null-effects.ts";
import { settingsOf } from "./settings.ts";
import { SILENT } from "./silent-log.ts";

/** The service between a store and a chat and an MDM of nothing, without HTTP; not started. */
export function composeQuietly(store: Store, over: Partial<Parts> = {}): RunningService {
  const clock = over.clock ?? createSystemClock();
  const { policy, tagNames, macConfig } = settingsOf("");
  return compose({
    store,
    clock,
    ids: createSystemIds(),
    log: SILENT,
    chat: createNullChat(),
    mdm: createNullMdm(),
    scheduler: (fire) => createTimerScheduler({ clock, fire }),
    policy,
    tagNames,
    macConfig,
    instanceId: "bench",
    ...over,
  });
}
