import { NO_THREAD } from "../../../src/adapters/sqlite/checkpoints.ts";
import { MINUTE_MS } from "../../../src/core/time.ts";
import type { ChildProgram } from "./life.ts";
import { createScriptedMac } from "./mac.ts";
import { type Outcome, readOutcome } from "./outcome.ts";
import type { KillOrder } from "./protocol.ts";
import { createStage } from "./stage.ts";
import type { Story } from "./story.ts";

/** After the last act of a story everything has to be done within this time. */
const CONVERGE_WITHIN_MS = 2 * MINUTE_MS;

/** A story as it went. */
export interface Telling {
  readonly outcome: Outcome;
  /** Where the service was killed. */
  readonly deaths: readonly string[];
  /** The crash points that belong to the story, in order; only when it was not killed. */
  readonly points: readonly string[];
  /** What could be seen in Slack, for a person who looks for the reason of a failure. */
  readonly transcript: string;
}

/** Tells one story with a service of its own, killed as ordered, and reads what is left when all is quiet. */
export async function tellStory(story: Story, program: ChildProgram, kill?: KillOrder): Promise<Telling> {
  const stage = await createStage({
    program,
    ...(story.policy === undefined ? {} : { policy: story.policy }),
    ...(kill === undefined ? {} : { kill }),
  });
  try {
    const mac = createScriptedMac(stage);
    if (story.begins === undefined) await mac.enroll();
    const before = kill === undefined ? (await stage.points()).length : 0;
    await story.tell(stage, mac);
    await stage.advance(CONVERGE_WITHIN_MS);
    const isKnown = await mac.isKnown();
    const points = kill === undefined ? (await stage.points()).slice(before) : [];
    const hasThread = !stage.complaints().includes(NO_THREAD);
    await stage.stopService();
    const outcome = await readOutcome(stage, mac.requestId());
    const faults = [
      ...outcome.faults,
      ...(isKnown ? [] : ["the Mac's key is not known"]),
      ...(hasThread ? [] : ["the store works without its thread"]),
    ];
    return {
      outcome: { ...outcome, faults },
      deaths: stage.deaths,
      points,
      transcript: stage.slack.transcript(),
    };
  } catch (error) {
    throw new Error(`the story broke off; the service says:\n${stage.complaints()}`, { cause: error });
  } finally {
    await stage.close();
  }
}
