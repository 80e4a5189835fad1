import type { DemoMac, TerminalLine } from "../../demo/snapshot.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";

/** Where the arrow keys stand in the history, counted back from the newest; 0 is the line being typed. */
let steps = 0;

/** A shell on the Mac: the commands run in the simulated Mac, and whether sudo works is decided there. */
export function terminalView(view: View, mac: DemoMac): VElement {
  const user = mac.consoleUser?.username ?? "login";
  return h(
    "section",
    { key: "terminal", class: "terminal", "aria-label": "Terminal" },
    h(
      "div",
      { class: "terminal-head" },
      h("span", {}, "Terminal"),
      h(
        "span",
        { class: mac.isAdmin ? "truth truth-yes" : "truth", title: "Read from the Mac's own directory" },
        `in group admin: ${mac.isAdmin ? "yes" : "no"}`,
      ),
    ),
    h(
      "div",
      {
        class: "terminal-lines",
        "data-stick": true,
        tabindex: "-1",
        role: "log",
        "aria-label": "Output",
        onCreate: (box) => (box.scrollTop = box.scrollHeight),
        on: { click: (event) => focusInput(event.currentTarget as HTMLElement) },
      },
      ...mac.terminal.map((line, index) => lineView(line, user, index)),
      mac.terminal.length === 0 && h("div", { key: "hint", class: "terminal-hint" }, "Try: sudo whoami"),
      inputView(view, mac, user),
    ),
  );
}

function lineView(line: TerminalLine, user: string, index: number): VElement {
  return h(
    "div",
    { key: String(index), class: `line line-${line.kind}` },
    line.kind === "command" && h("span", { class: "prompt" }, `${user} % `),
    line.text,
  );
}

function inputView(view: View, mac: DemoMac, user: string): VElement {
  return h(
    "form",
    {
      key: "input",
      class: "terminal-input",
      autocomplete: "off",
      on: {
        submit: (event) => {
          event.preventDefault();
          run(
            view,
            mac,
            (event.currentTarget as HTMLFormElement).elements.namedItem("line") as HTMLInputElement,
          );
        },
      },
    },
    h("label", { class: "prompt", for: "line" }, `${user} % `),
    h("input", {
      id: "line",
      name: "line",
      type: "text",
      "aria-label": "Command",
      maxlength: 2000,
      spellcheck: "false",
      autocapitalize: "off",
      autocorrect: "off",
      enterkeyhint: "go",
      on: { keydown: (event) => walkHistory(event, mac) },
    }),
  );
}

function run(view: View, mac: DemoMac, input: HTMLInputElement): void {
  const line = input.value.trim();
  steps = 0;
  input.value = "";
  if (line === "") return;
  void view.act({ act: "command", serial: mac.serial, line });
}

/** Arrow up and down walk through the commands run before, as in a shell. */
function walkHistory(event: KeyboardEvent, mac: DemoMac): void {
  if (event.key !== "ArrowUp" && event.key !== "ArrowDown") return;
  event.preventDefault();
  const lines = mac.terminal.filter((line) => line.kind === "command").map((line) => line.text);
  steps = Math.min(Math.max(0, steps + (event.key === "ArrowUp" ? 1 : -1)), lines.length);
  const input = event.currentTarget as HTMLInputElement;
  input.value = steps === 0 ? "" : (lines.at(-steps) ?? "");
  input.setSelectionRange(input.value.length, input.value.length);
}

/** A click into the terminal goes to its input, unless it selects text. */
function focusInput(box: HTMLElement): void {
  if (document.getSelection()?.isCollapsed === false) return;
  box.querySelector("input")?.focus({ preventScroll: true });
}
