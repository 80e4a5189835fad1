import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Policy } from "../../../src/core/policy-config.ts";
import { type DurationMs, type Instant, SECOND_MS } from "../../../src/core/time.ts";
import type { Clock } from "../../../src/ports/clock.ts";
import { ANNAS_MAC, WORLD_SECRETS } from "../../../src/world/cast.ts";
import { createFakeIru, type FakeIru } from "../../../src/world/iru/fake-iru.ts";
import { serveHandler } from "../../../src/world/iru/serve.ts";
import { createRandom, createWorldIds } from "../../../src/world/random.ts";
import { createCastSlack } from "../../../src/world/slack/cast-slack.ts";
import type { SimulatedSlack } from "../../../src/world/slack/simulated-slack.ts";
import { type ChildProgram, Killed, type Life, startLife } from "./life.ts";
import { CLOCK_HEADER, type KillOrder } from "./protocol.ts";

/** A Monday morning, in business hours. */
export const STAGE_START: Instant = Date.UTC(2026, 10, 23, 10, 0, 0);
/** A killed process loses nothing that the kernel has, wherever the file is; in memory a commit costs the least. */
const DATA_FOLDER = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
/** So long, in the story's time, the service is away before it is started again. */
const DOWNTIME_MS = 2 * SECOND_MS;

/** One simulated Slack and Iru in this process, and the service in a child that may be killed and comes back. */
export interface Stage {
  readonly slack: SimulatedSlack;
  readonly iru: FakeIru;
  readonly deviceId: string;
  readonly file: string;
  /** Where the service killed itself, in order. */
  readonly deaths: readonly string[];
  now(): Instant;
  serviceUrl(): string;
  /** Lets time pass, through as many lives of the service as it takes. */
  advance(ms: DurationMs): Promise<void>;
  /** Asks the service for nothing but a sign of life. */
  touch(): Promise<void>;
  /** Does something that needs the service, again after each restart, until it was answered. */
  persist<T>(act: () => Promise<T>): Promise<T>;
  /** The crash points that the present life has passed. */
  points(): Promise<readonly string[]>;
  /** The warnings and errors that the present life has logged. */
  complaints(): string;
  /** Ends the service in good order; the data file and the outside world stay. */
  stopService(): Promise<void>;
  /** Ends everything and removes the data file. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly program: ChildProgram;
  readonly policy?: Partial<Policy>;
  readonly kill?: KillOrder;
}

/** Builds a stage and starts the service on an empty data file. */
export async function createStage(options: StageOptions): Promise<Stage> {
  const folder = mkdtempSync(join(DATA_FOLDER, "hallpass-kill-"));
  const file = join(folder, "hallpass.db");
  const clock = createFollowingClock(STAGE_START);
  const deaths: string[] = [];
  let life: Life | undefined;
  let lives = 0;

  const slack = createCastSlack(clock, {
    appUrl: () => current().url,
    fetch: (url, init) => fetch(url, init),
  });
  const iru = createFakeIru({
    clock,
    ids: createWorldIds(createRandom("kill/iru")),
    token: WORLD_SECRETS.iruToken,
  });
  const { serial, hostname: name, owner } = ANNAS_MAC;
  const deviceId = iru.addDevice({
    serial,
    name,
    platform: "Mac",
    owner: { email: owner.email, name: owner.realName },
    tags: ["finance"],
  });
  const following = (handle: (request: Request) => Promise<Response>) => (request: Request) => {
    clock.moveTo(Number(request.headers.get(CLOCK_HEADER)));
    return handle(request);
  };
  const slackServer = await serveHandler(following(slack.handle));
  const iruServer = await serveHandler(following(iru.handle));

  function current(): Life {
    if (life === undefined) throw new Error("the service was stopped");
    return life;
  }

  function orderOfNextLife(): KillOrder | undefined {
    const { kill } = options;
    if (kill === undefined || ("at" in kill && deaths.length > 0)) return undefined;
    return kill;
  }

  async function begin(): Promise<void> {
    for (;;) {
      lives += 1;
      const kill = orderOfNextLife();
      try {
        life = await startLife(options.program, {
          file,
          slackUrl: slackServer.url,
          iruUrl: iruServer.url,
          now: clock.now(),
          seed: `kill/life/${lives}`,
          ...(options.policy === undefined ? {} : { policy: options.policy }),
          ...(kill === undefined ? {} : { kill }),
        });
        return;
      } catch (error) {
        bury(error);
      }
    }
  }

  /** Notes a death by order and lets the downtime pass; anything else is an error of its own. */
  function bury(error: unknown): void {
    if (!(error instanceof Killed)) throw error;
    deaths.push(error.note.point);
    clock.moveTo(error.note.now + DOWNTIME_MS);
  }

  async function persist<T>(act: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await act();
      } catch (error) {
        bury(error instanceof Killed ? error : await current().whyDead());
        await begin();
      }
    }
  }

  async function advance(ms: DurationMs): Promise<void> {
    const target = clock.now() + ms;
    do {
      await persist(() => current().advanceTo(target));
      clock.moveTo(target);
    } while (clock.now() < target);
  }

  await begin();
  return {
    slack,
    iru,
    deviceId,
    file,
    deaths,
    now: clock.now,
    serviceUrl: () => current().url,
    advance,
    touch: () => current().advanceTo(clock.now()),
    persist,
    points: () => current().points(),
    complaints: () =>
      (life?.log() ?? "")
        .split("\n")
        .filter((line) => !line.startsWith('{"level":"info"'))
        .join("\n"),
    async stopService() {
      await current().stop();
      life = undefined;
    },
    async close() {
      life?.destroy();
      await slackServer.close();
      await iruServer.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The clock of the outside world: it stands where the service or the story last was, and never goes back. */
function createFollowingClock(start: Instant): Clock & { moveTo(at: Instant): void } {
  let now = start;
  const noTimers = (): never => {
    throw new Error("the outside world has no timers here");
  };
  return {
    now: () => now,
    moveTo: (at) => {
      now = Math.max(now, at);
    },
    at: noTimers,
    after: noTimers,
    sleep: () => Promise.reject(new Error("the outside world does not sleep here")),
  };
}
