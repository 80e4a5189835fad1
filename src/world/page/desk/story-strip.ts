import type { DemoMac, DemoSnapshot } from "../../demo/snapshot.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";
import { clockTime, timeElement } from "../text/times.ts";

/** One line below the top bar: while the session plays, what just happened; afterwards, what can be done next. */
export function storyStrip(view: View): VElement {
  const { story } = view.snapshot;
  const last = story.lines.at(-1);
  const isPlaying = story.state === "playing";
  return h(
    "div",
    { key: "story", class: `story story-${story.state}`, role: "status" },
    isPlaying && last !== undefined
      ? h(
          "p",
          { key: "line", class: "story-line" },
          timeElement(last.at, clockTime(last.at)),
          h("strong", {}, last.who),
          h("span", { class: "story-what" }, last.what),
        )
      : h(
          "p",
          { key: "hint", class: "story-line" },
          h("strong", {}, isPlaying ? "Playing" : "Your turn"),
          h(
            "span",
            { class: "story-what" },
            isPlaying ? "A session is about to begin." : hintOf(view.snapshot),
          ),
        ),
    h("progress", {
      class: "story-progress",
      max: "1",
      value: String(isPlaying ? story.progress : 0),
      "aria-label": "Progress of the play",
    }),
  );
}

/** What is worth trying now. */
function hintOf(snapshot: DemoSnapshot): string {
  const mac = snapshot.macs[0];
  if (mac === undefined) return "There is no Mac.";
  const people = snapshot.slack.people;
  const requester = people.find(({ id }) => id === mac.personId)?.name ?? "the requester";
  const approver = people.find(({ role }) => role === "approver")?.name ?? "an approver";
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
