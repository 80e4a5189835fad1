import { MINUTE_MS, SECOND_MS } from "../../core/time.ts";
import { actOnce } from "./acts.ts";
import { checkEnd } from "./checks-end.ts";
import { checkTime } from "./checks-mac.ts";
import { unrestIn } from "./checks-rest.ts";
import { checkPrivileges } from "./checks-privileges.ts";
import { checkSilence } from "./checks-silent.ts";
import { checkService } from "./checks-service.ts";
import { checkChanged } from "./checks-step.ts";
import { healMac, startAgain } from "./mac-acts.ts";
import { tryOldKeys } from "./outside-acts.ts";
import { heal, type PeopleEnd } from "./people-acts.ts";
import { planInWords } from "./plan.ts";
import { readBack } from "./read-back.ts";
import { askAnew, attackIfNone, checkMinimum, forgeIfNone, hasEnoughRequests } from "./seed-minimum.ts";
import type { TraceEntry, Violation } from "./record-book.ts";
import type { SimStore } from "./service-lives.ts";
import { CONVERGE_WITHIN_MS } from "./sim-cast.ts";
import { watchUnheardFailures } from "./unheard-failures.ts";
import { createSimWorld, type SimWorld } from "./sim-world.ts";
import { noteRules } from "./mac-side.ts";

/** What came of one seed. */
export interface SeedResult {
  readonly seed: number;
  readonly length: SeedLength;
  readonly plan: string;
  readonly violations: readonly Violation[];
  /** Why the world itself came to no end: an error with its stack. */
  readonly breakdown?: string;
  readonly counts: ReadonlyMap<string, number>;
  readonly trace: readonly TraceEntry[];
  /** Every stored change in order, then what was seen in Slack: what two runs of a seed must agree on. */
  readonly history: readonly string[];
  /** What the stores, Iru and the trace hold at the end, by `readBack`; empty where nobody asked. */
  readonly left: readonly string[];
  /** Made when asked for: reading a whole workspace as text takes as long as some of its life. */
  readonly transcript: () => string;
  readonly sessions: number;
  readonly startedAt: number;
  readonly virtualMs: number;
}

/** `short`: fewer faults, and people end what is open when all heals; for tests that everybody runs all the time. */
export type SeedLength = "whole" | "short";

const FAULTS_FOR_MS: Readonly<Record<SeedLength, readonly [number, number]>> = {
  whole: [150 * SECOND_MS, 7 * MINUTE_MS],
  short: [45 * SECOND_MS, 95 * SECOND_MS],
};
/** By this share of that time somebody has attacked, if there is anybody who can. */
const ATTACKED_BY = 0.6;
const ASKING_MS = 40 * SECOND_MS;
const SLICE_MS = 2 * SECOND_MS;
const HEAL_EVERY_MS: Readonly<Record<SeedLength, number>> = { whole: 20 * SECOND_MS, short: 10 * SECOND_MS };
const STILL_ON_ITS_WAY_MS = 5 * SECOND_MS;

/**
 * Runs one seed: a world with faults, then one that heals and has to come to rest. A world that breaks down is told in
 * the result, with all that happened before. `isCompared`: what is left at the end is read back.
 */
export async function runSeed(
  seed: number,
  simStore: SimStore,
  length: SeedLength = "whole",
  isCompared = false,
): Promise<SeedResult> {
  const world = await createSimWorld(seed, simStore);
  const { book, clock } = world;
  const startedAt = clock.now();
  const stopWatching = watchUnheardFailures(book);
  let breakdown: string | undefined;
  let left: readonly string[] = [];
  try {
    await faultPhase(world, length);
    await healingPhase(world, length);
    await checkEnd(world);
    checkMinimum(world);
    if (isCompared) left = await readBack(world);
  } catch (error) {
    breakdown = error instanceof Error ? (error.stack ?? error.message) : String(error);
  } finally {
    for (const { mac } of world.macs) mac.dispose();
    await world.lives.close();
    simStore.remove();
    stopWatching();
  }
  return {
    seed,
    length,
    plan: planInWords(world.plan),
    violations: book.violations,
    ...(breakdown === undefined ? {} : { breakdown }),
    counts: book.counts,
    trace: book.trace,
    history: world.durable.history,
    left,
    transcript: () => world.slack.transcript(),
    sessions: book.counts.get("sessions") ?? 0,
    startedAt,
    virtualMs: clock.now() - startedAt,
  };
}

