import { approveActionId } from "../../../src/adapters/slack/actions.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "../../../src/core/time.ts";
import { PEOPLE } from "../../../src/world/cast.ts";
import { denyWith, press } from "./people.ts";
import type { Story } from "./story.ts";

const ben = PEOPLE.ben.id;
const carla = PEOPLE.carla.id;

/** Business hours that the stage's Monday is outside of. */
const OFF_HOURS = {
  mode: "enabled",
  zone: "Europe/Berlin",
  weekdays: [6, 7],
  startMinute: 540,
  endMinute: 1080,
  onCallUserId: carla,
} as const;

/** The ways of a request that never becomes a session, and the enrolment before any. */
export const DECISION_STORIES: readonly Story[] = [
  {
    name: "unanswered",
    async tell(stage, mac) {
      await mac.ask(5);
      await stage.advance(24 * HOUR_MS + MINUTE_MS);
    },
  },
  {
    name: "denied",
    async tell(stage, mac) {
      await mac.ask(30);
      await stage.advance(SECOND_MS);
      await denyWith(stage, ben, "Use <Self Service> & ask again");
      await stage.advance(MINUTE_MS);
      await press(stage, carla, approveActionId(30));
    },
  },
  {
    name: "lapsed",
    async tell(stage, mac) {
      await mac.ask(15);
      await press(stage, ben, approveActionId(15));
      await stage.advance(HOUR_MS + MINUTE_MS);
    },
  },
  {
    name: "cancelled",
    async tell(stage, mac) {
      await mac.ask(15);
      await press(stage, ben, approveActionId(15));
      await mac.waitFor({ status: "approved", signal: "set" });
      await mac.cancel();
    },
  },
  {
    name: "trouble",
    isTroubled: true,
    async tell(stage, mac) {
      await mac.ask(15);
      await stage.advance(SECOND_MS);
      const status = { kind: "status", status: 500 } as const;
      // Two messages are under way, in either order; an even number fails each as often, so every telling passes the
      // same points.
      stage.slack.failNext({ ...status, path: "/api/chat.postMessage", times: 6 });
      stage.slack.failNext({ ...status, path: "/api/chat.update", times: 2, work: "after" });
      stage.iru.failNext({ ...status, method: "PATCH", times: 7 });
      await press(stage, ben, approveActionId(15));
      await mac.waitFor({ status: "approved", signal: "set" });
      await stage.advance(5 * MINUTE_MS);
      stage.slack.failNext({ ...status, path: "/api/chat.postMessage", times: 2, work: "after" });
      await mac.cancel();
    },
  },
  {
    name: "never-started",
    async tell(stage, mac) {
      await mac.ask(15);
      await press(stage, ben, approveActionId(15));
      await mac.waitFor({ status: "approved", signal: "set" });
      await mac.arm();
      await stage.advance(3 * MINUTE_MS);
      await mac.removed("device_error", false);
    },
  },
  {
    name: "on-call",
    policy: { offHours: { ...OFF_HOURS, capPerNight: 1 } },
    async tell(_stage, mac) {
      await mac.ask(15);
      await mac.waitFor({ status: "approved", signal: "set" });
      await mac.cancel();
    },
  },
  {
    name: "on-call-capped",
    policy: { offHours: { ...OFF_HOURS, capPerNight: 0 } },
    async tell(stage, mac) {
      await mac.ask(15);
      await denyWith(stage, ben, "");
    },
  },
  {
    name: "wiped",
    // A new enrolment closes what is open.
    async tell(stage, mac) {
      await mac.ask(15);
      await press(stage, ben, approveActionId(15));
      await mac.waitFor({ status: "approved", signal: "set" });
      await mac.enroll();
    },
  },
  {
    name: "enrolled",
    begins: "before enrolment",
    tell: (_stage, mac) => mac.enroll(),
  },
];
