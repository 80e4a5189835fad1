import { icon, type IconName } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { Tab, View } from "../state.ts";

const TABS: readonly { readonly id: Tab; readonly label: string; readonly icon: IconName }[] = [
  { id: "slack", label: "Slack", icon: "chat" },
  { id: "mac", label: "Mac", icon: "mac" },
  { id: "audit", label: "Audit", icon: "chain" },
];

/** On a narrow screen the three windows are three tabs; on a wide one this is not shown. */
export function tabBar(view: View): VElement {
  return h(
    "nav",
    { key: "tabs", class: "tab-bar", "aria-label": "Windows" },
    TABS.map(({ id, label, icon: name }) =>
      h(
        "button",
        {
          key: id,
          type: "button",
          class: "tab",
          "aria-pressed": view.state.tab === id ? "true" : "false",
          on: { click: () => view.set({ tab: id }) },
        },
        icon(name),
        label,
      ),
    ),
  );
}
