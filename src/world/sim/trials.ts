import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Random } from "../random.ts";
import { believeEdited, elevateOnceMore, escalateOn, hideOn } from "./attack-acts.ts";
import { breakTool, cutOff, UNREAD_MAX_MS } from "./mac-acts.ts";
import { sayDone } from "./checks-obey.ts";
import { type MacSide, sessionOnDisk } from "./mac-side.ts";
import { armAnother, flood, forgeOn, overwriteTags, pressAtOnce } from "./outside-acts.ts";
import { LASTING_COMMANDS, SHORT_COMMANDS, typeCommand } from "./people-acts.ts";
import type { TrialName } from "./plan.ts";
import type { SimWorld } from "./sim-world.ts";

/** A session as it begins: the agent has just given the rights; they end at `endsBy` or up to 35 s before. */
interface Begun {
  readonly world: SimWorld;
  readonly side: MacSide;
  readonly requestId: string;
  readonly endsBy: number;
  readonly random: Random;
}

/**
 * A trial takes away, from every session of its world, all that would end the session besides the one rule of the
 * agent that is tried: left to chance, something else ends nearly every session first. It goes on while all else heals.
 */
interface Trial {
  readonly begins?: (session: Begun) => void;
  readonly over?: (session: Omit<Begun, "endsBy">) => void;
}

const TRIALS: Readonly<Record<TrialName, Trial>> = {
  // Nobody can say that the time is up.
  alone_at_end: { begins: aloneAtEnd },
  alone_after_sleep: {
    begins(session) {
      const { world, side, random } = session;
      const { mac } = side;
      const asleepAt = world.clock.now() + random.integer(10, 40) * SECOND_MS;
      world.clock.at(asleepAt, () => mac.closeLid());
      world.clock.at(asleepAt + random.integer(60, 150) * SECOND_MS, () => mac.openLid());
      aloneAtEnd(session);
    },
  },
  nobody_at_console: {
    begins(session) {
      const { world, side, endsBy, random } = session;
      const { mac, cast } = side;
      world.clock.at(endsBy - random.integer(60, 200) * SECOND_MS, () => {
        for (const { username } of cast.users) mac.logOut(username);
      });
      world.clock.at(endsBy + random.integer(30, 120) * SECOND_MS, () =>
        mac.logIn(cast.users[0]?.username ?? ""),
      );
      if (random.chance(0.5)) aloneAtEnd(session);
    },
  },
  // Longer than an agent may wait, and than most sessions last.
  cut_off: {
    begins({ world, side, requestId, random }) {
      const state = random.pick(["off", "black_hole", "captive_redirect", "captive_page"] as const);
      const forMs = random.integer(5, 9) * MINUTE_MS;
      inSession(world, side, requestId, random.integer(5, 60) * SECOND_MS, () =>
        cutOff(world, side, state, forMs),
      );
    },
  },
  service_blocked: {
    begins({ world, side, requestId, random }) {
      const state = random.pick(["service_blocked", "service_busy"] as const);
      const forMs = random.integer(6, 9) * MINUTE_MS;
      inSession(world, side, requestId, random.integer(4, 12) * SECOND_MS, () =>
        cutOff(world, side, state, forMs),
      );
    },
  },
  start_unheard: {
    begins: ({ world, side, random }) =>
      cutOff(world, side, "service_blocked", random.integer(190, 300) * SECOND_MS),
  },
  // Whatever ends the session: the rights stay for a while, and a proof that they are gone would be a lie.
  removal_fails: {
    begins({ world, side, requestId, endsBy, random }) {
      const tool = random.chance(0.8) ? "removalFails" : "directoryUnreadable";
      const forMs = random.integer(4, 8) * MINUTE_MS;
      const beforeEnd = endsBy - world.clock.now() - random.integer(40, 120) * SECOND_MS;
      const inMs = random.chance(0.5) ? beforeEnd : random.integer(5, 40) * SECOND_MS;
      inSession(world, side, requestId, inMs, () => breakTool(world, side, tool, forMs));
    },
  },
  escalated: {
    begins: ({ world, side, requestId, random }) =>
      inSession(world, side, requestId, random.integer(5, 120) * SECOND_MS, () =>
        escalateOn(world, side, random),
      ),
  },
  // The approver takes it back in the moment in which the Mac gives the rights.
  start_refused: { begins: ({ world, requestId }) => pressAtOnce(world, "revoke", requestId) },
  // What is typed in the last seconds belongs to the log as well.
  typed_to_the_end: { begins: typeToTheEnd },
  // What cannot be read when the rights go can be read again before the agent may give it up.
  unread_at_end: {
    begins(session) {
      typeToTheEnd(session);
      leaveProcess(session);
    },
    over({ world, side, random }) {
      const tool = random.pick(["sudoUnreadable", "processesUnreadable"] as const);
      breakTool(world, side, tool, random.integer(5, 45) * SECOND_MS);
    },
  },
  traces_hidden: {
    begins: ({ world, side, requestId, random }) =>
      inSession(world, side, requestId, random.integer(5, 200) * SECOND_MS, () =>
        hideOn(world, side, random),
      ),
  },
  record_edited: {
    begins: ({ world, side, requestId, random }) =>
      inSession(world, side, requestId, random.integer(5, 120) * SECOND_MS, () =>
        believeEdited(world, side, random),
      ),
  },
  calls_forged: {
    begins({ world, side, requestId, random }) {
      for (let calls = random.integer(2, 5); calls > 0; calls -= 1) {
        inSession(world, side, requestId, random.integer(0, 240) * SECOND_MS, () =>
          forgeOn(world, random, side),
        );
      }
    },
    over({ world, side, random }) {
      for (const seconds of [random.integer(0, 10), random.integer(5, 60), random.integer(30, 120)]) {
        world.clock.at(world.clock.now() + seconds * SECOND_MS, () => forgeOn(world, random, side));
      }
    },
  },
  // What the one wants of the Mac's tags changes while they are changed for the other.
  two_people: { begins: somebodyElseAsks, over: somebodyElseGivesUp },
  // The writes that take the tags away are undone by somebody who had read the list before it.
  tags_overwritten: { over: ({ world, random }) => overwriteTags(world, random, random.integer(1, 4)) },
  // More than one Mac may ask for, so that the service has to say no.
  flooded: { begins: ({ world, side, random }) => flood(world, random, side) },
  elevated_again: {
    over({ world, side, random }) {
      const { mac } = side;
      const now = world.clock.now();
      if (random.chance(0.7)) cutOff(world, side, "off", random.integer(60, 240) * SECOND_MS);
      for (const seconds of [random.integer(1, 20), random.integer(30, 180), random.integer(180, 900)]) {
        world.clock.at(now + seconds * SECOND_MS, () => {
          if (side.mac === mac) elevateOnceMore(world, side, random);
        });
      }
    },
  },
};

