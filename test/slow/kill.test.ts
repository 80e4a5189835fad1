import { checkStories } from "./kill/check-stories.ts";
import { SESSION_STORIES } from "./kill/session-stories.ts";

checkStories("test/slow/kill.test.ts", SESSION_STORIES);
