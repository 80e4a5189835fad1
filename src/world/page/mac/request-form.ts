import type { Category } from "../../../core/request.ts";
import type { SessionMinutes } from "../../../core/time.ts";
import type { DemoMac } from "../../demo/snapshot.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { View } from "../state.ts";

const MINUTES_AT_FIRST = 15;

/** The form that the agent opens on the Mac. What is typed lives in the fields themselves until it is sent. */
export function requestForm(view: View, mac: DemoMac): VElement {
  return h(
    "form",
    {
      key: "form",
      class: "pass-form",
      "aria-label": "Ask for admin rights",
      autocomplete: "off",
      on: {
        submit: (event) => {
          event.preventDefault();
          send(view, mac, new FormData(event.currentTarget as HTMLFormElement));
        },
      },
    },
    h("h3", { class: "pass-heading" }, "Ask for admin rights"),
    minutesField(mac),
    categoryField(mac),
    reasonField(mac),
    h(
      "button",
      {
        type: "submit",
        class: "button button-primary pass-send",
        "aria-busy": view.state.underWay["request"] ? "true" : undefined,
      },
      "Ask IT",
    ),
  );
}

function minutesField(mac: DemoMac): VElement {
  return h(
    "fieldset",
    { class: "field segments" },
    h("legend", {}, "For how long"),
    h(
      "div",
      { class: "segment-row" },
      mac.form.minutes.map((minutes) =>
        h(
          "label",
          { class: "segment" },
          h("input", {
            type: "radio",
            name: "minutes",
            value: minutes,
            checked: minutes === MINUTES_AT_FIRST,
          }),
          h("span", {}, `${minutes} min`),
        ),
      ),
    ),
  );
}

function categoryField(mac: DemoMac): VElement {
  return h(
    "div",
    { class: "field" },
    h("label", { for: "category" }, "What for"),
    h(
      "select",
      { id: "category", name: "category", class: "input" },
      mac.form.categories.map(({ id, label }) => h("option", { value: id }, label)),
    ),
  );
}

function reasonField(mac: DemoMac): VElement {
  return h(
    "div",
    { class: "field field-reason" },
    h("label", { for: "reason" }, "Reason"),
    h("input", {
      id: "reason",
      name: "reason",
      type: "text",
      class: "input",
      required: true,
      maxlength: mac.form.reasonMaxLength,
      placeholder: "Install the new VPN client",
    }),
  );
}

function send(view: View, mac: DemoMac, form: FormData): void {
  void view.act(
    {
      act: "request",
      serial: mac.serial,
      reason: textOf(form, "reason"),
      category: textOf(form, "category") as Category,
      durationMinutes: Number(textOf(form, "minutes")) as SessionMinutes,
    },
    "request",
  );
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name);
  return typeof value === "string" ? value.trim() : "";
}
