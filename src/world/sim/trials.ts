import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import type { Random } from "../random.ts";
import { elevateOnceMore, escalateOn } from "./attack-acts.ts";
import { breakTool, cutOff } from "./mac-acts.ts";
import type { MacSide } from "./mac-side.ts";
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
      const forMs = random.integer(6, 9) * MINUTE_MS;
      inSession(world, side, requestId, random.integer(4, 12) * SECOND_MS, () =>
        cutOff(world, side, "service_blocked", forMs),
      );
    },
  },
  start_unheard: {
    begins: ({ world, side, random }) =>
      cutOff(world, side, "service_blocked", random.integer(190, 300) * SECOND_MS),
  },
  // Whatever ends the session: the rights stay for a while, and a proof that they are gone would be a lie.
  removal_fails: {
    begins({ world, side, requestId, random }) {
      const tool = random.chance(0.8) ? "removalFails" : "directoryUnreadable";
      const forMs = random.integer(4, 8) * MINUTE_MS;
      inSession(world, side, requestId, random.integer(5, 40) * SECOND_MS, () =>
        breakTool(world, side, tool, forMs),
      );
    },
  },
  escalated: {
    begins: ({ world, side, requestId, random }) =>
      inSession(world, side, requestId, random.integer(5, 120) * SECOND_MS, () =>
        escalateOn(world, side, random),
      ),
  },
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
  });
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
