import { icon, type IconName } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { Theme, View } from "../state.ts";
import { absoluteTime, clockTime, shortClockTime } from "../text/times.ts";

const SPEEDS = [1, 10, 60] as const;
const NEXT_THEME: Readonly<Record<Theme, Theme>> = { auto: "light", light: "dark", dark: "auto" };
const THEME_WORDS: Readonly<Record<Theme, string>> = {
  auto: "Colours as the system has them",
  light: "Light colours",
  dark: "Dark colours",
};

/** The bar above the desk: simulated time and its speed, playing again, colours. */
export function topBar(view: View): VElement {
  const { story } = view.snapshot;
  return h(
    "header",
    { key: "top", class: "top-bar" },
    h(
      "h1",
      { class: "brand" },
      icon("pass"),
      h("span", {}, "Hallpass"),
      h("span", { class: "brand-demo" }, "demo"),
    ),
    h(
      "div",
      { class: "top-controls" },
      clockView(view),
      speedView(view),
      story.state === "playing"
        ? barButton("take-over", "stop", "Take over", () => view.act({ act: "take_over" }))
        : barButton("play", "play", "Play again", () => view.act({ act: "play" })),
      barButton("afresh", "restart", "Start afresh", () => view.act({ act: "start_afresh" })),
      themeButton(view),
    ),
  );
}

function clockView(view: View): VElement {
  return h(
    "time",
    {
      key: "clock",
      class: "world-clock",
      datetime: new Date(view.now).toISOString(),
      title: `Simulated time: ${absoluteTime(view.now)}`,
    },
    h("span", { class: "wide-only" }, clockTime(view.now)),
    h("span", { class: "narrow-only" }, shortClockTime(view.now)),
  );
}

function speedView(view: View): VElement {
  const { rate } = view.snapshot.clock;
  return h(
    "div",
    { key: "speed", class: "segment-row", role: "group", "aria-label": "Speed of time" },
    SPEEDS.map((speed) =>
      h(
        "button",
        {
          key: String(speed),
          type: "button",
          class: "segment-button",
          title: speed === 1 ? "As fast as real time" : `${speed} times as fast as real time`,
          "aria-pressed": rate === speed ? "true" : "false",
          on: { click: () => void view.act({ act: "speed", rate: speed }) },
        },
        `${speed}×`,
      ),
    ),
  );
}

/** On a narrow screen only its icon is seen. */
function barButton(key: string, name: IconName, label: string, act: () => unknown): VElement {
  return h(
    "button",
    { key, type: "button", class: "button", title: label, on: { click: () => void act() } },
    icon(name),
    h("span", { class: "bar-label" }, label),
  );
}

function themeButton(view: View): VElement {
  const { theme } = view.state;
  const words = `${THEME_WORDS[theme]}. Press for: ${THEME_WORDS[NEXT_THEME[theme]].toLowerCase()}`;
  return h(
    "button",
    {
      key: "theme",
      type: "button",
      class: "button button-icon",
      "aria-label": words,
      title: words,
      on: { click: () => view.set({ theme: NEXT_THEME[theme] }) },
    },
    icon(theme === "auto" ? "auto" : theme === "light" ? "sun" : "moon"),
  );
}
