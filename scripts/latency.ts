// From the approver's click to a working sudo, in the simulated world: the real service, the real agent, assumed
// delays. `npm run latency -- [sessions]` prints p50 and p95 for delivery through the MDM and direct.
import { HOUR_MS, SECOND_MS } from "../src/core/time.ts";
import { ANNAS_MAC, PEOPLE, WORLD_SECRETS } from "../src/world/cast.ts";
import { createVirtualClock, type VirtualClock } from "../src/world/clock.ts";
import { createSimulatedMac, type SimulatedMac } from "../src/world/mac/mac.ts";
import { createRandom, createWorldIds, type Random } from "../src/world/random.ts";
import { createWorld, type World, WORLD_START } from "../src/world/world.ts";

/** The delays assumed, in milliseconds from–to, drawn evenly for each session. */
const ASSUMED = {
  slackCall: [80, 400],
  iruCall: [150, 800],
  serviceCall: [20, 120],
  iruTag: [500, 5_000],
  iruScript: [500, 5_000],
  iruProfilePush: [1_000, 15_000],
  iruRun: [5_000, 30_000],
} as const;

const STEP_MS = 100;
const LONGEST_MS = HOUR_MS;

type Delivery = "mdm" | "direct";

async function main(): Promise<void> {
  const sessions = Number(process.argv[2] ?? "200");
  if (!Number.isInteger(sessions) || sessions < 1) {
    console.error("latency: the number of sessions must be a whole number from 1 on");
    process.exit(2);
  }
  console.log("From the approver's click to a working sudo, in a simulated world (virtual time).");
  console.log("Assumed delays in ms, drawn evenly for each call or session:");
  for (const [name, [from, to]] of Object.entries(ASSUMED)) console.log(`  ${name.padEnd(16)} ${from}–${to}`);
  console.log(
    `\n${"delivery".padEnd(10)}${"sessions".padStart(10)}${"p50".padStart(9)}${"p95".padStart(9)}${"max".padStart(9)}`,
  );
  for (const delivery of ["mdm", "direct"] as const) {
    const taken: number[] = [];
    for (let session = 0; session < sessions; session += 1) taken.push(await measure(delivery, session));
    taken.sort((a, b) => a - b);
    const at = (share: number) =>
      `${((taken[Math.ceil(share * taken.length) - 1] ?? 0) / SECOND_MS).toFixed(1)} s`;
    console.log(
      `${delivery.padEnd(10)}${String(sessions).padStart(10)}${at(0.5).padStart(9)}${at(0.95).padStart(9)}${at(1).padStart(9)}`,
    );
  }
}

/** One session on a world of its own; the milliseconds from the click until `sudo` works. */
async function measure(delivery: Delivery, session: number): Promise<number> {
  const random = createRandom(`latency/${delivery}/${session}`);
  const clock = createVirtualClock(WORLD_START);
  const draw = ([from, to]: readonly [number, number]) => random.integer(from, to);
  const world = await createWorld({
    clock,
    activity: clock.activity,
    transport: "in-process",
    seed: `latency/${delivery}/${session}`,
    macConfig: { delivery },
    delays: {
      tagMs: draw(ASSUMED.iruTag),
      scriptMs: draw(ASSUMED.iruScript),
      profileMs: draw(ASSUMED.iruProfilePush),
      runMs: draw(ASSUMED.iruRun),
    },
    latency: (origin) => clock.sleep(draw(callDelay(origin))),
  });
  const mac = addMac(world, clock, random);
  try {
    await waitFor(clock, () => mac.condition().isEnrolled);
    void mac.requestAdmin({ user: "anna", reason: "latency", category: "other", minutes: 15 });
    await waitFor(clock, () => world.slack.cards().length > 0);
    // People need a moment to read a request.
    await clock.advance(random.integer(2, 60) * SECOND_MS);
    const [card] = world.slack.cards();
    const clickedAt = clock.now();
    void world.slack.click(PEOPLE.ben.id, card?.ts ?? "", approveActionId(world, card?.ts ?? ""));
    await waitFor(clock, () => mac.isAdmin("anna"));
    if (!mac.sudo("anna", "/usr/bin/true").allowed) throw new Error("an admin's sudo was refused");
    return clock.now() - clickedAt;
  } finally {
    mac.dispose();
    let isStopped = false;
    // What is under way waits on the virtual clock, so time has to go on until it is done.
    const stopping = world.stop().finally(() => (isStopped = true));
    await waitFor(clock, () => isStopped);
    await stopping;
  }
}

function callDelay(origin: string): readonly [number, number] {
  if (origin.includes("slack")) return ASSUMED.slackCall;
  return origin.includes("iru") ? ASSUMED.iruCall : ASSUMED.serviceCall;
}

function approveActionId(world: World, ts: string): string {
  const button = world.slack.buttons(ts).find(({ label }) => label.startsWith("Approve 15"));
  if (button === undefined) throw new Error("the request has no button to approve");
  return button.actionId;
}

function addMac(world: World, clock: VirtualClock, random: Random): SimulatedMac {
  return createSimulatedMac({
    serial: ANNAS_MAC.serial,
    hostname: ANNAS_MAC.hostname,
    users: [...ANNAS_MAC.users],
    clock,
    ids: createWorldIds(random.fork("mac")),
    serviceUrl: world.serviceUrl,
    fetch: world.fetch,
    iru: world.iru.delivery,
    enrollmentToken: WORLD_SECRETS.enrollmentToken,
  });
}

async function waitFor(clock: VirtualClock, isSo: () => boolean): Promise<void> {
  const giveUpAt = clock.now() + LONGEST_MS;
  while (!isSo()) {
    if (clock.now() > giveUpAt) throw new Error("it took longer than an hour");
    await clock.advance(STEP_MS);
  }
}

await main();
