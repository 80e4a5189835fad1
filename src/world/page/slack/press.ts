import type { Button } from "@slack/types";
import type { DemoMessage } from "../../demo/snapshot.ts";
import type { View } from "../state.ts";

/** What a click does: asks first where the button says so, then sends it as the person chosen on the page. */
export function pressButton(view: View, message: DemoMessage, button: Button): void {
  const { confirm, action_id: actionId } = button;
  if (actionId === undefined) return;
  const { channelId, ts } = message;
  const send = () =>
    void view.act(
      { act: "click", person: view.person.id, channelId, ts, actionId },
      `click:${ts}:${actionId}`,
    );
  if (confirm === undefined) return send();
  view.set({
    question: {
      title: confirm.title?.text ?? "Are you sure?",
      text: confirm.text.text,
      yes: confirm.confirm?.text ?? "Yes",
      no: confirm.deny?.text ?? "No",
      style: confirm.style,
      onYes: send,
    },
  });
}
