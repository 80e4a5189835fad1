// Prints the Slack app's manifest for a service at the given public URL: paste it at api.slack.com/apps,
// "Create New App", "From an app manifest".
import { slackManifest } from "../src/adapters/slack/manifest.ts";

const publicUrl = process.argv[2];
if (publicUrl === undefined) {
  console.error("usage: node scripts/run.mjs scripts/slack-manifest.ts https://hallpass.example.com");
  process.exitCode = 2;
} else {
  try {
    console.log(JSON.stringify(slackManifest(publicUrl), null, 2));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}
