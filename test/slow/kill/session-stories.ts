import { approveActionId, REQUEST_ACTION_IDS } from "../../../src/adapters/slack/actions.ts";
import type { EndReason } from "../../../src/core/request.ts";
import { MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { PEOPLE } from "../../../src/world/cast.ts";
import type { ScriptedMac } from "./mac.ts";
import { press } from "./people.ts";
import type { Stage } from "./stage.ts";
import type { Story } from "./story.ts";

const ben = PEOPLE.ben.id;
const carla = PEOPLE.carla.id;
const LINES = ["Nov 23 10:01:00 : anna : COMMAND=/usr/bin/id", "Nov 23 10:02:00 : anna : COMMAND=/bin/ls /"];

/** From the request to the first minute of a session of ten minutes. */
async function beginSession(stage: Stage, mac: ScriptedMac): Promise<number> {
  await mac.ask(15);
  await stage.advance(SECOND_MS);
  await press(stage, ben, approveActionId(10));
  await mac.waitFor({ status: "approved", signal: "set" });
  await mac.arm();
  const endsAt = await mac.start();
  await mac.live(MINUTE_MS);
  await mac.ship(LINES.slice(0, 1), false);
  return endsAt;
}

async function endSession(mac: ScriptedMac, reason: EndReason): Promise<void> {
  await mac.waitFor({ status: "ending", endReason: reason });
  await mac.ship(LINES.slice(1), true);
  await mac.removed(reason);
}

/** The ways in which a session may end. */
export const SESSION_STORIES: readonly Story[] = [
  {
    name: "approved",
    async tell(stage, mac) {
      const endsAt = await beginSession(stage, mac);
      await mac.live(endsAt - stage.now());
      await endSession(mac, "expired");
    },
  },
  {
    name: "revoked",
    async tell(stage, mac) {
      await beginSession(stage, mac);
      await press(stage, carla, REQUEST_ACTION_IDS.revoke);
      await endSession(mac, "revoked");
    },
  },
  {
    name: "locked",
    async tell(stage, mac) {
      await beginSession(stage, mac);
      await press(stage, carla, REQUEST_ACTION_IDS.lock);
      await endSession(mac, "locked");
    },
  },
  {
    name: "late-log",
    async tell(stage, mac) {
      await beginSession(stage, mac);
      await mac.end();
      await mac.removed("ended_by_user");
      await stage.advance(16 * MINUTE_MS);
      await mac.ship(LINES.slice(1), true);
    },
  },
  {
    name: "network-loss",
    async tell(stage, mac) {
      await beginSession(stage, mac);
      await mac.lostNetwork();
      await endSession(mac, "network_loss");
    },
  },
];
