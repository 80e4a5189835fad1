import { checkStories } from "./kill/check-stories.ts";
import { DECISION_STORIES } from "./kill/decision-stories.ts";

checkStories("test/slow/kill-decisions.test.ts", DECISION_STORIES);
