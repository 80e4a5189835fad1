import { SECOND_MS } from "../../core/time.ts";
import type { Random } from "../random.ts";
import {
  agentBootedOut,
  agentFiles,
  agentKilled,
  agentStopped,
  attackBurst,
  escalate,
  hide,
} from "./attack-acts.ts";
import {
  checkIn,
  clockJump,
  consoleChange,
  lid,
  network,
  powerCut,
  reboot,
  slowDelivery,
  toolsFail,
  wipe,
} from "./mac-acts.ts";
import { forge, ownTagsEdited, tags } from "./outside-acts.ts";
import {
  type Act,
  adminStatus,
  ask,
  cancel,
  click,
  dialog,
  done,
  doneInSlack,
  start,
  sudo,
} from "./people-acts.ts";
import { ACT_NAMES, type ActName } from "./plan.ts";
import { askAnew, hasEnoughRequests } from "./seed-minimum.ts";
import type { SimWorld } from "./sim-world.ts";

/** What each kind of act does. */
const ACTS: Readonly<Record<ActName, Act>> = {
  ask,
  click,
  dialog,
  done_in_slack: doneInSlack,
  admin_status: adminStatus,
  cancel,
  done,
  start,
  sudo,
  network,
  lid,
  reboot,
  power_cut: powerCut,
  console: consoleChange,
  clock_jump: clockJump,
  mac_tools_fail: toolsFail,
  wipe,
  agent_killed: agentKilled,
  agent_stopped: agentStopped,
  agent_booted_out: agentBootedOut,
  agent_files: agentFiles,
  escalate,
  hide,
  attack_burst: attackBurst,
  forge,
  tags(world, random) {
    const act = random.pick([tags, tags, ownTagsEdited, slowDelivery]);
    act(world, random);
  },
  check_in: checkIn,
  service_killed(world) {
    if (world.lives.upSince() !== undefined) world.book.count("crash service at some moment");
    world.lives.crash("at some moment");
  },
  second_process(world, random) {
    world.lives.join(random.integer(1, 90) * SECOND_MS);
  },
};

const FIRST_ASKS_SHARE = 0.7;

/** Draws one act by the weights of the seed and does it. */
export function actOnce(world: SimWorld, random: Random): void {
  const { weights } = world.plan;
  // The first requests come as soon as they can, so that every world has something to go wrong.
  if (!hasEnoughRequests(world) && random.chance(FIRST_ASKS_SHARE) && askAnew(world, random)) return;
  const total = ACT_NAMES.reduce((sum, name) => sum + weights[name], 0);
  let left = random.fraction() * total;
  for (const name of ACT_NAMES) {
    left -= weights[name];
    if (left >= 0) continue;
    world.book.count(`act ${name}`);
    ACTS[name](world, random);
    return;
  }
}
