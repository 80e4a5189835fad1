import type { Act, ActAnswer } from "../../agent/core/steps.ts";
import type { AgentView } from "../../agent/core/view.ts";
import type { AgentIds } from "../../agent/ports.ts";
import { type Agent, createAgent } from "../../agent/runtime.ts";
import { SECOND_MS } from "../../core/time.ts";
import { type Dies, withCrashPoints } from "./crash-points.ts";
import { createMachinePorts, type MachinePorts } from "./machine.ts";
import { createProcessGate, type ProcessGate } from "./process-gate.ts";
import type { MacState } from "./state.ts";

/** launchd with the agent's job: RunAtLoad, KeepAlive, at least 10 s between starts (launchd.plist(5)). */
export interface AgentHost {
  /** Loads the job; also at each boot. */
  load(): void;
  /** `launchctl bootout`: the job is gone until the next boot. */
  unload(): void;
  /** SIGKILL; launchd starts it again. */
  kill(): void;
  stop(): void;
  resume(): void;
  act(act: Act): Promise<ActAnswer>;
  view(): AgentView;
  isRunning(): boolean;
  /** How many processes of the agent there have been. */
  starts(): number;
}

const THROTTLE_MS = 10 * SECOND_MS;
const NOBODY: ActAnswer = { ok: false, text: "Hallpass is not running on this Mac." };

interface Running {
  readonly gate: ProcessGate;
  agent: Agent | undefined;
  readonly startedAt: number;
  readonly ended: PromiseWithResolvers<ActAnswer>;
}

/** The ports of one process; where it dies at one of them, `die` is called. */
function portsOf(mac: MacState, gate: ProcessGate, dies: Dies | undefined, die: () => void): MachinePorts {
  const ports = createMachinePorts(mac, gate);
  if (dies === undefined) return ports;
  return withCrashPoints(ports, (point) => {
    const isLast = gate.isAlive() && dies(point);
    if (isLast) die();
    return isLast;
  });
}

/** Makes the host; nothing runs before `load`. */
export function createAgentHost(
  mac: MacState,
  ids: AgentIds,
  serviceUrl: string,
  onError: (error: unknown) => void,
  dies?: Dies,
): AgentHost {
  let running: Running | undefined;
  let isLoaded = false;
  let starts = 0;
  let cancelStart = (): void => undefined;

  function start(): void {
    if (!isLoaded || running !== undefined || !mac.power.isOn()) return;
    starts += 1;
    const gate = createProcessGate(mac.power);
    const mine: Running = {
      gate,
      agent: undefined,
      startedAt: mac.clock.now(),
      ended: Promise.withResolvers<ActAnswer>(),
    };
    running = mine;
    void run(mine)
      .catch(onError)
      .then(() => over(mine));
  }

  async function run(mine: Running): Promise<void> {
    const ports = portsOf(mac, mine.gate, dies, () => over(mine));
    const agent = await createAgent({ ...ports, ids, serviceUrl });
    mine.agent = agent;
    agent.onLook(() => {
      if (mine.gate.isAlive()) mac.changed();
    });
    await agent.run();
  }

  /** A process is over, by itself or by a signal: launchd keeps it alive. */
  function over(mine: Running): void {
    mine.gate.kill();
    mine.ended.resolve(NOBODY);
    if (running !== mine) return;
    running = undefined;
    cancelStart();
    cancelStart = mac.clock.at(mine.startedAt + THROTTLE_MS, start);
    mac.changed();
  }

  return {
    load() {
      isLoaded = true;
      start();
    },
    unload() {
      isLoaded = false;
      cancelStart();
      if (running !== undefined) over(running);
    },
    kill() {
      if (running !== undefined) over(running);
    },
    stop: () => running?.gate.stop(),
    resume: () => running?.gate.resume(),
    async act(act) {
      if (mac.power.isAsleep() || !mac.power.isOn()) return { ok: false, text: "The Mac is asleep or off." };
      const mine = running;
      if (mine?.agent === undefined) return NOBODY;
      return Promise.race([mine.agent.act(act), mine.ended.promise]);
    },
    view: () => running?.agent?.view() ?? { state: "idle" },
    isRunning: () => running !== undefined,
    starts: () => starts,
  };
}
