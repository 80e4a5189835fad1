import type { Breakage } from "../breakage.ts";

/** Breakages of the demo: its page, its server and its story. */
export const DEMO_BREAKAGES: readonly Breakage[] = [
  {
    rule: "L10",
    file: "src/world/page/text/mrkdwn.ts",
    find: "if (!/^(https?|mailto):/i.test(address)) return words;",
    replace: 'if (address === "") return words;',
    test: "src/world/page/text/mrkdwn.test.ts",
    name: "a link leads to the web or a mailbox, or is text",
  },
  {
    rule: "L10",
    file: "src/world/page/text/mrkdwn.ts",
    find: '.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&")',
    replace: '.replaceAll("&amp;", "&").replaceAll("&lt;", "<").replaceAll("&gt;", ">")',
    test: "src/world/page/text/mrkdwn.test.ts",
    name: "entities are decoded once",
  },
  {
    rule: "L10",
    file: "src/world/demo/terminal-text.ts",
    find: "return text.replaceAll(",
    replace: "return text; text.replaceAll(",
    test: "src/world/demo/story.test.ts",
    name: "L10 nothing that people wrote moves the cursor or colours the terminal",
  },
  {
    rule: "rebinding",
    file: "src/world/demo/demo-app.ts",
    find: "const isOwnHost = host !== undefined && OWN_HOST.test(host);",
    replace: "const isOwnHost = host !== undefined;",
    test: "src/world/demo/demo-app.test.ts",
    name: "pages of other sites reach nothing",
  },
  {
    rule: "origin",
    file: "src/world/demo/demo-app.ts",
    find: "const isOwnOrigin = origin === undefined || origin === `http://${host}`;",
    replace: "const isOwnOrigin = origin !== null;",
    test: "src/world/demo/demo-app.test.ts",
    name: "pages of other sites reach nothing",
  },
  {
    rule: "chain",
    file: "src/world/demo/audit-reader.ts",
    find: "verifyAuditChain(lines);",
    replace: "verifyAuditChain(lines.slice(0, 1));",
    test: "src/world/demo/audit-reader.test.ts",
    name: "a line that somebody edited is found",
  },
  {
    rule: "time",
    file: "src/world/demo/pump.ts",
    find: "Math.min(Math.max(0, now - last), LONGEST_STEP_MS)",
    replace: "Math.max(0, now - last)",
    test: "src/world/demo/pump.test.ts",
    name: "a process that was paused goes on from where it stood",
  },
  {
    rule: "stage",
    file: "src/world/demo/theatre.ts",
    find: 'if (state !== "playing") return;',
    replace: 'if (state !== "stopped") return;',
    test: "src/world/demo/demo.test.ts",
    name: "somebody who takes over ends the play",
  },
];
