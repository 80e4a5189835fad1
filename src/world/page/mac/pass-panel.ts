import type { DemoMac } from "../../demo/snapshot.ts";
import { icon, type IconName } from "../dom/icons.ts";
import { h, type Child, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";
import { countdown, shortClockTime, timeElement } from "../text/times.ts";
import { requestForm } from "./request-form.ts";

/** What Hallpass shows on the Mac: the form, or where the request stands. Its height never changes. */
export function passPanel(view: View, mac: DemoMac): VElement {
  const { state } = mac.menuBar;
  return h(
    "section",
    {
      key: "pass",
      class: `pass pass-${state}${mac.network === "online" ? "" : " pass-cut"}`,
      tabindex: "-1",
      "aria-label": "Hallpass",
    },
    state === "idle" ? requestForm(view, mac) : statusView(view, mac),
  );
}

function statusView(view: View, mac: DemoMac): VElement {
  const { state, text, endsAt } = mac.menuBar;
  const isAdmin = state === "admin" && endsAt !== undefined;
  return h(
    "div",
    { key: "status", class: "pass-status" },
    h("div", { class: "pass-mark" }, icon(markOf(mac))),
    h(
      "div",
      { class: "pass-titles" },
      h("p", { class: "pass-title" }, isAdmin ? countdown(endsAt, view.now) : TITLES[state]),
      h(
        "p",
        { class: "pass-until" },
        isAdmin ? ["Administrator until ", timeElement(endsAt, shortClockTime(endsAt))] : SUBTITLES[state],
      ),
    ),
    h("div", { class: "pass-buttons" }, buttonsOf(view, mac)),
    h("p", { class: "pass-text" }, mac.network === "online" ? text : `${text} ${CUT_OFF[mac.network]}`),
    isAdmin && timeBar(view, mac),
  );
}

/** How much of the session is left, as a bar. */
function timeBar(view: View, mac: DemoMac): VElement | undefined {
  const { startedAt, endsAt } = mac.menuBar;
  if (startedAt === undefined || endsAt === undefined || endsAt <= startedAt) return undefined;
  const left = Math.min(1, Math.max(0, (endsAt - view.now) / (endsAt - startedAt)));
  return h("progress", {
    class: "pass-left",
    max: "1",
    value: left.toFixed(3),
    "aria-label": "Time left",
  });
}

const MARKS: Readonly<Record<DemoMac["menuBar"]["state"], IconName>> = {
  idle: "pass",
  waiting: "pass",
  ready: "pass",
  starting: "pass",
  admin: "pass",
  ending: "lock",
};

function markOf(mac: DemoMac): IconName {
  return mac.network === "online" ? MARKS[mac.menuBar.state] : mac.network;
}

const TITLES: Readonly<Record<DemoMac["menuBar"]["state"], string>> = {
  idle: "Standard user",
  waiting: "Waiting for IT",
  ready: "Approved",
  starting: "Starting",
  admin: "Administrator",
  ending: "Rights are going",
};

const SUBTITLES: Readonly<Record<DemoMac["menuBar"]["state"], string>> = {
  idle: "",
  waiting: "An approver has to decide",
  ready: "The signal is on its way",
  starting: "The Mac gives the rights",
  admin: "",
  ending: "The Mac proves it",
};

const CUT_OFF: Readonly<Record<Exclude<DemoMac["network"], "online">, string>> = {
  captive: "A captive portal stands between this Mac and the service.",
  offline: "This Mac has no network.",
};

function buttonsOf(view: View, mac: DemoMac): Child {
  const { state, asksToStart } = mac.menuBar;
  const { serial } = mac;
  switch (state) {
    case "waiting":
      return button(view, "cancel", "Cancel the request", () =>
        view.act({ act: "cancel", serial }, "cancel"),
      );
    case "ready":
      return [
        asksToStart &&
          button(
            view,
            "start_now",
            "Start now",
            () => view.act({ act: "start_now", serial }, "start_now"),
            "button-primary",
          ),
        button(view, "cancel", "Cancel the request", () => view.act({ act: "cancel", serial }, "cancel")),
      ];
    case "admin":
      return button(
        view,
        "done",
        "I'm done",
        () => view.act({ act: "done", serial }, "done"),
        "button-primary",
      );
    case "idle":
    case "starting":
    case "ending":
      return undefined;
  }
}

function button(view: View, name: string, label: string, act: () => unknown, style = ""): VElement {
  return h(
    "button",
    {
      key: name,
      type: "button",
      class: `button ${style}`,
      "aria-busy": view.state.underWay[name] ? "true" : undefined,
      on: { click: () => void act() },
    },
    label,
  );
}
