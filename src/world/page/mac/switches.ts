import type { DemoMac, NetworkState } from "../../demo/snapshot.ts";
import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";

const NETWORKS: readonly { readonly id: NetworkState; readonly label: string; readonly title: string }[] = [
  { id: "online", label: "Online", title: "The Mac is on the internet" },
  { id: "captive", label: "Portal", title: "A captive portal answers every call with its login page" },
  { id: "offline", label: "Offline", title: "No network at all" },
];

/** What can be done to the Mac itself: its network, its lid, its power. */
export function switchesView(view: View, mac: DemoMac): VElement {
  return h(
    "div",
    { class: "switches" },
    h(
      "div",
      { class: "segment-row", role: "group", "aria-label": "Network" },
      NETWORKS.map(({ id, label, title }) =>
        h(
          "button",
          {
            key: id,
            type: "button",
            class: "segment-button",
            title,
            "aria-pressed": mac.network === id ? "true" : "false",
            on: { click: () => void view.act({ act: "network", serial: mac.serial, network: id }) },
          },
          icon(id),
          label,
        ),
      ),
    ),
    h(
      "button",
      {
        key: "lid",
        type: "button",
        class: "button",
        "aria-pressed": mac.lid === "closed" ? "true" : "false",
        on: {
          click: () =>
            void view.act({ act: "lid", serial: mac.serial, lid: mac.lid === "open" ? "closed" : "open" }),
        },
      },
      icon("lid"),
      mac.lid === "open" ? "Close lid" : "Open lid",
    ),
    h(
      "button",
      { key: "restart", type: "button", class: "button", on: { click: () => askRestart(view, mac) } },
      icon("restart"),
      "Restart",
    ),
  );
}

function askRestart(view: View, mac: DemoMac): void {
  view.set({
    question: {
      title: "Restart the Mac?",
      text: "A session does not survive it: the rights are taken away as soon as the Mac is up again.",
      yes: "Restart",
      no: "Go back",
      style: "danger",
      onYes: () => void view.act({ act: "reboot", serial: mac.serial }),
    },
  });
}
