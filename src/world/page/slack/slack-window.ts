import type { DemoMessage, DemoPerson, DemoPrivateAnswer } from "../../demo/snapshot.ts";
import { icon } from "../dom/icons.ts";
import { h, type VElement } from "../dom/vnode.ts";
import type { Place, View } from "../state.ts";
import { emptyView } from "../desk/empty.ts";
import { composerView } from "./composer.ts";
import { messageView, privateAnswerView } from "./message.ts";
import { unread } from "./unread.ts";

const ROLE_WORDS: Readonly<Record<DemoPerson["role"], string>> = {
  requester: "requester",
  approver: "approver",
  member: "colleague",
};

/** The Slack window: who is looking, the channel or that person's direct messages, and the command line. */
export function slackWindow(view: View): VElement {
  const { place } = view.state;
  return h(
    "section",
    { key: "slack", class: "window window-slack", id: "window-slack", "aria-label": "Slack" },
    h("header", { class: "window-head" }, icon("chat"), h("h2", {}, "Slack"), peopleView(view)),
    placesView(view),
    h(
      "div",
      {
        key: `list:${place}:${view.person.id}`,
        class: "messages",
        "data-stick": true,
        tabindex: "0",
        role: "log",
        "aria-relevant": "additions",
        "aria-label": place === "channel" ? "Channel" : `Direct messages to ${view.person.name}`,
        onCreate: (box) => (box.scrollTop = box.scrollHeight),
      },
      place === "channel" ? channelView(view) : directView(view),
    ),
    composerView(view),
  );
}

function peopleView(view: View): VElement {
  return h(
    "div",
    { class: "people", role: "group", "aria-label": "You act as" },
    view.snapshot.slack.people.map((person) => {
      const isChosen = person.id === view.person.id;
      const news = unread(view.state, view.snapshot, "direct", person.id);
      return h(
        "button",
        {
          key: person.id,
          type: "button",
          class: "person",
          "aria-pressed": isChosen ? "true" : "false",
          title: `${person.name}: ${ROLE_WORDS[person.role]}`,
          on: { click: () => view.set({ personId: person.id }) },
        },
        h("span", { class: "person-name" }, person.name),
        h("span", { class: "person-role" }, ROLE_WORDS[person.role]),
        h("span", {
          class: news > 0 && !isChosen ? "dot dot-on" : "dot",
          ...(news > 0 && !isChosen ? { role: "img", "aria-label": "has unread messages" } : {}),
        }),
      );
    }),
  );
}

function placesView(view: View): VElement {
  const { channelName } = view.snapshot.slack;
  return h(
    "nav",
    { class: "places", "aria-label": "Places in Slack" },
    placeButton(view, "channel", `# ${channelName}`),
    placeButton(view, "direct", `Hallpass to ${view.person.name}`),
  );
}

function placeButton(view: View, place: Place, label: string): VElement {
  const news = unread(view.state, view.snapshot, place, view.person.id);
  return h(
    "button",
    {
      key: place,
      type: "button",
      class: "place",
      "aria-pressed": view.state.place === place ? "true" : "false",
      on: { click: () => view.set({ place }) },
    },
    h("span", { class: "place-name" }, label),
    news > 0 &&
      h("span", { class: "count", "aria-label": `${news} unread` }, news > 99 ? "99+" : String(news)),
  );
}

type ChannelItem =
  | { readonly at: number; readonly message: DemoMessage }
  | { readonly at: number; readonly answer: DemoPrivateAnswer };

function channelView(view: View): readonly VElement[] {
  const { messages, privateAnswers } = view.snapshot.slack;
  const items: ChannelItem[] = [
    ...messages.map((message) => ({ at: message.at, message })),
    ...(privateAnswers[view.person.id] ?? []).map((answer) => ({ at: answer.at, answer })),
  ].toSorted((left, right) => left.at - right.at);
  if (items.length === 0) {
    return [
      emptyView("chat", "No requests yet", "When somebody asks for admin rights, the request appears here."),
    ];
  }
  const latest = messages.at(-1)?.ts;
  return items.map((item) =>
    "message" in item
      ? messageView(view, item.message, item.message.ts === latest)
      : privateAnswerView(view, item.answer),
  );
}

function directView(view: View): readonly VElement[] {
  const messages = view.snapshot.slack.directMessages[view.person.id] ?? [];
  if (messages.length > 0) return messages.map((message) => messageView(view, message, true));
  return [
    emptyView(
      "chat",
      `Nothing for ${view.person.name}`,
      view.person.role === "requester"
        ? "Hallpass writes here what becomes of a request."
        : "Hallpass writes to the person who asks for rights.",
    ),
  ];
}
