import type { ModalView } from "@slack/types";
import type { Instant } from "../../core/time.ts";
import type { MessageContent, SlackConversation, SlackPost } from "./state.ts";

/** Something that could be seen in the simulated workspace. */
export type SlackEvent = { readonly at: Instant } & (
  | {
      readonly event: "posted";
      readonly conversation: SlackConversation;
      readonly post: SlackPost;
      readonly content: MessageContent;
    }
  | {
      readonly event: "edited";
      readonly conversation: SlackConversation;
      readonly post: SlackPost;
      readonly before: MessageContent;
      readonly content: MessageContent;
    }
  /** One person was shown something. */
  | { readonly event: "shown"; readonly userId: string; readonly content: MessageContent }
  | { readonly event: "dialog_opened"; readonly userId: string; readonly view: ModalView }
  | {
      readonly event: "clicked";
      readonly userId: string;
      readonly conversation: SlackConversation;
      readonly post: SlackPost;
      readonly label: string;
      /** The button is no longer on the message; the person's screen lagged. */
      readonly isStale: boolean;
    }
  | { readonly event: "submitted"; readonly userId: string; readonly title: string; readonly words: string }
  | { readonly event: "commanded"; readonly userId: string; readonly command: string }
  /** Hallpass answered a click, dialog or command with something other than an empty 200. */
  | { readonly event: "answered"; readonly userId: string; readonly status: number; readonly body: string }
);
