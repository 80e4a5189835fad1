import { BOT_SCOPES } from "../../adapters/slack/manifest.ts";
import type { Clock } from "../../ports/clock.ts";
import { CHANNEL, PEOPLE, WORLD_SECRETS } from "../cast.ts";
import type { Delivery } from "./people.ts";
import { createSimulatedSlack, type SimulatedSlack } from "./simulated-slack.ts";

/**
 * The simulated Slack of the cast, with the app installed as its manifest asks. `appUrl` is asked anew for each click:
 * the service may be somewhere else after a restart.
 */
export function createCastSlack(
  clock: Clock,
  app: { readonly appUrl: () => string; readonly fetch: Delivery["fetch"] },
): SimulatedSlack {
  return createSimulatedSlack({
    clock,
    token: WORLD_SECRETS.botToken,
    scopes: BOT_SCOPES,
    channel: CHANNEL,
    people: Object.values(PEOPLE),
    delivery: {
      get appUrl() {
        return app.appUrl();
      },
      signingSecret: WORLD_SECRETS.signingSecret,
      fetch: app.fetch,
    },
  });
}
