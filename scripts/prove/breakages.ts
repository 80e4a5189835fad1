import type { Breakage } from "./breakage.ts";
import { AGENT_BREAKAGES } from "./breakages/agent.ts";
import { APP_BREAKAGES } from "./breakages/app.ts";
import { CLOCK_BREAKAGES } from "./breakages/clock.ts";
import { CORE_BREAKAGES } from "./breakages/core.ts";
import { DEMO_BREAKAGES } from "./breakages/demo.ts";
import { EDGE_BREAKAGES } from "./breakages/edge.ts";
import { ENDING_BREAKAGES } from "./breakages/ending.ts";
import { HTTP_BREAKAGES } from "./breakages/http.ts";
import { INTRUDER_BREAKAGES } from "./breakages/intruder.ts";
import { OLDER_ANSWER_BREAKAGES } from "./breakages/older-answers.ts";
import { OUTAGE_BREAKAGES } from "./breakages/outages.ts";
import { RECORD_BREAKAGES } from "./breakages/record.ts";
import { IRU_BREAKAGES } from "./breakages/iru.ts";
import { LIVES_BREAKAGES } from "./breakages/lives.ts";
import { MAC_BREAKAGES } from "./breakages/mac.ts";
import { RIVAL_BREAKAGES } from "./breakages/rivals.ts";
import { RIVAL_MAC_BREAKAGES } from "./breakages/rivals-mac.ts";
import { RIVAL_CLAIM_BREAKAGES } from "./breakages/rivals-shown.ts";
import { SLACK_BREAKAGES } from "./breakages/slack.ts";
import { SIMULATOR_BREAKAGES } from "./breakages/simulator.ts";
import { STORE_BREAKAGES } from "./breakages/store.ts";
import { UNREAD_BREAKAGES } from "./breakages/unread.ts";

/** Every breakage that `npm run prove` tries, by the part of the product that it breaks. */
export const BREAKAGES: readonly Breakage[] = [
  ...CORE_BREAKAGES,
  ...CLOCK_BREAKAGES,
  ...ENDING_BREAKAGES,
  ...LIVES_BREAKAGES,
  ...APP_BREAKAGES,
  ...OUTAGE_BREAKAGES,
  ...HTTP_BREAKAGES,
  ...EDGE_BREAKAGES,
  ...STORE_BREAKAGES,
  ...SIMULATOR_BREAKAGES,
  ...SLACK_BREAKAGES,
  ...IRU_BREAKAGES,
  ...RIVAL_BREAKAGES,
  ...RIVAL_MAC_BREAKAGES,
  ...RIVAL_CLAIM_BREAKAGES,
  ...AGENT_BREAKAGES,
  ...MAC_BREAKAGES,
  ...INTRUDER_BREAKAGES,
  ...RECORD_BREAKAGES,
  ...OLDER_ANSWER_BREAKAGES,
  ...UNREAD_BREAKAGES,
  ...DEMO_BREAKAGES,
];