/** From some time before the end until some time after it this Mac hears nothing: neither long enough to end it. */
function aloneAtEnd({ world, side, requestId, endsBy, random }: Begun): void {
  const from = endsBy - random.integer(60, 140) * SECOND_MS;
  const forMs = endsBy - from + random.integer(30, 100) * SECOND_MS;
  inSession(world, side, requestId, from - world.clock.now(), () => {
    if (random.chance(0.5)) world.lives.stayDown(forMs);
    else cutOff(world, side, "service_blocked", forMs);
    if (random.chance(0.4)) startUnread(world, side, random);
    // Rights go without a word on disk, too: a full one must not keep them.
    if (random.chance(0.3)) breakTool(world, side, "recordUnwritable", forMs);
  });
}

const REQUESTS_MAX = 8;

/** The agent starts again, and cannot read its record for a moment. */
function startUnread(world: SimWorld, side: MacSide, random: Random): void {
  breakTool(world, side, "recordUnreadable", random.integer(SECOND_MS, UNREAD_MAX_MS));
  side.mac.attack.killAgent();
}

/** Another user of the Mac asks, too, and gets an approval that has to wait. */
function somebodyElseAsks({ world, side, requestId, random }: Begun): void {
  const { clock, durable, faults } = world;
  if (faults.isHealed() || durable.requests.size >= REQUESTS_MAX) return;
  const person = durable.requests.get(requestId)?.request.ask.username;
  const other = side.cast.users.find(({ username, admin }) => username !== person && admin !== true);
  if (other === undefined || !side.mac.condition().isOn) return;
  const { username: user } = other;
  void side.mac.requestAdmin({ user, reason: "me too", category: "other", minutes: 5 });
  clock.at(clock.now() + random.integer(10, 40) * SECOND_MS, () => {
    for (const id of openOfOthers(world, side, requestId)) pressAtOnce(world, "approve", id);
  });
  inSession(world, side, requestId, random.integer(60, 120) * SECOND_MS, () => {
    const [id] = openOfOthers(world, side, requestId);
    if (id !== undefined && random.chance(0.5)) armAnother(world, random, side, id);
  });
}

