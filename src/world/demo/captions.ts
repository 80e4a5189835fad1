import type { Clock } from "../../ports/clock.ts";
import type { StoryLine } from "./snapshot.ts";

/** Shows the lines of a story one at a time, each long enough to be read. */
export interface Captions {
  add(line: StoryLine): void;
  /** The line to show now. */
  current(): StoryLine | undefined;
}

const READABLE_MS = 700;
const WAITING_MAX = 2;

/** Makes captions in real time. When the story runs away from its readers, the oldest waiting line is left out. */
export function createCaptions(real: Clock): Captions {
  let shown: StoryLine | undefined;
  let since = Number.NEGATIVE_INFINITY;
  let waiting: readonly StoryLine[] = [];
  return {
    add(line) {
      waiting = [...waiting, line].slice(-WAITING_MAX);
    },
    current() {
      const [next, ...later] = waiting;
      if (next !== undefined && real.now() - since >= READABLE_MS) {
        shown = next;
        since = real.now();
        waiting = later;
      }
      return shown;
    },
  };
}
