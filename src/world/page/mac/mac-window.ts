import type { DemoMac } from "../../demo/snapshot.ts";
import { icon, type IconName } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";
import { countdown, shortClockTime, timeElement } from "../text/times.ts";
import { noticesView } from "./notices.ts";
import { passPanel } from "./pass-panel.ts";
import { switchesView } from "./switches.ts";
import { terminalView } from "./terminal.ts";

/** The Mac window: its screen with menu bar, pass and terminal, and the switches of its hardware. */
export function macWindow(view: View, mac: DemoMac): VElement {
  return h(
    "section",
    {
      key: "mac",
      class: "window window-mac",
      id: "window-mac",
      "aria-label": `Mac of ${ownerName(view, mac)}`,
    },
    h(
      "header",
      { class: "window-head" },
      icon("mac"),
      h("h2", { title: mac.hostname }, mac.hostname),
      h("span", { class: "serial muted" }, mac.serial),
    ),
    h(
      "div",
      { class: "screen" },
      menuBar(view, mac),
      h(
        "div",
        { class: "screen-body", inert: curtainOf(mac) !== undefined },
        passPanel(view, mac),
        noticesView(view, mac),
        terminalView(view, mac),
      ),
      curtain(mac),
    ),
    switchesView(view, mac),
  );
}

function ownerName(view: View, mac: DemoMac): string {
  return view.snapshot.slack.people.find(({ id }) => id === mac.personId)?.name ?? mac.hostname;
}

const NETWORK_WORDS: Readonly<Record<DemoMac["network"], string>> = {
  online: "Online",
  captive: "Captive portal: a login page answers instead of the internet",
  offline: "Offline",
};

function menuBar(view: View, mac: DemoMac): VElement {
  return h(
    "div",
    { class: "menu-bar" },
    h("span", { class: "menu-user" }, mac.consoleUser?.fullName ?? "Login window"),
    h(
      "span",
      {
        class: `menu-item menu-${mac.network}`,
        role: "img",
        "aria-label": NETWORK_WORDS[mac.network],
        title: NETWORK_WORDS[mac.network],
      },
      icon(mac.network),
    ),
    menuPass(view, mac),
    timeElement(view.now, shortClockTime(view.now), "menu-clock"),
  );
}

const MENU_WORDS: Readonly<Record<DemoMac["menuBar"]["state"], string>> = {
  idle: "Standard",
  waiting: "Waiting",
  ready: "Approved",
  starting: "Starting",
  admin: "Admin",
  ending: "Ending",
};

function menuPass(view: View, mac: DemoMac): VElement {
  const { state, endsAt, text } = mac.menuBar;
  const left = state === "admin" && endsAt !== undefined ? countdown(endsAt, view.now) : undefined;
  return h(
    "span",
    { class: `menu-pass state-${state}`, title: text },
    icon("pass"),
    h("span", { class: "menu-words" }, MENU_WORDS[state]),
    " ",
    h("span", { class: "menu-left" }, left ?? ""),
  );
}

interface Curtain {
  readonly icon: IconName;
  readonly title: string;
  readonly text: string;
}

function curtainOf(mac: DemoMac): Curtain | undefined {
  if (mac.power === "restarting") {
    return {
      icon: "restart",
      title: "Restarting",
      text: "Rights never survive a restart: they are taken away first.",
    };
  }
  if (mac.lid === "closed") {
    return { icon: "lid", title: "Asleep", text: "The lid is closed. The session's clock goes on." };
  }
  if (mac.consoleUser === undefined) {
    return { icon: "mac", title: "Login window", text: "Nobody is logged in." };
  }
  return undefined;
}

/** What lies over the screen while nobody can use it. */
function curtain(mac: DemoMac): VElement | undefined {
  const shown = curtainOf(mac);
  if (shown === undefined) return undefined;
  return h(
    "div",
    { key: "curtain", class: "curtain", role: "status" },
    icon(shown.icon),
    h("p", { class: "empty-title" }, shown.title),
    h("p", {}, shown.text),
  );
}
