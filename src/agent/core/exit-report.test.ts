import assert from "node:assert/strict";
import test from "node:test";
import { byDanger } from "./exit-report.ts";

test("L5 what is dangerous is reported first, and harmless changes cannot push it out", () => {
  const harmless = Array.from({ length: 300 }, (_, index) => `added: LaunchAgents: /Library/${index}.plist`);
  const shells = Array.from({ length: 300 }, (_, index) => `root process ended: /bin/sh (pid ${index})`);
  const findings = [
    "this Mac was restarted during the session",
    ...shells,
    "root process still running: /usr/sbin/installer (pid 1)",
    "changed: hosts: /private/etc/hosts",
    ...harmless,
    "added: LaunchDaemons: /Library/LaunchDaemons/evil.plist",
    "changed: pam.d: /private/etc/pam.d/sudo",
    "changed: sudoers: /private/etc/sudoers",
    "added: account: toor",
    "added: administrator: name:toor",
  ];
  assert.deepEqual(byDanger(findings), [
    "this Mac was restarted during the session",
    "added: administrator: name:toor",
    "added: account: toor",
    "changed: sudoers: /private/etc/sudoers",
    "changed: pam.d: /private/etc/pam.d/sudo",
    "added: LaunchDaemons: /Library/LaunchDaemons/evil.plist",
    ...harmless,
    "root process still running: /usr/sbin/installer (pid 1)",
    "changed: hosts: /private/etc/hosts",
    ...shells,
  ]);
});
