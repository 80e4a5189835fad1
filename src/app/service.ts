import type { Lane } from "../core/effects.ts";
import type { Policy } from "../core/policy-config.ts";
import type { TagNames } from "../core/tags.ts";
import type { Chat } from "../ports/chat.ts";
import type { Clock } from "../ports/clock.ts";
import type { Ids } from "../ports/ids.ts";
import type { Log } from "../ports/log.ts";
import type { Mdm } from "../ports/mdm.ts";
import type { Scheduler } from "../ports/scheduler.ts";
import type { Store } from "../ports/store.ts";
import type { Wake } from "./wake.ts";

/** What the Macs are told to do, the same for all of them. */
export interface MacConfig {
  readonly delivery: "mdm" | "direct";
  readonly grant: "privileges" | "directory";
  readonly endProcesses: "kill" | "report";
  readonly longPoll: boolean;
  readonly probeUrl: string;
}

/** Everything the use cases need, wired once in `compose.ts`. */
export interface Service {
  readonly store: Store;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly chat: Chat;
  readonly mdm: Mdm;
  readonly scheduler: Scheduler;
  readonly wake: Wake;
  readonly policy: Policy;
  readonly tagNames: TagNames;
  readonly macConfig: MacConfig;
  /** Who this process is, as the owner of leases. */
  readonly instanceId: string;
  /** Starts draining a stream's outbox, or some of its lanes, without waiting for it. */
  readonly kick: (stream: string, lanes?: readonly Lane[]) => void;
  /** Runs a task that nobody waits for; a failure is logged under `what`. */
  readonly inBackground: (what: string, task: () => Promise<unknown>) => void;
}
