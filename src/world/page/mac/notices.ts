import type { DemoMac } from "../../demo/snapshot.ts";
import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import { isOpen, type View } from "../state.ts";
import { relativeTime, timeElement } from "../text/times.ts";

/** What the Mac told its user: the last notice, and on demand all of them. Its height never changes. */
export function noticesView(view: View, mac: DemoMac): VElement {
  const fold = `notices:${mac.serial}`;
  const open = isOpen(view.state, fold, false);
  const last = mac.alerts.at(-1);
  const more = mac.alerts.length - 1;
  return h(
    "section",
    { key: "notices", class: "notices", "aria-label": "Notices" },
    last === undefined
      ? h(
          "div",
          { key: "none", class: "notice notice-none" },
          icon("bell"),
          "Notices of the Mac appear here.",
        )
      : h("div", { key: "last", class: "notice-last", role: "status" }, noticeView(view, last)),
    more > 0 &&
      h(
        "button",
        {
          key: "more",
          type: "button",
          class: "button button-small",
          "aria-expanded": open ? "true" : "false",
          on: { click: () => view.fold(fold, !open) },
        },
        open ? "Hide" : `${more} more`,
      ),
    open &&
      more > 0 &&
      h(
        "div",
        { key: "all", class: "notices-all", tabindex: "0", "aria-label": "Earlier notices" },
        mac.alerts
          .slice(0, -1)
          .toReversed()
          .map((alert) => noticeView(view, alert)),
      ),
  );
}

function noticeView(view: View, alert: DemoMac["alerts"][number]): VElement {
  return h(
    "div",
    { key: alert.id, class: "notice", title: `${alert.title}. ${alert.text}` },
    icon("bell"),
    h("p", { class: "notice-words" }, alert.text),
    timeElement(alert.at, relativeTime(alert.at, view.now)),
  );
}
