import type { DemoMac, DemoSnapshot } from "../../demo/snapshot.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";
import { clockTime, timeElement } from "../text/times.ts";

/** One line below the top bar: while the session plays, what just happened; afterwards, what can be done next. */
export function storyStrip(view: View): VElement {
  const { state, progress } = view.snapshot.story;
  return h(
    "div",
    { key: "story", class: `story story-${state}`, role: "status" },
    h("p", { class: "story-line" }, ...lineOf(view.snapshot)),
    h("progress", {
      class: "story-progress",
      max: "1",
      value: String(state === "playing" ? progress : 0),
      "aria-label": "Progress of the play",
    }),
  );
}

function lineOf(snapshot: DemoSnapshot): readonly VElement[] {
  const { state, caption } = snapshot.story;
  const what = (words: string) => h("span", { class: "story-what" }, words);
  switch (state) {
    case "playing":
      return caption === undefined
        ? [h("strong", {}, "Playing"), what("A session is about to begin.")]
        : [timeElement(caption.at, clockTime(caption.at)), h("strong", {}, caption.who), what(caption.what)];
    case "yours":
      return [h("strong", {}, "Your turn"), what(hintOf(snapshot))];
    case "stopped":
      return [h("strong", {}, "Stopped"), what("The session could not be played to its end. Start afresh.")];
  }
}

/** What is worth trying now. */
function hintOf(snapshot: DemoSnapshot): string {
  const mac = snapshot.macs[0];
  if (mac === undefined) return "There is no Mac.";
  const people = snapshot.slack.people;
  const requester = people.find(({ id }) => id === mac.personId)?.name ?? "the requester";
  const approver = people.find(({ role }) => role === "approver")?.name ?? "an approver";
  if (mac.power === "restarting") return "The Mac restarts; this takes less than a minute of its time.";
  if (mac.lid === "closed") return "Open the lid again: the Mac catches up with what it missed.";
  if (mac.network !== "online") return "The Mac is cut off. Put it online again when you have seen enough.";
  return HINTS[mac.menuBar.state](requester, approver);
}

const HINTS: Readonly<Record<DemoMac["menuBar"]["state"], (requester: string, approver: string) => string>> =
  {
    idle: (requester) => `Ask for admin rights on the Mac as ${requester}; first try sudo in the terminal.`,
    waiting: (requester, approver) =>
      `Choose ${approver} in Slack and approve or deny. Try it as ${requester} as well: it will be refused.`,
    ready: () => "Approved. The signal travels through Iru to the Mac; this takes a moment.",
    starting: () =>
      "The Mac takes up the approval: it asks once more, writes its record, then gives the rights.",
    admin: () => "sudo works now. Cut the network, close the lid, revoke in Slack, or press “I'm done”.",
    ending: () => "The rights are taken away and proven gone; then the log arrives in the thread.",
  };
