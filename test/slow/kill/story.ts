import type { Policy } from "../../../src/core/policy-config.ts";
import type { ScriptedMac } from "./mac.ts";
import type { Stage } from "./stage.ts";

/** A story that is told again for each crash point. */
export interface Story {
  readonly name: string;
  readonly policy?: Partial<Policy>;
  /** Told with a Mac that is enrolled, but for the story of the enrolment itself. */
  readonly tell: (stage: Stage, mac: ScriptedMac) => Promise<void>;
  readonly begins?: "before enrolment";
  /** Slack and Iru fail on the way: whether IT is told so may depend on where a crash cut a try short. */
  readonly isTroubled?: true;
}
