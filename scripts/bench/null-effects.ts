import type { Chat } from "../../src/ports/chat.ts";
import type { Mdm } from "../../src/ports/mdm.ts";

const done = async (): Promise<void> => {};

/** A chat that is always there, answers at once and keeps nothing. Everybody has a Slack user. */
export function createNullChat(): Chat {
  let posts = 0;
  return {
    async postCard() {
      posts += 1;
      return { channelId: "C0BENCH", ts: `1790000000.${String(posts).padStart(6, "0")}` };
    },
    updateCard: done,
    findCard: async () => undefined,
    postThread: done,
    uploadLog: done,
    isInThread: async () => false,
    sendDirect: done,
    wasSentDirect: async () => false,
    answerPrivately: done,
    showPrivately: done,
    answerStatus: done,
    openDenyDialog: done,
    askReEnrollment: done,
    warnChannel: done,
    findUserByEmail: async () => "U0REQUESTER",
  };
}

/** An MDM that knows every Mac, answers at once and takes every tag. */
export function createNullMdm(): Mdm {
  return {
    findMac: async (serial) => ({
      deviceId: `device-${serial}`,
      serial,
      name: "Mac",
      ownerEmail: "owner@example.com",
      tags: [],
    }),
    changeTags: async (_deviceId, { add }) => add,
    lock: async () => ({ pin: "123456" }),
    wasLockedSince: async () => false,
    readUnlockPin: async () => "123456",
  };
}
