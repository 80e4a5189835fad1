import { act, ALICE, type Bench, createBench, look, pass } from "./bench.ts";
import { answerAll, live, type Told } from "./honest-world.ts";

/** A Mac at one point of its life, with the service's side of it. */
export interface Scene {
  readonly bench: Bench;
  readonly told: Told;
}

/** A scene of its own, with the same past; the steps of the past are forgotten. */
export function copyOf({ bench, told }: Scene): Scene {
  return { bench: structuredClone({ ...bench, done: [] }), told: { ...told } };
}

/** What alice asks for. */
export const FORM = { reason: "install the debugger", category: "install", durationMinutes: 10 } as const;

type Config = NonNullable<Bench["memory"]["config"]>;

function settle({ bench, told }: Scene): void {
  answerAll(bench, told);
  look(bench);
}

/** Lets an honest world run until `isSo`. */
function until(scene: Scene, isSo: (bench: Bench) => boolean): void {
  for (let round = 0; round < 90; round += 1) {
    if (isSo(scene.bench)) return;
    settle(scene);
    if (isSo(scene.bench)) return;
    pass(scene.bench, 1);
    look(scene.bench);
  }
  throw new Error("the brain does not get there");
}

/** The agent has just started on an enrolled Mac. */
export function started(): Scene {
  const scene: Scene = { bench: createBench(), told: { status: "ended", minutes: 10 } };
  look(scene.bench);
  return scene;
}

/** Nothing goes on; `config` is laid over what the service configures. */
export function idle(config: Partial<Config> = {}, seen: Bench["seen"] = {}): Scene {
  const scene = started();
  scene.bench.seen = { privileges: { installed: true, unlocked: false }, ...seen };
  settle(scene);
  if (scene.bench.memory.config === undefined) throw new Error("the brain has not taken its configuration");
  scene.bench.memory.config = { ...scene.bench.memory.config, ...config };
  pass(scene.bench, 10);
  look(scene.bench);
  return scene;
}

/** Alice's request is on its way to the service. */
export function asked(...how: Parameters<typeof idle>): Scene {
  const scene = idle(...how);
  scene.told.status = "pending";
  act(scene.bench, { act: "request", person: ALICE, form: FORM });
  look(scene.bench);
  return scene;
}

/** The service has alice's request. */
export function pending(...how: Parameters<typeof idle>): Scene {
  const scene = asked(...how);
  settle(scene);
  return scene;
}

/** IT has approved, and the Mac knows: it gets what it needs for the grant. */
export function approved(...how: Parameters<typeof idle>): Scene {
  const scene = pending(...how);
  scene.told.status = "approved";
  until(scene, ({ record }) => record.requests[0]?.status === "approved");
  return scene;
}

/** The Iru agent has run once, and the elevation profile has not come. */
export function undelivered(...how: Parameters<typeof idle>): Scene {
  const scene = approved(...how);
  settle(scene);
  return scene;
}

/** The elevation profile came: the checks before the grant are on their way. */
export function preparing(...how: Parameters<typeof idle>): Scene {
  const scene = approved(...how);
  scene.bench.seen = { ...scene.bench.seen, privileges: { installed: true, unlocked: true } };
  until(scene, ({ memory }) => memory.preparation !== undefined);
  return scene;
}

/** The service is asked for its last word. */
export function arming(...how: Parameters<typeof idle>): Scene {
  const scene = preparing(...how);
  until(scene, ({ open }) => open.some((step) => step.do === "call" && step.call.name === "arm"));
  return scene;
}

/** The service said yes; the rights are being given. */
export function granting(...how: Parameters<typeof idle>): Scene {
  const scene = arming(...how);
  scene.bench.toolsWork = false;
  until(scene, ({ record }) => record.session?.phase === "granting");
  return scene;
}

/** The rights are read back; the service does not know yet. */
export function given(...how: Parameters<typeof idle>): Scene {
  const scene = arming(...how);
  until(scene, ({ record }) => record.session?.phase === "active");
  return scene;
}

/** The session runs, and has for `seconds`. */
export function active(seconds = 20, ...how: Parameters<typeof idle>): Scene {
  const scene = given(...how);
  until(scene, ({ record }) => record.session?.startTold === true);
  live(scene.bench, scene.told, seconds);
  return scene;
}

/** The rights are to go, and do not. */
export function stuck(...how: Parameters<typeof idle>): Scene {
  const scene = active(20, ...how);
  scene.bench.toolsWork = false;
  act(scene.bench, { act: "done", person: ALICE });
  look(scene.bench);
  return scene;
}

/** The rights are gone; root processes of the session still run. */
export function ending(...how: Parameters<typeof idle>): Scene {
  const scene = active(20, ...how);
  const rootProcesses = [
    { pid: 70, command: "/bin/zsh", started: "2026-11-23 10:00", isInstaller: false },
    { pid: 71, command: "/usr/sbin/installer", started: "2026-11-23 10:01", isInstaller: true },
  ];
  scene.bench.seen = { ...scene.bench.seen, rootProcesses };
  act(scene.bench, { act: "done", person: ALICE });
  look(scene.bench);
  look(scene.bench);
  return scene;
}

/** What was changed in the session is being looked for. */
export function comparing(...how: Parameters<typeof idle>): Scene {
  const scene = active(20, ...how);
  act(scene.bench, { act: "done", person: ALICE });
  for (let round = 0; round < 4; round += 1) {
    look(scene.bench);
    pass(scene.bench, 1);
  }
  if (scene.bench.record.session?.ending?.stage !== "compare") throw new Error("nothing is compared");
  return scene;
}

/** The session is over; the service has not heard of it. */
export function owing(...how: Parameters<typeof idle>): Scene {
  const scene = comparing(...how);
  const silent = scene.bench.open.filter(({ do: what }) => what === "take_snapshot");
  scene.bench.open = silent;
  answerAll(scene.bench, scene.told);
  look(scene.bench);
  pass(scene.bench, 1);
  look(scene.bench);
  if (scene.bench.record.session !== undefined) throw new Error("the session is not over");
  return scene;
}
