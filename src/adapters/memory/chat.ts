import type { DirectNote, ThreadNote } from "../../core/effects.ts";
import type {
  Chat,
  ChannelWarning,
  LogUpload,
  MessageRef,
  RequestCard,
  StatusView,
} from "../../ports/chat.ts";
import { MessageGone } from "../../ports/errors.ts";
import { createFailures, type Failures } from "./failures.ts";

/** A chat that keeps everything in memory, with knobs for its failures. */
export interface MemoryChat extends Chat {
  readonly cards: { readonly ref: MessageRef; readonly key: string; card: RequestCard; updates: number }[];
  readonly thread: { readonly ref: MessageRef; readonly key: string; readonly note: ThreadNote }[];
  readonly uploads: { readonly ref: MessageRef; readonly key: string; readonly upload: LogUpload }[];
  readonly directs: { readonly to: string; readonly key: string; readonly note: DirectNote }[];
  readonly privates: { readonly to: string; readonly text: string }[];
  readonly statuses: StatusView[];
  readonly warnings: { readonly key: string; readonly warning: ChannelWarning }[];
  readonly reEnrollments: { readonly key: string; readonly serial: string }[];
  readonly dialogs: string[];
  /** E-mail to Slack user. */
  readonly people: Map<string, string>;
  readonly failNext: Failures<keyof Chat>["failNext"];
}

const CHANNEL_ID = "C0MEMORY";

/** Makes an empty chat that knows nobody. */
export function createMemoryChat(): MemoryChat {
  const { call, failNext } = createFailures<keyof Chat>();
  let lastTs = 0;

  function cardAt(ref: MessageRef): MemoryChat["cards"][number] {
    const shown = chat.cards.find((one) => one.ref.ts === ref.ts);
    if (shown === undefined) throw new MessageGone("there is no such message");
    return shown;
  }

  const chat: MemoryChat = {
    cards: [],
    thread: [],
    uploads: [],
    directs: [],
    privates: [],
    statuses: [],
    warnings: [],
    reEnrollments: [],
    dialogs: [],
    people: new Map(),
    failNext,
    postCard: (card, key) =>
      call("postCard", () => {
        lastTs += 1;
        const ref = { channelId: CHANNEL_ID, ts: `${lastTs}.000000` };
        chat.cards.push({ ref, key, card, updates: 0 });
        return ref;
      }),
    updateCard: (ref, card) =>
      call("updateCard", () => {
        const shown = cardAt(ref);
        shown.card = card;
        shown.updates += 1;
      }),
    findCard: (key) => call("findCard", () => chat.cards.find((one) => one.key === key)?.ref),
    postThread: (ref, note, key) =>
      call("postThread", () => void chat.thread.push({ ref: cardAt(ref).ref, key, note })),
    uploadLog: (ref, upload, key) => call("uploadLog", () => void chat.uploads.push({ ref, key, upload })),
    isInThread: (_ref, key) =>
      call("isInThread", () => [...chat.thread, ...chat.uploads].some((one) => one.key === key)),
    sendDirect: (to, note, key) => call("sendDirect", () => void chat.directs.push({ to, key, note })),
    wasSentDirect: (to, key) =>
      call("wasSentDirect", () => chat.directs.some((one) => one.to === to && one.key === key)),
    answerPrivately: (to, { text }) => call("answerPrivately", () => void chat.privates.push({ to, text })),
    showPrivately: (_ref, to, text) => call("showPrivately", () => void chat.privates.push({ to, text })),
    answerStatus: (_url, view) => call("answerStatus", () => void chat.statuses.push(view)),
    openDenyDialog: (_trigger, requestId) => call("openDenyDialog", () => void chat.dialogs.push(requestId)),
    askReEnrollment: ({ serial }, key) =>
      call("askReEnrollment", () => void chat.reEnrollments.push({ key, serial })),
    warnChannel: (warning, key) => call("warnChannel", () => void chat.warnings.push({ key, warning })),
    findUserByEmail: (email) => call("findUserByEmail", () => chat.people.get(email)),
  };
  return chat;
}
