import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";

const COMMAND = "/admin-status";

/** The command line below the messages: this Slack knows the one command that Hallpass has. */
export function composerView(view: View): VElement {
  const label = `Command as ${view.person.name}`;
  return h(
    "form",
    {
      class: "composer",
      autocomplete: "off",
      on: {
        submit: (event) => {
          event.preventDefault();
          send(view, event.currentTarget as HTMLFormElement);
        },
      },
    },
    h("input", {
      class: "input composer-input",
      name: "text",
      type: "text",
      "aria-label": label,
      placeholder: `${COMMAND}, as ${view.person.name}`,
      maxlength: 200,
      spellcheck: "false",
      autocapitalize: "off",
    }),
    h(
      "button",
      { type: "submit", class: "button button-icon", "aria-label": "Send", title: "Send" },
      icon("send"),
    ),
  );
}

function send(view: View, form: HTMLFormElement): void {
  const input = form.elements.namedItem("text") as HTMLInputElement;
  const text = input.value.trim() === "" ? COMMAND : input.value.trim();
  const [command = "", ...rest] = text.split(/\s+/);
  if (command !== COMMAND) {
    view.set({ notice: { text: `This Slack only knows ${COMMAND}, alone or with an id.`, isProblem: true } });
    return;
  }
  input.value = "";
  view.set({ place: "channel" });
  void view.act({ act: "slash", person: view.person.id, text: rest.join(" ") });
}
