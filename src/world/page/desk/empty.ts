import { icon, type IconName } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";

/** What a window says while there is nothing in it. */
export function emptyView(name: IconName, title: string, text: string): VElement {
  return h(
    "div",
    { key: "empty", class: "empty" },
    icon(name),
    h("p", { class: "empty-title" }, title),
    h("p", { class: "muted" }, text),
  );
}
