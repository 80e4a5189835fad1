import { AGENT_ALONE_BUGS } from "./bugs-agent-alone.ts";
import { AGENT_BUGS } from "./bugs-agent.ts";
import { APP_BUGS } from "./bugs-app.ts";
import { CORE_BUGS } from "./bugs-core.ts";
import { EDGE_BUGS } from "./bugs-edge.ts";
import { OBEY_BUGS } from "./bugs-obey.ts";
import { SHOWN_BUGS } from "./bugs-shown.ts";
import { TOLD_BUGS } from "./bugs-told.ts";
import { REST_BUGS } from "./bugs-rest.ts";
import { UNREAD_BUGS } from "./bugs-unread.ts";
import type { PlantedBug } from "./planted-bug.ts";

/** Every planted bug, by the part of the product that it is in. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  ...CORE_BUGS,
  ...APP_BUGS,
  ...EDGE_BUGS,
  ...AGENT_BUGS,
  ...AGENT_ALONE_BUGS,
  ...OBEY_BUGS,
  ...SHOWN_BUGS,
  ...TOLD_BUGS,
  ...REST_BUGS,
  ...UNREAD_BUGS,
];
