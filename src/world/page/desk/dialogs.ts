import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import { modalDialog } from "../slack/modal.ts";
import type { Question, View } from "../state.ts";

/** Whatever lies over the desk: a question, a dialog of Slack, a notice, the loss of the server. */
export function overlays(view: View): VElement[] {
  const { question, notice } = view.state;
  const modal = view.snapshot.slack.dialogs[view.person.id];
  return [
    ...(question === undefined ? [] : [questionDialog(view, question)]),
    ...(modal === undefined ? [] : [modalDialog(view, modal)]),
    h(
      "div",
      { key: "notice", class: "toast-place", role: "status", "aria-live": "polite" },
      notice !== undefined &&
        h(
          "div",
          { class: notice.isProblem ? "toast toast-problem" : "toast" },
          icon(notice.isProblem ? "warn" : "pass"),
          h("span", {}, notice.text),
          h(
            "button",
            {
              type: "button",
              class: "button button-icon button-plain",
              "aria-label": "Close this notice",
              on: { click: () => view.set({ notice: undefined }) },
            },
            icon("close"),
          ),
        ),
    ),
  ];
}

function questionDialog(view: View, question: Question): VElement {
  const close = () => view.set({ question: undefined });
  return h(
    "dialog",
    {
      key: "question",
      class: "dialog",
      "aria-labelledby": "question-title",
      "aria-describedby": "question-text",
      onCreate: (element) => (element as HTMLDialogElement).showModal(),
      on: {
        cancel: (event) => {
          event.preventDefault();
          close();
        },
      },
    },
    h("h3", { id: "question-title" }, question.title),
    h("p", { id: "question-text", class: "dialog-text" }, question.text),
    h(
      "div",
      { class: "dialog-buttons" },
      h("button", { type: "button", class: "button", on: { click: close } }, question.no),
      h(
        "button",
        {
          type: "button",
          class: `button ${question.style === "danger" ? "button-danger-solid" : "button-primary"}`,
          autofocus: true,
          on: {
            click: () => {
              close();
              question.onYes();
            },
          },
        },
        question.yes,
      ),
    ),
  );
}

/** Tells that the server is gone, over whatever was last seen of it. */
export function lostBanner(isLost: boolean): VElement | undefined {
  if (!isLost) return undefined;
  return h(
    "div",
    { key: "lost", class: "banner", role: "alert" },
    icon("offline"),
    h("span", {}, "The demo server does not answer. Reconnecting …"),
  );
}
