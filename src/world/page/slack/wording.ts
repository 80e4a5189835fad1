import type { View } from "../state.ts";
import type { Wording } from "../text/mrkdwn.ts";

/** How mentions and dates are written for whoever looks at the page. */
export function wordingOf(view: View): Wording {
  const { people } = view.snapshot.slack;
  return { now: view.now, nameOf: (userId) => people.find(({ id }) => id === userId)?.name ?? userId };
}
