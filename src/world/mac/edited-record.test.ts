import assert from "node:assert/strict";
import test from "node:test";
import {
  endForged,
  endlessForged,
  fileForged,
  type Forgery,
  logForged,
  silenceForged,
  stagesForged,
} from "./record-forgeries.ts";
import { createDesk } from "./testing/desk.ts";

type Desk = ReturnType<typeof createDesk>;

/** A session in which alice has a root shell; the agent is killed, and its record forged before the next one reads it. */
async function forge(forgery: Forgery, before: (desk: Desk) => void = () => undefined): Promise<Desk> {
  const desk = createDesk();
  const { mac, seconds, elevate } = desk;
  before(desk);
  await elevate(10);
  mac.sudo("alice", "-s");
  await seconds(10);
  mac.attack.killAgent();
  mac.attack.editRecord(forgery);
  return desk;
}

const restarted = "the agent was started again during the session";
const changed = "the session's record was changed while the agent was not running";

test("L5 an end that was written into the record proves nothing: it is read again, and the rights go", async () => {
  const { mac, minutes, seconds, service, reported } = await forge(endForged);
  await seconds(15);
  assert.equal(mac.isAdmin("alice"), false);
  await minutes(20);
  const [proof, ...more] = service.seen("/removed").map(({ at }) => at);
  assert.deepEqual(more, [], "the forged proof was not sent");
  assert.ok(proof !== undefined && !mac.isAdmin("alice"));
  assert.deepEqual(reported("tampered"), ["the end of the session on this Mac's record was false"]);
  assert.match(reported("exit").join("\n"), /record was false\nroot process ended: \/bin\/zsh/);
  assert.deepEqual(mac.rootCommands(), []);
  mac.attack.addSecondAdmin("alice");
  await minutes(1);
  assert.match(reported("drift").join("\n"), /alice/, "nobody takes her for an administrator of before");
});

test("L5 an end on record goes through all its stages again, and says that there were rights", async () => {
  const { mac, minutes, service, reported } = await forge(stagesForged, (desk) => {
    desk.clock.at(desk.clock.now() + 40_000, () =>
      desk.mac.attack.writeFile("/Library/LaunchDaemons/com.evil.plist", "evil"),
    );
  });
  await minutes(2);
  assert.equal(mac.isAdmin("alice"), false);
  assert.deepEqual(mac.rootCommands(), []);
  assert.equal(mac.isDropInThere(), false);
  const exit = reported("exit");
  assert.match(exit.join("\n"), /started again while the session ended\n[^]*root process ended: \/bin\/zsh/);
  assert.ok(exit.includes("added: LaunchDaemons: /Library/LaunchDaemons/com.evil.plist"));
  const { body } = service.seen("/removed")[0] ?? {};
  assert.equal((body as { readonly granted?: boolean }).granted, true);
});

test("L4 a session on record that ends without an end keeps its deadline", async () => {
  const { mac, minutes } = await forge(endlessForged);
  await minutes(11);
  assert.equal(mac.isAdmin("alice"), false);
});

test("L5 L15 nothing on record keeps a root shell alive or a restart from being told", async () => {
  const { mac, minutes, reported } = await forge(silenceForged);
  await minutes(15);
  assert.deepEqual(mac.rootCommands(), []);
  assert.ok(reported("tampered").includes(restarted));
  assert.match(reported("exit").join("\n"), /root process ended: \/bin\/zsh/);
});

test("L5 a rule of sudo that was written into a long baseline, too, is moved away and told", async () => {
  const rule = "alice ALL=(ALL) NOPASSWD: ALL\n";
  const item = "sudoers: /private/etc/sudoers.d/zz-helper";
  const { mac, minutes, reported } = await forge(fileForged(item, rule), ({ mac }) => {
    for (let count = 0; count < 700; count += 1) {
      mac.attack.writeFile(`/Library/LaunchAgents/com.vendor.tool-${count}.plist`, `${count}`);
    }
  });
  mac.attack.addNoPasswordRule("alice");
  await minutes(15);
  assert.equal(mac.sudo("alice", "whoami").allowed, false);
  assert.ok(reported("tampered").includes(changed));
  assert.ok(reported("exit").includes("moved away: /private/etc/sudoers.d/zz-helper"));
});

test("L5 a file that was written into the part of a long baseline of which only a hash is kept shows as tampering", async () => {
  const item = "LaunchDaemons: /Library/LaunchDaemons/com.evil.plist";
  const { minutes, reported } = await forge(fileForged(item, "evil"), ({ mac }) => {
    for (let count = 0; count < 700; count += 1) {
      mac.attack.writeFile(`/Library/LaunchAgents/com.vendor.tool-${count}.plist`, `${count}`);
    }
  });
  await minutes(2);
  assert.ok(reported("tampered").includes(changed));
  assert.match(reported("exit").join("\n"), /what else changed is not known/);
});

test("L15 a record that says how far the log was read is not believed: the log is shipped from the session's start", async () => {
  const desk = createDesk();
  const { mac, service, seconds, elevate, reported } = desk;
  await elevate(10);
  await seconds(10);
  mac.attack.killAgent();
  mac.sudo("alice", "/bin/evil --all");
  const { output } = mac.sudo("alice", "cat /private/var/log/hallpass-sudo.log");
  mac.attack.editRecord(logForged(output));
  await seconds(60);
  const lines = service.logLines();
  assert.ok(lines.some((line) => line.endsWith("COMMAND=/bin/evil --all")));
  assert.ok(
    lines.some((line) => /^\[the agent was started again: unwatched since .*, until .*\]$/.test(line)),
  );
  assert.ok(lines.includes("[sudo's log follows once more from the start of the session]"));
  assert.deepEqual(reported("tampered"), [restarted]);
  await mac.done("alice");
  await seconds(40);
  assert.deepEqual(reported("exit"), []);
});

test("L15 a log that is replaced while the session ends shows in the exit report", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  await elevate(10);
  await seconds(10);
  mac.sudo("alice", "nohup /bin/backdoor");
  await mac.done("alice");
  await seconds(3);
  mac.attack.deleteLog();
  await seconds(60);
  assert.ok(reported("exit").includes("the sudo log was deleted"));
});
