import { auditWindow } from "../audit/audit-window.ts";
import { h, type VElement } from "../dom/vnode.ts";
import { macWindow } from "../mac/mac-window.ts";
import { slackWindow } from "../slack/slack-window.ts";
import type { View } from "../state.ts";
import { lostBanner, overlays } from "./dialogs.ts";
import { storyStrip } from "./story-strip.ts";
import { tabBar } from "./tabs.ts";
import { topBar } from "./top-bar.ts";

/** The whole page. */
export function desk(view: View): VElement[] {
  const mac = view.snapshot.macs[0];
  return [
    topBar(view),
    storyStrip(view),
    h(
      "main",
      { key: "desk", class: "desk", "data-tab": view.state.tab },
      slackWindow(view),
      mac !== undefined && macWindow(view, mac),
      auditWindow(view),
    ),
    tabBar(view),
    ...overlays(view),
    ...[lostBanner(view.state.connection === "lost")].filter((banner) => banner !== undefined),
  ];
}

/** What is shown before the first snapshot has come. */
export function waitingDesk(isLost: boolean): VElement[] {
  return [
    h(
      "div",
      { key: "waiting", class: "waiting", role: "status" },
      isLost ? "The demo server does not answer. Reconnecting …" : "Connecting to the demo …",
    ),
  ];
}
