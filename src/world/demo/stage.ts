import { createMemoryStore } from "../../adapters/memory/store.ts";
import { type Instant, SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import { ANNAS_MAC, PEOPLE, WORLD_SECRETS } from "../cast.ts";
import { createVirtualClock, type VirtualClock } from "../clock.ts";
import { createSimulatedMac, type SimulatedMac } from "../mac/mac.ts";
import { createRandom, createWorldIds } from "../random.ts";
import { createWorld, type World } from "../world.ts";
import { readAudit } from "./audit-reader.ts";
import type { AuditWording } from "./audit-words.ts";
import { createMacView } from "./mac-view.ts";
import { type Pump, startPump } from "./pump.ts";
import { createShell, type Shell } from "./shell.ts";
import { type Cast, firstName, slackView } from "./slack-view.ts";
import type { DemoSnapshot, StoryLine } from "./snapshot.ts";
import { createNarrator } from "./story.ts";
import { watchStore } from "./watched-store.ts";

/** One life of the demo's world: the real service and the real agent, with everything around them simulated. */
export interface Stage {
  readonly world: World;
  readonly mac: SimulatedMac;
  readonly shell: Shell;
  readonly pump: Pump;
  readonly now: () => Instant;
  /** Everything the page shows but the story. */
  take(): Promise<Omit<DemoSnapshot, "story">>;
  tell(who: string, what: string): void;
  stop(): Promise<void>;
}

const CAST: Cast = {
  [PEOPLE.anna.id]: "requester",
  [PEOPLE.ben.id]: "approver",
  [PEOPLE.carla.id]: "approver",
  [PEOPLE.dan.id]: "member",
};
const FIRST_RATE = 10;
const LOOK_EVERY_MS = 20;
const ENROL_WITHIN_MS = 10 * SECOND_MS;
/** How long Iru takes to bring things to a Mac in the demo: a good day, so that one run is enough. */
const DELAYS = {
  tagMs: SECOND_MS,
  scriptMs: 2 * SECOND_MS,
  profileMs: 3 * SECOND_MS,
  runMs: 8 * SECOND_MS,
} as const;

/** Sets a stage whose simulated time begins now, with the Mac enrolled; `onLine` hears the story as it happens. */
export async function setStage(real: Clock, onLine: (line: StoryLine) => void): Promise<Stage> {
  const clock = createVirtualClock(real.now());
  const narrator = createNarrator(WORDING, onLine);
  const store = watchStore(createMemoryStore(), narrator.onAudit);
  const world = await createWorld({
    clock,
    activity: clock.activity,
    transport: "loopback",
    seed: "demo",
    store,
    delays: DELAYS,
  });
  const stopListening = world.slack.onChange(narrator.onSlack);
  const mac = placeMac(world, clock);
  const anna = ANNAS_MAC.users[0];
  const tell = (who: string, what: string) => narrator.tell(clock.now(), who, what);
  const shell = createShell(mac, anna, ANNAS_MAC.hostname, (command, isAllowed, output) => {
    tell(
      firstName(PEOPLE.anna.realName),
      `types sudo ${command}: ${isAllowed ? output || "done" : "refused"}`,
    );
  });
  const takeMac = createMacView(
    mac,
    {
      serial: ANNAS_MAC.serial,
      hostname: ANNAS_MAC.hostname,
      personId: ANNAS_MAC.owner.id,
      fullNameOf: (username) =>
        Object.values(PEOPLE).find(({ name }) => name === username)?.realName ?? username,
    },
    clock.now,
    shell.lines,
  );
  const pump = startPump(clock, real, FIRST_RATE);
  await enrolled(mac, real);
  return {
    world,
    mac,
    shell,
    pump,
    now: clock.now,
    tell,
    take: async () => ({
      clock: { now: clock.now(), rate: pump.rate() },
      slack: slackView(world.slack.snapshot(), CAST),
      macs: [takeMac()],
      audit: await readAudit(store, WORDING),
    }),
    async stop() {
      stopListening();
      await pump.stop();
      mac.dispose();
      await world.stop();
    },
  };
}

/** The Mac's first act is to enrol; nothing can be asked for before. */
async function enrolled(mac: SimulatedMac, real: Clock): Promise<void> {
  const latest = real.now() + ENROL_WITHIN_MS;
  while (!mac.condition().isEnrolled) {
    if (real.now() > latest) throw new Error("the simulated Mac could not enrol at the service");
    await real.sleep(LOOK_EVERY_MS);
  }
}

const timeOfDay = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

const WORDING: AuditWording = {
  nameOf: (userId) => {
    const person = Object.values(PEOPLE).find(({ id }) => id === userId);
    return person === undefined ? userId : firstName(person.realName);
  },
  macOf: (serial) => (serial === ANNAS_MAC.serial ? "Anna’s Mac" : serial),
  time: (at) => timeOfDay.format(at),
};

function placeMac(world: World, clock: VirtualClock): SimulatedMac {
  return createSimulatedMac({
    serial: ANNAS_MAC.serial,
    hostname: ANNAS_MAC.hostname,
    users: ANNAS_MAC.users,
    clock,
    ids: createWorldIds(createRandom("demo").fork("mac")),
    serviceUrl: world.serviceUrl,
    fetch: world.fetch,
    iru: world.iru.delivery,
    enrollmentToken: WORLD_SECRETS.enrollmentToken,
    utcOffsetMinutes: -new Date(clock.now()).getTimezoneOffset(),
  });
}
