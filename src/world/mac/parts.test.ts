import assert from "node:assert/strict";
import test from "node:test";
import { parseSudoLine } from "../../agent/core/sudo-log.ts";
import { createVirtualClock } from "../clock.ts";
import { createDirectory } from "./directory.ts";
import { createDisk, DROP_IN, DROP_IN_TEXT, SUDO_LOG, SUDOERS_FOLDER } from "./disk.ts";
import { createPower } from "./power.ts";
import { createPrivileges } from "./privileges.ts";
import { createProcesses } from "./processes.ts";
import { createSudo } from "./sudo.ts";
import { ALICE, BOB, countingIds, START } from "./testing/desk.ts";

function parts() {
  const clock = createVirtualClock(START);
  const power = createPower(clock, countingIds(), 0);
  const directory = createDirectory([ALICE, BOB]);
  const disk = createDisk();
  const sudo = createSudo(
    power,
    directory,
    disk,
    createProcesses(() => 0),
    60,
  );
  const console = { uid: 501 as number | undefined };
  const privileges = createPrivileges(clock, power, directory, () => console.uid);
  const run = (username: string, command: string) => {
    const account = directory.find(username);
    assert.ok(account !== undefined);
    return sudo.run(account, command);
  };
  return { clock, power, directory, disk, privileges, console, run };
}

test("the Mac's clocks: sleep counts in one and not in the other, a set wall clock in neither", async () => {
  const { clock, power } = parts();
  await clock.advance(10_000);
  power.closeLid();
  await clock.advance(60_000);
  power.openLid();
  power.setWallOffset(-3_600_000);
  await clock.advance(5_000);
  const now = power.now();
  assert.deepEqual([now.continuousSeconds, now.awakeSeconds, now.wall], [75, 15, START + 75_000 - 3_600_000]);
  const before = now.bootSession;
  power.shutDown();
  power.boot();
  assert.notEqual(power.now().bootSession, before);
  assert.equal(power.now().continuousSeconds, 0);
});

test("waits of programs stand still while the Mac sleeps", async () => {
  const { clock, power } = parts();
  const ends: number[] = [];
  void power.sleepAwake(10_000).then(() => ends.push(clock.now() - START));
  await clock.advance(4_000);
  power.closeLid();
  await clock.advance(100_000);
  power.openLid();
  await clock.advance(5_999);
  assert.deepEqual(ends, []);
  await clock.advance(1);
  assert.deepEqual(ends, [110_000]);
});

test("PrivilegesCLI says 0 when restricted, when there is nothing to do, and when it worked", async () => {
  const { privileges, console, directory } = parts();
  const restricted = privileges.cli("add", 501);
  assert.equal(restricted.code, 0);
  assert.match(restricted.text, /^You cannot use this application to change your privileges/);
  privileges.deliver({ unlocked: true });
  assert.deepEqual(privileges.cli("add", 501), {
    code: 0,
    text: "User alice now has administrator privileges",
  });
  assert.match(privileges.cli("add", 501).text, /Nothing to do\.$/);
  assert.deepEqual(directory.reading().names, ["root", "alice"]);
  console.uid = 502;
  assert.equal(privileges.cli("remove", 501).code, 2, "somebody else is at the console");
  console.uid = undefined;
  assert.equal(privileges.cli("remove", 501).code, 5);
});

test("the app's own timer takes back what the app gave, unless its user froze it", async () => {
  for (const frozen of [false, true]) {
    const { clock, privileges, directory } = parts();
    privileges.deliver({ unlocked: true, expirationIntervalMinutes: 5 });
    if (frozen) privileges.freezeTimer();
    privileges.cli("add", 501);
    await clock.advance(5 * 60_000);
    assert.equal(directory.reading().names.includes("alice"), frozen);
  }
});

test("sudo asks for membership at each call, and logs as Apple's does, only with our drop-in", () => {
  const { run, directory, disk } = parts();
  assert.equal(run("alice", "whoami").output, "alice is not in the sudoers file.");
  directory.addAdmin("alice");
  assert.equal(run("alice", "whoami").output, "root");
  assert.equal(disk.read(SUDO_LOG), undefined, "macOS 15 logs nothing by itself");
  disk.write(DROP_IN, DROP_IN_TEXT);
  run("alice", "ls -l /private");
  directory.removeAdmin("alice");
  run("alice", "-s");
  const lines = (disk.read(SUDO_LOG) ?? "").trimEnd().split("\n");
  assert.equal(
    lines[0],
    "Nov 22 10:33:20 2026 : alice : TTY=ttys001 ; PWD=/Users/alice ; USER=root ; COMMAND=/bin/ls -l /private",
  );
  assert.equal(parseSudoLine(lines[1] ?? "")?.refused, "user NOT in sudoers");
  disk.write(`${SUDOERS_FOLDER}zzz`, "Defaults !log_allowed\n");
  run("bob", "ls");
  assert.equal((disk.read(SUDO_LOG) ?? "").trimEnd().split("\n").length, 2, "a later file switches it off");
});

test("W16 without loglinelen=0 a long command is broken at 80 columns, and its first piece is no whole command", () => {
  const { run, directory, disk } = parts();
  directory.addAdmin("alice");
  const drop = (settings: string) => disk.write(DROP_IN, `${settings}\nDefaults logfile=${SUDO_LOG}\n`);
  const logged = () => {
    disk.write(SUDO_LOG, "");
    run("alice", "/bin/ls -l /Library/Extensions /Library/LaunchDaemons /private/etc");
    return (disk.read(SUDO_LOG) ?? "").trimEnd().split("\n");
  };
  const whole =
    "Nov 22 10:33:20 2026 : alice : TTY=ttys001 ; PWD=/Users/alice ; USER=root ; " +
    "COMMAND=/bin/ls -l /Library/Extensions /Library/LaunchDaemons /private/etc";
  drop("Defaults log_allowed, log_denied, log_year");
  assert.deepEqual(logged(), [
    "Nov 22 10:33:20 2026 : alice : TTY=ttys001 ; PWD=/Users/alice ; USER=root ;",
    "    COMMAND=/bin/ls -l /Library/Extensions /Library/LaunchDaemons /private/etc",
  ]);
  assert.equal(
    parseSudoLine(logged()[0] ?? "")?.command,
    undefined,
    "what is read alone has lost its command",
  );
  disk.write(DROP_IN, DROP_IN_TEXT);
  assert.deepEqual(logged(), [whole]);
  disk.write(`${SUDOERS_FOLDER}zzz`, "Defaults loglinelen=100\n");
  assert.deepEqual(logged().length, 2, "a later file has the last word");
});

test("a NOPASSWD rule gives sudo without membership", () => {
  const { run, disk } = parts();
  disk.write(`${SUDOERS_FOLDER}helper`, "bob ALL=(ALL) NOPASSWD: ALL\n");
  assert.equal(run("bob", "whoami").allowed, true);
  assert.equal(run("alice", "whoami").allowed, false);
});

test("names and GUIDs are members by themselves, as in the real group", () => {
  const { directory } = parts();
  const alice = directory.find("alice");
  assert.ok(alice !== undefined);
  directory.addAdmin("alice");
  directory.setEntry("name:alice", false);
  assert.equal(directory.isAdmin(alice), true, "the GUID is still there");
  directory.setEntry(`guid:${ALICE.generatedUid}`, false);
  assert.equal(directory.isAdmin(alice), false);
  directory.nest("GROUP", [ALICE.generatedUid]);
  assert.equal(directory.isAdmin(alice), true);
  directory.setEntry("nested:GROUP", false);
  assert.equal(directory.isAdmin(alice), false);
});
