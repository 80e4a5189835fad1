import type { AppsManifestValidateArguments } from "@slack/web-api";
import { STATUS_COMMAND } from "./actions.ts";

/** What the bot may do: exactly what its calls need. A test takes each away and sees something fail. */
export const BOT_SCOPES = [
  // Post and update requests, threads, direct messages, and what one person alone is shown.
  "chat:write",
  // Be called by the slash command.
  "commands",
  // The session's log as a file.
  "files:write",
  // Begin direct messages.
  "im:write",
  // Look whether a message whose answer was lost has arrived: in a public or private IT channel, and in direct ones.
  "channels:history",
  "groups:history",
  "im:history",
  // Find the person behind an e-mail address; Slack gives the second only together with the first.
  "users:read",
  "users:read.email",
] as const;

/**
 * The app's manifest (docs.slack.dev, "App manifest reference") for a service that Slack reaches at `publicUrl`,
 * such as `https://hallpass.example.com`. Throws when that is not a plain https URL.
 */
export function slackManifest(publicUrl: string) {
  const base = URL.canParse(publicUrl) ? new URL(publicUrl) : undefined;
  if (base?.protocol !== "https:" || base.search !== "" || base.hash !== "") {
    throw new Error("The public URL must look like https://hallpass.example.com");
  }
  const root = base.href.replace(/\/+$/, "");
  return {
    display_information: {
      name: "Hallpass",
      description: "Admin rights on company Macs for 5 to 30 minutes, approved here.",
      background_color: "#1d3b2a",
    },
    features: {
      app_home: {
        home_tab_enabled: false,
        messages_tab_enabled: true,
        messages_tab_read_only_enabled: true,
      },
      bot_user: { display_name: "hallpass", always_online: true },
      slash_commands: [
        {
          command: STATUS_COMMAND,
          url: `${root}/slack/commands`,
          description: "Who is or wants to be admin now",
          usage_hint: "[request id]",
          should_escape: false,
        },
      ],
    },
    oauth_config: { scopes: { bot: [...BOT_SCOPES] } },
    settings: {
      interactivity: { is_enabled: true, request_url: `${root}/slack/actions` },
      org_deploy_enabled: false,
      socket_mode_enabled: false,
      token_rotation_enabled: false,
    },
  } satisfies AppsManifestValidateArguments["manifest"];
}