/** What was approved for others is taken back just when this session's own tags are taken away. */
function somebodyElseGivesUp({ world, side, requestId, random }: Omit<Begun, "endsBy">): void {
  const { clock } = world;
  if (!random.chance(0.7)) return;
  clock.at(clock.now() + random.integer(0, 3_000), () => {
    for (const id of openOfOthers(world, side, requestId)) pressAtOnce(world, "cancel", id);
  });
}

function openOfOthers({ durable }: SimWorld, { cast }: MacSide, requestId: string): readonly string[] {
  return [...durable.requests.values()]
    .map(({ request }) => request)
    .filter(({ ask }) => ask.serial === cast.serial && ask.requestId !== requestId)
    .filter(({ status }) => status === "pending" || status === "approved")
    .map(({ ask }) => ask.requestId);
}

/** Types a command a second until nothing is left of the session; half the time its person says "I'm done" first. */
function typeToTheEnd({ world, side, requestId, endsBy, random }: Begun): void {
  const { clock } = world;
  const { mac } = side;
  const isDone = random.chance(0.5);
  const endsAt = isDone ? clock.now() + random.integer(20, 150) * SECOND_MS : endsBy;
  const typeOn = () => {
    const session = sessionOnDisk(mac);
    if (side.mac !== mac || session?.requestId !== requestId) return;
    typeCommand(side, random, SHORT_COMMANDS);
    clock.at(clock.now() + SECOND_MS, typeOn);
  };
  clock.at(endsAt - (isDone ? 5 : 45) * SECOND_MS, typeOn);
  const { atConsole } = mac.condition();
  if (isDone && atConsole !== undefined)
    inSession(world, side, requestId, endsAt - clock.now(), () => sayDone(world, side, atConsole));
}

/** Starts what runs on as root until it is killed. */
function leaveProcess({ world, side, requestId, random }: Begun): void {
  inSession(world, side, requestId, random.integer(5, 60) * SECOND_MS, () =>
    typeCommand(side, random, LASTING_COMMANDS),
  );
}

/** Does something so many ms from now where that session still has its rights. */
function inSession(world: SimWorld, side: MacSide, requestId: string, inMs: number, run: () => void): void {
  world.clock.at(world.clock.now() + inMs, () => {
    if ([...side.intruders.values()].some((intruder) => intruder.requestId === requestId)) run();
  });
}

/** Begins this seed's trial on each session that begins on a Mac, and goes on with it where one is over. */
export function tryOnSessions(world: SimWorld, side: MacSide): void {
  const { trial: name } = world.plan;
  if (name === undefined) return;
  const trial = TRIALS[name];
  const running = new Map(
    [...side.intruders.values()].flatMap(({ requestId, endsBy }) =>
      requestId === undefined || endsBy === undefined ? [] : [[requestId, endsBy] as const],
    ),
  );
  const randomOf = (requestId: string) => world.random.fork(`trial/${requestId}`);
  for (const [requestId, endsBy] of running) {
    if (side.tried.has(requestId)) continue;
    side.tried.add(requestId);
    world.book.count(`trial ${name}`);
    world.book.note(side.cast.serial, requestId, () => `trial: ${name}`);
    trial.begins?.({ world, side, requestId, endsBy, random: randomOf(requestId) });
  }
  for (const requestId of side.tried) {
    if (running.has(requestId)) continue;
    side.tried.delete(requestId);
    trial.over?.({ world, side, requestId, random: randomOf(requestId) });
  }
}
