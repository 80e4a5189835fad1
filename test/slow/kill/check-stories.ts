import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { join } from "node:path";
import { inspect } from "node:util";
import { commitNumber } from "../../../scripts/commit-number.ts";
import { kindOf } from "./crash-points.ts";
import { type ChildProgram, useChildProgram } from "./life.ts";
import { type Outcome, withoutTrouble } from "./outcome.ts";
import { choosePoints, pointOfEachKind, tableOf } from "./plan.ts";
import type { KillOrder } from "./protocol.ts";
import type { Story } from "./story.ts";
import { type Telling, tellStory } from "./tell-story.ts";

/** Besides single kills each story is told with lives of so many crash points, one after the other. */
const LIFE_LENGTH = 23;
/** Moves the points with each commit, so that in time each is one of those that are tried. */
const TURN = commitNumber(join(import.meta.dirname, "..", "..", ".."));
/** The fewest kills that a file of stories must come to. */
const KILLS_MIN = 60;

const onlyStory = process.env["KILL_STORY"];
const onlyPoint = process.env["KILL_POINT"];

/**
 * Defines the tests of these stories. Each is told once in peace and then again and again, with the service killed
 * by SIGKILL at one of its crash points and started on the same file; every telling has to come to the same end.
 *
 * `KILL_STORY=approved` tells one story only; `KILL_POINT=17` or `KILL_POINT="after commit armed #1"` kills at that
 * point only, `KILL_POINT=all` at every one, `KILL_POINT=kinds` at one of each kind that a story has, and
 * `KILL_POINT="every 23"` at the 23rd point of each life. Without it each kind is tried in one of the file's stories.
 */
export function checkStories(file: string, all: readonly Story[]): void {
  const stories = all.filter(({ name }) => onlyStory === undefined || onlyStory === name);
  const killed = new Map<string, string[]>(stories.map(({ name }) => [name, []]));
  const taken = new Set<string>();
  const program = useChildProgram();

  describe("L7 killed with -9 at any point a story comes to the same end", { concurrency: 2 }, () => {
    for (const story of stories) {
      test(`L7 killed with -9: ${story.name}`, async () => {
        const peaceful = await tellStory(story, program());
        assert.deepEqual(peaceful.outcome.faults, []);
        const problems: string[] = [];
        for (const order of ordersFor(peaceful, taken, TURN + all.indexOf(story))) {
          try {
            killed.get(story.name)?.push(...(await tellKilled(program(), story, order, peaceful)));
          } catch (error) {
            problems.push(`${file}, alone with ${nameOfKill(story, order, peaceful)}\n${words(error)}`);
          }
        }
        assert.equal(
          problems.length,
          0,
          `${problems.length} tellings went wrong:\n\n${problems.join("\n\n")}`,
        );
      });
    }
  });

  test("L7 killed with -9 often enough", () => {
    console.log(tableOf(killed));
    const count = [...killed.values()].flat().length;
    const least = onlyStory === undefined && onlyPoint === undefined ? KILLS_MIN : 0;
    assert.ok(count >= least, `only ${count} kills`);
  });
}

/** The kills that a story is told with. */
function ordersFor({ points }: Telling, taken: Set<string>, turn: number): readonly KillOrder[] {
  const every = /^every (\d+)$/.exec(onlyPoint ?? "")?.[1];
  if (every !== undefined) return [{ every: Number(every) }];
  if (onlyPoint === "all") return points.map((at) => ({ at }));
  if (onlyPoint === "kinds") return pointOfEachKind(points, turn).map((at) => ({ at }));
  if (onlyPoint !== undefined) return [{ at: points[Number(onlyPoint) - 1] ?? onlyPoint }];
  const chosen = choosePoints(points, taken, turn);
  return [...chosen.map((at) => ({ at })), { every: LIFE_LENGTH }];
}

/** What to set to see this failure alone. */
function nameOfKill(story: Story, order: KillOrder, { points }: Telling): string {
  if ("every" in order) return `KILL_STORY=${story.name} KILL_POINT="every ${order.every}"`;
  const place = `point ${points.indexOf(order.at) + 1} of ${points.length}, ${kindOf(order.at)}`;
  return `KILL_STORY=${story.name} KILL_POINT="${order.at}" (${place})`;
}

/** Tells a story with kills, compares its end with that of the peaceful telling, and answers where it was killed. */
async function tellKilled(
  program: ChildProgram,
  story: Story,
  order: KillOrder,
  peaceful: Telling,
): Promise<readonly string[]> {
  const told = await tellStory(story, program, order);
  if ("at" in order) assert.deepEqual(told.deaths, [order.at], "the point was not reached");
  else if (peaceful.points.length > order.every) assert.ok(told.deaths.length > 0, "nothing was killed");
  if (onlyPoint !== undefined && !["all", "kinds"].includes(onlyPoint)) console.log(told.transcript);
  assert.deepEqual(comparable(story, told.outcome), comparable(story, peaceful.outcome));
  return told.deaths;
}

function comparable(story: Story, outcome: Outcome): Outcome {
  return story.isTroubled === true ? withoutTrouble(outcome) : outcome;
}

function words(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause === undefined ? String(error) : `${String(error)}\n${inspect(cause)}`;
}
