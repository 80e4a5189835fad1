import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";

/** What an administrator leaves behind, one kind at a time: each is told to IT at the end, by itself. */

type Desk = ReturnType<typeof createDesk>;
type Case = readonly [what: string, leave: (mac: Desk["mac"]) => void, told: readonly string[]];

const write = (path: string) => (mac: Desk["mac"]) => mac.attack.writeFile(path, "left behind");

/** In what is told a second administrator is an account as well, and a changed file of sudo is named twice. */
const CASES: readonly Case[] = [
  [
    "an account with another uid",
    (mac) => mac.attack.changeAccount("bob", { uid: 777 }),
    ["changed: account: bob"],
  ],
  [
    "a renamed account",
    (mac) => mac.attack.renameAccount("bob", "robert"),
    ["removed: account: bob", "added: account: robert"],
  ],
  [
    "a second administrator",
    (mac) => void mac.attack.addSecondAdmin("mallory"),
    [
      "made an administrator during the session: mallory (by GeneratedUID)",
      "made an administrator during the session: mallory (by name)",
      "added: account: mallory",
    ],
  ],
  [
    "sudo's own file",
    write("/private/etc/sudoers"),
    ["changed during the session: /private/etc/sudoers", "changed: sudoers: /private/etc/sudoers"],
  ],
  [
    "a rule of sudo",
    (mac) => mac.attack.addNoPasswordRule("alice"),
    [
      "added during the session: /private/etc/sudoers.d/zz-helper",
      "moved away: /private/etc/sudoers.d/zz-helper",
    ],
  ],
  ["a sign-in module (PAM)", write("/private/etc/pam.d/sudo"), ["changed: pam.d: /private/etc/pam.d/sudo"]],
  [
    "a program that starts with the Mac",
    write("/Library/LaunchDaemons/com.evil.plist"),
    ["added: LaunchDaemons: /Library/LaunchDaemons/com.evil.plist"],
  ],
  [
    "a program that starts with each login",
    write("/Library/LaunchAgents/com.evil.plist"),
    ["added: LaunchAgents: /Library/LaunchAgents/com.evil.plist"],
  ],
  [
    "a helper tool",
    write("/Library/PrivilegedHelperTools/com.evil.helper"),
    ["added: helper tools: /Library/PrivilegedHelperTools/com.evil.helper"],
  ],
  ["a scheduled job", write("/private/var/at/tabs/root"), ["added: cron: /private/var/at/tabs/root"]],
  ["the names of hosts", write("/private/etc/hosts"), ["changed: hosts: /private/etc/hosts"]],
  [
    "a resolver of names",
    write("/private/etc/resolver/example"),
    ["added: resolver: /private/etc/resolver/example"],
  ],
  [
    "a trusted certificate",
    write("/Library/Security/Trust Settings/Admin.plist"),
    ["added: trust settings: /Library/Security/Trust Settings/Admin.plist"],
  ],
  [
    "a removed program",
    (mac) => mac.attack.removeFile("/Library/LaunchDaemons/io.kandji.kandji-agent.plist"),
    ["removed: LaunchDaemons: /Library/LaunchDaemons/io.kandji.kandji-agent.plist"],
  ],
];

for (const [what, leave, told] of CASES) {
  test(`W12 the exit report: ${what}`, async () => {
    const { mac, seconds, elevate, reported } = createDesk();
    await elevate(30);
    leave(mac);
    await seconds(2);
    await mac.done("alice");
    await seconds(40);
    assert.deepEqual(reported("exit"), told);
  });
}
