import { WebClient } from "@slack/web-api";
import { createEmulator } from "emulate";
import { chatContract } from "../../ports/contract/chat.contract.ts";
import { createSlackWorkbench } from "../../world/slack/workbench.ts";
import { createSlackChat } from "./chat.ts";
import { BOT_SCOPES } from "./manifest.ts";

chatContract("Slack's client against the simulated Slack", () => Promise.resolve(createSlackWorkbench()));

// The same against a Slack that others have written: what both agree on is not our own idea of Slack.
chatContract("Slack's client against emulate", async () => {
  const token = "xoxb-emulated";
  const emulator = await createEmulator({
    service: "slack",
    port: 0,
    seed: {
      slack: {
        users: [{ name: "hallpass" }, { name: "anna", email: "anna@acme.test" }, { name: "ivo" }],
        channels: [{ name: "it-access", is_private: true }],
        tokens: [
          { token, user: "hallpass", scopes: [...BOT_SCOPES] },
          { token: "xoxb-reader", user: "hallpass" },
        ],
        strict_scopes: true,
      },
    },
  });
  const slackApiUrl = `${emulator.url}/api/`;
  const reader = new WebClient("xoxb-reader", { slackApiUrl });
  const listed = await reader.conversations.list({ types: "private_channel,public_channel" });
  const channelId = listed.channels?.find((channel) => channel.name === "it-access")?.id ?? "";
  const { members } = await reader.users.list({});
  const idOf = (name: string) => members?.find((member) => member.name === name)?.id ?? "";
  const messagesOf = async (channel: string, ts?: string) =>
    ts === undefined
      ? ((await reader.conversations.history({ channel })).messages ?? []).toReversed()
      : ((await reader.conversations.replies({ channel, ts })).messages ?? []);
  return {
    chat: createSlackChat({
      token,
      apiUrl: slackApiUrl,
      channelId,
      clock: systemClock,
      log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      timeoutMs: 5_000,
    }),
    now: () => Date.now(),
    person: idOf("anna"),
    email: "anna@acme.test",
    otherPerson: idOf("ivo"),
    stranger: "U0NOBODY",
    readThread: async (ref) => (await messagesOf(ref.channelId, ref.ts)).map((post) => JSON.stringify(post)),
    readFiles: async (ref) => {
      const files = (await messagesOf(ref.channelId, ref.ts)).flatMap((post) => post.files ?? []);
      const headers = { authorization: "Bearer xoxb-reader" };
      return Promise.all(
        files.map(async (file) => (await fetch(file.url_private ?? "", { headers })).text()),
      );
    },
    readDirects: async (userId) => {
      const channel = (await reader.conversations.open({ users: userId })).channel?.id ?? "";
      return (await messagesOf(channel)).map((post) => JSON.stringify(post));
    },
    close: () => emulator.close(),
  };
});

const systemClock = {
  now: () => Date.now(),
  at: (at: number, task: () => void) => {
    const timer = setTimeout(task, at - Date.now());
    return () => clearTimeout(timer);
  },
  after: (ms: number, task: () => void) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  sleep: () => Promise.reject(new Error("the adapter does not sleep")),
};