async function faultPhase(world: SimWorld, length: SeedLength): Promise<void> {
  const { clock, random, plan } = world;
  const acts = random.fork("acts");
  const until = clock.now() + acts.integer(...FAULTS_FOR_MS[length]);
  // The Macs enrol before anybody asks for anything.
  await passTo(world, clock.now() + 3 * SECOND_MS);
  const attacker = random.fork("attacker");
  const attackFrom = clock.now() + ATTACKED_BY * (until - clock.now());
  // Where calls fail all the time it takes longer until enough is asked for.
  while (clock.now() < until || (!hasEnoughRequests(world) && clock.now() < until + ASKING_MS)) {
    if (clock.now() >= attackFrom) attackIfNone(world, attacker);
    actOnce(world, acts);
    await passTo(world, clock.now() + acts.integer(1, 2 * plan.actEveryMs));
  }
  forgeIfNone(world, attacker);
}

/** All faults stop; clocks run on; people answer what they are asked. Everything has to come to an end. */
async function healingPhase(world: SimWorld, length: SeedLength): Promise<void> {
  const { clock, faults, lives, book } = world;
  faults.heal(clock.now());
  book.note(undefined, undefined, () => "everything heals");
  world.iru.setDelays({ tagMs: 1_000, scriptMs: 3_000, profileMs: 2_000, runMs: 4_000 });
  for (const side of world.macs) healMac(world, side);
  const ends = length === "short" ? "all" : drawEnds(world);
  const until = clock.now() + CONVERGE_WITHIN_MS;
  const startedAgain = new Set<string>();
  const asking = world.random.fork("asking");
  let hasTriedKeys = false;
  while (clock.now() < until) {
    await passTo(world, clock.now() + HEAL_EVERY_MS[length]);
    heal(world, ends);
    if (!hasEnoughRequests(world) && askAnew(world, asking)) continue;
    if (lives.upSince() === undefined || !(await isOver(world, startedAgain))) continue;
    if (!hasTriedKeys) tryOldKeys(world);
    hasTriedKeys = true;
    // What is still on its way arrives, and may be news of its own.
    await passTo(world, clock.now() + STILL_ON_ITS_WAY_MS);
    if (await isOver(world, startedAgain)) break;
  }
}

/**
 * True when nothing is left to be done that can be. A Mac whose agent is at rest and has not noticed that its record or its key is
 * gone is started again, once: what its next agent finds has to come to rest as well.
 */
async function isOver(world: SimWorld, startedAgain: Set<string>): Promise<boolean> {
  const unrest = (await unrestIn(world)).filter(({ isExcused }) => isExcused !== true);
  if (unrest.some(({ isUnnoticed }) => isUnnoticed !== true)) return false;
  for (const side of world.macs) {
    const { serial } = side.cast;
    if (startedAgain.has(serial) || unrest.every((one) => one.serial !== serial)) continue;
    startedAgain.add(serial);
    startAgain(world, side);
  }
  return unrest.length === 0;
}

/** In some worlds all runs to its own end, in most of these but the long sessions: they are many quiet seconds. */
function drawEnds({ random: seed, plan }: SimWorld): PeopleEnd {
  const random = seed.fork("healing");
  // What is tried on a session is tried at its end, mostly.
  if (plan.trial !== undefined) return "long_sessions";
  if (random.chance(0.6)) return "all";
  return random.chance(0.8) ? "long_sessions" : "nothing";
}

/** Moves time on by slices; holds what changed against the laws after each step, and the world after each slice. */
async function passTo(world: SimWorld, until: number): Promise<void> {
  const { clock, book, macs } = world;
  while (clock.now() < until) {
    await clock.runTo(Math.min(until, clock.now() + SLICE_MS), () => checkChanged(world));
    for (const side of macs) {
      checkTime(side, world.durable, book, clock.now());
      checkPrivileges(world, side);
      noteRules(side);
    }
    checkService(world);
    checkSilence(world);
  }
}
