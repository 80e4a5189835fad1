import type { RequestEvent } from "../../core/events.ts";
import type { Instant } from "../../core/time.ts";
import type { AuditDraft } from "../../ports/store.ts";
import type { SlackEvent } from "../slack/events.ts";
import { renderMrkdwn } from "../slack/plain-text.ts";
import { actorWords, auditWords, type AuditWording, END_WORDS } from "./audit-words.ts";
import type { StoryLine } from "./snapshot.ts";

/** Turns what happens into lines for people: the turns of the story, not every wheel that turned for them. */
export interface Narrator {
  onAudit(draft: AuditDraft): void;
  onSlack(event: SlackEvent): void;
  /** Something that only the demo knows, such as a command that was typed. */
  tell(at: Instant, who: string, what: string): void;
}

/** Makes a narrator that hands each line to `emit`. */
export function createNarrator(wording: AuditWording, emit: (line: StoryLine) => void): Narrator {
  return {
    onAudit(draft) {
      const told = auditStory(draft, wording);
      if (told !== undefined) emit({ at: draft.at, ...told });
    },
    onSlack(event) {
      const told = slackStory(event, wording);
      if (told !== undefined) emit({ at: event.at, ...told });
    },
    tell: (at, who, what) => emit({ at, who, what }),
  };
}

type Told = Pick<StoryLine, "who" | "what">;

/** True of lines of the trail that only repeat what another line of the story says. */
const UNTOLD: ReadonlySet<string> = new Set([
  "baseline",
  "enrolled",
  "key_renewed",
  "log_started",
  "identity_resolved",
]);

function auditStory(draft: AuditDraft, wording: AuditWording): Told | undefined {
  const { type, actor } = draft;
  const who = actorWords(actor, wording);
  const data = draft.data as RequestEvent;
  if (type === "refused") return { who, what: `is ${lowerFirst(auditWords(draft, wording))}` };
  switch (data.type) {
    case "requested": {
      const { username, hostname, durationMinutes, reason } = data.ask;
      return {
        who: capital(username),
        what: `asks for ${durationMinutes} minutes on ${hostname}: “${reason}”`,
      };
    }
    case "approved":
      return { who, what: `approves ${data.approval.minutes} minutes` };
    case "denied":
      return { who, what: data.reason === undefined ? "denies it" : `denies it: “${data.reason}”` };
    case "cancelled":
      return { who, what: "cancels the request" };
    case "signal_set":
      return { who: "Iru", what: "has the signal for the Mac" };
    case "armed":
      return { who, what: "takes up the approval; the undo is armed before the rights are given" };
    case "started":
      return {
        who,
        what: `has given the rights and read them back: admin until ${wording.time(data.endsAt)}`,
      };
    case "warned":
      return { who: "Hallpass", what: "warns that the session is about to end" };
    case "ending_begun":
      return { who, what: `begins the end, because ${END_WORDS[data.reason]}` };
    case "removed":
      return {
        who,
        what: data.granted ? "has taken the rights away and proves it" : "proves that no rights were given",
      };
    default:
      return UNTOLD.has(type) ? undefined : { who, what: lowerFirst(auditWords(draft, wording)) };
  }
}

function slackStory(event: SlackEvent, wording: AuditWording): Told | undefined {
  const words = (text: string) =>
    renderMrkdwn(text, {
      userName: wording.nameOf,
      time: (seconds) => wording.time(seconds * 1_000),
    }).replaceAll("*", "");
  switch (event.event) {
    case "posted": {
      const { conversation, post, content } = event;
      if (conversation.kind === "direct") {
        return {
          who: "Slack",
          what: `to ${wording.nameOf(personOf(conversation.id))}: ${words(content.text)}`,
        };
      }
      const [file] = post.files;
      if (file !== undefined) return { who: "Slack", what: `the log is in the thread: ${file.name}` };
      return post.threadTs === undefined
        ? { who: "Slack", what: `the request stands in #${conversation.name}` }
        : undefined;
    }
    case "shown":
      return { who: "Slack", what: `only to ${wording.nameOf(event.userId)}: ${words(event.content.text)}` };
    case "edited":
    case "dialog_opened":
    case "clicked":
    case "submitted":
    case "commanded":
    case "answered":
      return undefined;
  }
}

/** The person of a direct conversation: its id is theirs with another first letter. */
function personOf(conversationId: string): string {
  return `U${conversationId.slice(1)}`;
}

function lowerFirst(text: string): string {
  return /^[A-Z]{2}/.test(text) ? text : text.charAt(0).toLowerCase() + text.slice(1);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
