import { h, type VElement } from "./vnode.ts";

/** Drawn for this page on a 16 px grid, 1.5 px strokes. */
const PATHS = {
  pass: "M2.75 4.75h10.5v2a1.5 1.5 0 0 0 0 2.5v2H2.75v-2a1.5 1.5 0 0 0 0-2.5zM6.5 7.9l1.2 1.2 2-2.2",
  chat: "M2.75 3.25h10.5v7.5H7l-2.75 2.5v-2.5h-1.5z",
  mac: "M3.25 3.25h9.5v6.5h-9.5zM1.75 12.25h12.5",
  chain:
    "M6.75 9.25l2.5-2.5M7.5 5l1.4-1.4a2.5 2.5 0 0 1 3.5 3.5L11 8.5M8.5 11l-1.4 1.4a2.5 2.5 0 0 1-3.5-3.5L5 7.5",
  broken:
    "M7.5 5l1.4-1.4a2.5 2.5 0 0 1 3.5 3.5L11 8.5M8.5 11l-1.4 1.4a2.5 2.5 0 0 1-3.5-3.5L5 7.5M2.5 4.5h1.5M4.5 2.5V4M13.5 11.5H12M11.5 13.5V12",
  online: "M2 6.5a8.5 8.5 0 0 1 12 0M4.25 8.9a5.3 5.3 0 0 1 7.5 0M6.4 11.2a2.25 2.25 0 0 1 3.2 0M8 13h.01",
  captive: "M2 6.5a8.5 8.5 0 0 1 12 0M4.25 8.9a5.3 5.3 0 0 1 2-1.3M8 8v2.5M8 13h.01",
  offline:
    "M2 6.5a8.5 8.5 0 0 1 12 0M4.25 8.9a5.3 5.3 0 0 1 7.5 0M6.4 11.2a2.25 2.25 0 0 1 3.2 0M8 13h.01M3 2.5l10.5 11",
  lid: "M3.25 9.75v-6h9.5v6M1.75 12.25h12.5",
  restart: "M12.5 5.5A5.25 5.25 0 1 0 13.25 8M12.75 2.75v3h-3",
  play: "M5 3.25l7.5 4.75L5 12.75z",
  stop: "M4.25 4.25h7.5v7.5h-7.5z",
  sun: "M8 5.25a2.75 2.75 0 1 1 0 5.5 2.75 2.75 0 0 1 0-5.5zM8 1.5v1.25M8 13.25v1.25M1.5 8h1.25M13.25 8h1.25M3.4 3.4l.9.9M11.7 11.7l.9.9M12.6 3.4l-.9.9M4.3 11.7l-.9.9",
  moon: "M13 9.75A5.5 5.5 0 0 1 6.25 3a5.25 5.25 0 1 0 6.75 6.75z",
  auto: "M8 2.5a5.5 5.5 0 1 1 0 11zM8 2.5a5.5 5.5 0 0 0 0 11",
  file: "M4.25 2.25h5l2.5 2.5v9h-7.5zM9.25 2.25v2.5h2.5M6.25 8h3.5M6.25 10.5h3.5",
  bell: "M4.25 11V7a3.75 3.75 0 0 1 7.5 0v4l1 1.25h-9.5zM6.75 13.75h2.5",
  lock: "M4.25 7.25h7.5v6h-7.5zM5.75 7.25v-2a2.25 2.25 0 0 1 4.5 0v2",
  eye: "M1.75 8S4 3.75 8 3.75 14.25 8 14.25 8 12 12.25 8 12.25 1.75 8 1.75 8zM8 6.5a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3z",
  more: "M6 4l4 4-4 4",
  warn: "M8 2.5l6 10.75H2zM8 6.5v3M8 11.5h.01",
  close: "M4 4l8 8M12 4l-8 8",
  send: "M2.5 8h10M9 4.25L12.75 8 9 11.75",
} as const;

export type IconName = keyof typeof PATHS;

/** A picture that says nothing a text beside it does not say: hidden from screen readers. */
export function icon(name: IconName): VElement {
  return h(
    "svg",
    {
      key: name,
      class: `icon icon-${name}`,
      viewBox: "0 0 16 16",
      "aria-hidden": "true",
      focusable: "false",
    },
    h("path", { d: PATHS[name] }),
  );
}
