import assert from "node:assert/strict";
import { REQUEST_ACTION_IDS } from "../../../src/adapters/slack/actions.ts";
import { SECOND_MS } from "../../../src/core/time.ts";
import { buttonsOf } from "../../../src/world/slack/people.ts";
import type { Stage } from "./stage.ts";

/** How long a person looks for a button or a dialog before giving up. */
const LOOKS_MAX = 90;

/**
 * Somebody looks for a button in the channel, also on a screen that lags, and clicks it, again when Slack says that
 * the app did not answer.
 */
export async function press(stage: Stage, userId: string, actionId: string): Promise<void> {
  const ts = await findButton(stage, actionId);
  const answer = await stage.persist(() => stage.slack.click(userId, ts, actionId));
  assert.equal(answer.status, 200, `a click on ${actionId} was answered ${answer.status} ${answer.body}`);
  await stage.advance(0);
}

async function findButton(stage: Stage, actionId: string): Promise<string> {
  for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
    const card = stage.slack
      .cards()
      .find(({ content, earlier }) =>
        [...earlier, content].flatMap(buttonsOf).some((button) => button.actionId === actionId),
      );
    if (card !== undefined) return card.ts;
    await stage.advance(SECOND_MS);
  }
  throw new Error(`nobody ever saw the button ${actionId}\n${stage.slack.transcript()}`);
}

/** Somebody denies with words. A click after which no dialog opens is made again. */
export async function denyWith(stage: Stage, userId: string, words: string): Promise<void> {
  for (let clicks = 0; stage.slack.dialogOf(userId) === undefined; clicks += 1) {
    assert.ok(clicks < 5, "the dialog never opened");
    await press(stage, userId, REQUEST_ACTION_IDS.deny);
    await stage.advance(3 * SECOND_MS);
  }
  const answer = await stage.persist(() => stage.slack.submitView(userId, words));
  assert.equal(answer.status, 200, `the dialog was answered ${answer.status} ${answer.body}`);
  await stage.advance(0);
}
