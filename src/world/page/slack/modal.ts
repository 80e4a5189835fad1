import type { InputBlock, KnownBlock, ModalView } from "@slack/types";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";
import { blocksView, textView } from "./blocks.ts";
import { wordingOf } from "./wording.ts";

/** The dialog that the app opened for the chosen person. */
export function modalDialog(view: View, modal: ModalView): VElement {
  const person = view.person.id;
  const close = () => void view.act({ act: "close_view", person });
  return h(
    "dialog",
    {
      key: `view:${person}`,
      class: "dialog",
      "aria-labelledby": "view-title",
      onCreate: (element) => (element as HTMLDialogElement).showModal(),
      on: {
        cancel: (event) => {
          event.preventDefault();
          close();
        },
      },
    },
    h(
      "form",
      {
        class: "dialog-form",
        on: {
          submit: (event) => {
            event.preventDefault();
            const words = wordsIn(event.currentTarget as HTMLFormElement);
            void view.act({ act: "submit_view", person, words });
          },
        },
      },
      h("h3", { id: "view-title" }, modal.title.text),
      // A view may hold blocks that the vendor's types do not know; they are drawn as unknown.
      ...(modal.blocks as KnownBlock[]).flatMap((block) =>
        block.type === "input"
          ? [inputView(block, view)]
          : blocksView([block], { ...wordingOf(view), press: () => undefined, pressed: undefined }),
      ),
      h(
        "div",
        { class: "dialog-buttons" },
        h("button", { type: "button", class: "button", on: { click: close } }, modal.close?.text ?? "Close"),
        h(
          "button",
          {
            type: "submit",
            class: "button button-danger-solid",
            "aria-busy": view.state.underWay["submit_view"] ? "true" : undefined,
          },
          modal.submit?.text ?? "Send",
        ),
      ),
    ),
  );
}

const FIELD = "dialog-words";

function inputView(block: InputBlock, view: View): VElement {
  const { element } = block;
  if (element.type !== "plain_text_input") {
    return h("p", { class: "block-unknown" }, `A field that this demo cannot draw (${element.type}).`);
  }
  const wording = wordingOf(view);
  const common = {
    id: FIELD,
    name: FIELD,
    class: "input",
    maxlength: element.max_length,
    required: block.optional !== true,
    "aria-describedby": block.hint === undefined ? undefined : `${FIELD}-hint`,
    placeholder: element.placeholder?.text,
    autofocus: element.focus_on_load === true,
  };
  return h(
    "div",
    { class: "field" },
    h(
      "label",
      { for: FIELD },
      ...textView(block.label, wording),
      block.optional === true && h("span", { class: "muted" }, " (optional)"),
    ),
    element.multiline === true
      ? h("textarea", { ...common, rows: "3" })
      : h("input", { ...common, type: "text" }),
    block.hint !== undefined &&
      h("p", { class: "hint", id: `${FIELD}-hint` }, ...textView(block.hint, wording)),
  );
}

function wordsIn(form: HTMLFormElement): string {
  const words = new FormData(form).get(FIELD);
  return typeof words === "string" ? words : "";
}
