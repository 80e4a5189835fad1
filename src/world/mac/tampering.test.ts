import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";
import { problemResponse } from "./testing/scripted-service.ts";

type Desk = ReturnType<typeof createDesk>;

/** Runs an attack in a session and expects it to end as tampered, reported with these words, and undone. */
async function endsAsTampered(attack: (desk: Desk) => void, words: RegExp, withinSeconds = 2): Promise<Desk> {
  const desk = createDesk();
  const { request } = await desk.elevate(30);
  const before = desk.mac.condition().admins.filter((name) => name !== "alice");
  await desk.seconds(5);
  attack(desk);
  await desk.seconds(withinSeconds);
  assert.equal(desk.mac.isAdmin("alice"), false, "the session is over");
  assert.deepEqual(desk.mac.condition().admins, before, "the administrators are those of before");
  await desk.seconds(40);
  assert.equal(request.status, "ended");
  assert.equal(request.endReason, "tampered");
  assert.match(desk.reported("tampered").join("\n"), words);
  return desk;
}

test("L1 a second admin, by whatever path, is undone within a second or two and ends the session", async () => {
  await endsAsTampered(({ mac }) => mac.attack.addSecondAdmin("bob"), /bob \(by name\)/);
  await endsAsTampered(({ mac }) => mac.attack.addSecondAdmin("mallory"), /mallory/);
  await endsAsTampered(({ mac }) => mac.attack.addAdminByGuidOnly("bob"), /bob \(by GeneratedUID\)/);
  await endsAsTampered(({ mac }) => mac.attack.nestGroup(["bob"]), /nested/);
  await endsAsTampered(({ mac }) => mac.attack.nestGroup(["alice"]), /nested/);
  await endsAsTampered(({ mac }) => mac.attack.setPrimaryGroupAdmin("bob"), /primary group 80/);
  await endsAsTampered(({ mac }) => mac.attack.setPrimaryGroupAdmin("alice"), /primary group 80/);
  await endsAsTampered(({ mac }) => mac.attack.addUidZeroAccount("toor"), /uid 0/);
  await endsAsTampered(
    ({ mac }) => void mac.sudo("alice", "dseditgroup -o edit -a bob -t user admin"),
    /bob/,
  );
});

test("L16 an administrator of before who was demoted is put back", async () => {
  const { mac } = await endsAsTampered(
    ({ mac }) => mac.attack.removeAdmin("itadmin"),
    /removed from .*itadmin/,
  );
  assert.equal(mac.isAdmin("itadmin"), true);
});

test("W15 L15 switching sudo's logging off is seen: the drop-in, a later file, the log itself", async () => {
  await endsAsTampered(({ mac }) => mac.attack.removeDropIn(), /logging was removed/);
  await endsAsTampered(({ mac }) => mac.attack.deleteLog(), /log was deleted/);
  await endsAsTampered(({ mac }) => mac.attack.truncateLog(), /cut short/);
  await endsAsTampered(({ mac }) => {
    mac.sudo("alice", "/bin/evil");
    mac.attack.deleteLog();
    mac.sudo("alice", "/bin/ls");
  }, /another file/);
  await endsAsTampered(({ mac }) => mac.attack.switchSudoLoggingOff(), /added .*sudoers\.d\/zzz/);
});

test("L15 a log that was emptied and filled again between two looks shows, shipped or not", async () => {
  const refill = ({ mac }: Desk) => {
    mac.attack.truncateLog();
    for (let count = 0; count < 20; count += 1) mac.sudo("alice", "/bin/ls");
  };
  await endsAsTampered(refill, /rewritten/);
  const desk = createDesk();
  const { request } = await desk.elevate(30);
  await desk.seconds(9);
  desk.mac.sudo("alice", "/bin/evil");
  await desk.seconds(1.5);
  refill(desk);
  await desk.seconds(40);
  assert.equal(request.endReason, "tampered", "a line that was seen and waits to be shipped");
});

test("L15 a line that was shipped and then edited shows", async () => {
  const { service } = await endsAsTampered(
    ({ mac, clock }) => {
      mac.sudo("alice", "/bin/evil --now");
      clock.at(clock.now() + 8_000, () => mac.attack.editLog("/bin/evil --now", "/bin/good --now"));
    },
    /rewritten/,
    10,
  );
  assert.ok(
    service.logLines().some((line) => line.endsWith("COMMAND=/bin/evil --now")),
    "it had left the Mac",
  );
});

test("a rule in sudoers.d is moved away, and gives nothing after the end", async () => {
  const { mac, reported } = await endsAsTampered(
    ({ mac }) => mac.attack.addNoPasswordRule("alice"),
    /sudoers\.d\/zz-helper/,
  );
  assert.equal(mac.sudo("alice", "whoami").allowed, false);
  assert.ok(reported("exit").some((item) => item.includes("moved away: /private/etc/sudoers.d/zz-helper")));
});

test("the rights taken out of band end the session; nothing is given back", async () => {
  const { mac, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  mac.attack.demoteThroughPrivileges();
  await seconds(30);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(request.endReason, "ended_by_user");
});

test("L5 only the name removed from the group is not removed: the GeneratedUID still counts", async () => {
  const { mac, seconds, elevate } = createDesk();
  const { request } = await elevate(30);
  mac.attack.removeNameOnly("alice");
  await seconds(5);
  assert.equal(request.status, "active");
  await mac.done("alice");
  await seconds(1);
  assert.equal(mac.isAdmin("alice"), false);
});

test("W49 a clock set by the user changes no deadline (law L4)", async () => {
  for (const offsetMs of [-3_600_000, 3_600_000, -86_400_000]) {
    const { mac, elevate, clock, seconds } = createDesk();
    const { request } = await elevate(10);
    mac.attack.changeClock(offsetMs);
    await clock.advanceTo((request.endsAt as number) - 2_000);
    assert.equal(mac.isAdmin("alice"), true);
    await seconds(3);
    assert.equal(mac.isAdmin("alice"), false);
    await seconds(30);
    assert.equal(request.status, "ended");
  }
});

test("a second admin made outside a session is reported and taken as known: nobody is demoted by mistake (L16)", async () => {
  const { mac, seconds, reported } = createDesk();
  await seconds(5);
  mac.attack.addSecondAdmin("bob");
  await seconds(5);
  assert.equal(mac.isAdmin("bob"), true);
  assert.ok(reported("drift").some((item) => item.includes("bob")));
});

test("self-elevation between the delivery and the service's yes is stripped", async () => {
  const { mac, service, seconds } = createDesk();
  await seconds(2);
  await mac.requestAdmin({ user: "alice", reason: "x", category: "other", minutes: 10 });
  await seconds(1);
  const request = service.approve(10);
  service.setFault((path) => (path === "/arm" ? new Response("<html>", { status: 502 }) : undefined));
  await seconds(12);
  assert.equal(mac.condition().isPrivilegesUnlocked, true);
  mac.attack.elevateThroughPrivileges();
  await seconds(1);
  assert.equal(mac.isAdmin("alice"), false, "the open app is no permission");
  assert.equal(request.status, "approved");
});

test("L5 a rule of sudo made while SAP Privileges is open is moved away, and is no part of the next session's past", async () => {
  const { mac, service, seconds, reported } = createDesk();
  await seconds(2);
  await mac.requestAdmin({ user: "alice", reason: "x", category: "other", minutes: 10 });
  await seconds(1);
  service.approve(10);
  service.setFault((path) => (path === "/arm" ? new Response("<html>", { status: 502 }) : undefined));
  await seconds(12);
  mac.attack.elevateThroughPrivileges();
  mac.attack.addNoPasswordRule("alice");
  await seconds(1);
  assert.equal(mac.isAdmin("alice"), false);
  assert.equal(mac.sudo("alice", "whoami").allowed, false, "the rule is gone, too");
  assert.match(reported("drift").join("\n"), /rule of sudo without a session, moved away: .*zz-helper/);
});

test("a rule of sudo made outside any session is reported and taken as known: the MDM adds such files", async () => {
  const { mac, seconds, reported } = createDesk();
  await seconds(5);
  mac.attack.addNoPasswordRule("bob");
  await seconds(5);
  assert.equal(mac.sudo("bob", "whoami").allowed, true);
  assert.match(reported("drift").join("\n"), /sudo outside a session: added: .*zz-helper/);
});

test("L12 L15 what root shells do is not recorded: they are named with their times and ended", async () => {
  const { mac, service, seconds, elevate, reported } = createDesk();
  await elevate(30);
  await seconds(2);
  const { shell } = mac.sudo("alice", "-s");
  assert.ok(shell !== undefined);
  mac.sudo("alice", "nohup /bin/backdoor");
  mac.sudo("alice", "installer -pkg /tmp/Docker.pkg -target /");
  await mac.done("alice");
  await seconds(3);
  assert.equal(mac.isAdmin("alice"), false);
  const installer = "/usr/sbin/installer -pkg /tmp/Docker.pkg -target /";
  assert.deepEqual(mac.rootCommands(), ["/usr/bin/nohup /bin/backdoor", installer], "HUP ends the shell");
  await seconds(10);
  assert.deepEqual(mac.rootCommands(), [installer], "KILL ends what ignores HUP");
  await seconds(20);
  const log = service.logLines().join("\n");
  assert.match(log, /\[root shell opened by alice at .*: its contents are not recorded\]/);
  assert.match(log, /\[root shell \/bin\/zsh \(pid \d+\) ran from .* to .*: its contents are not recorded\]/);
  const exit = reported("exit").join("\n");
  assert.match(exit, /root process ended: \/bin\/zsh/);
  assert.match(exit, /root process ended: \/usr\/bin\/nohup \/bin\/backdoor/);
  assert.match(exit, /still running: \/usr\/sbin\/installer/, "installers are let run, and named");
});

test("L8 the ends of many root shells are one chunk of the log, so that ordinary use never fills it", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(30);
  for (let shell = 0; shell < 200; shell += 1) mac.sudo("alice", "-s");
  await seconds(10);
  const before = service.chunks.length;
  await mac.done("alice");
  await seconds(40);
  assert.equal(service.logLines().filter((line) => line.includes(" ran from ")).length, 200);
  assert.ok(service.chunks.length <= before + 3, `${service.chunks.length - before} chunks`);
});

test("L8 L15 a session whose log the service takes no further ends, and the log says from where it is missing", async () => {
  const { mac, service, seconds, elevate, reported } = createDesk();
  const { request } = await elevate(30);
  mac.sudo("alice", "/bin/before");
  await seconds(10);
  const full = "Refused: the log is full. IT has been told.";
  let refused = 0;
  service.setFault((path) =>
    path === "/log" && (refused += 1) === 1 ? problemResponse(409, full) : undefined,
  );
  mac.sudo("alice", "/bin/evil");
  await seconds(10);
  assert.equal(mac.isAdmin("alice"), false);
  const why = `the service does not take the log from chunk 1 on: ${full}`;
  assert.deepEqual(reported("tampered"), [why]);
  await seconds(30);
  assert.deepEqual([request.status, request.endReason], ["ended", "tampered"]);
  const last = service.chunks.at(-1);
  assert.deepEqual([last?.seq, last?.final, last?.lines], [1, true, [`[${why}; the rest of it is missing]`]]);
});

test("L5 with endProcesses=report root processes are named and left", async () => {
  const { mac, seconds, elevate, reported } = createDesk({ config: { endProcesses: "report" } });
  const { request } = await elevate(30);
  mac.sudo("alice", "-s");
  await mac.done("alice");
  await seconds(10);
  assert.equal(request.status, "ended");
  assert.match(reported("exit").join("\n"), /still running: \/bin\/zsh/);
});

test("W12 the exit report says what changed on the Mac", async () => {
  const { mac, seconds, elevate, reported } = createDesk();
  await elevate(30);
  mac.attack.writeFile("/Library/LaunchDaemons/com.evil.plist", "evil");
  mac.attack.writeFile("/private/etc/hosts", "127.0.0.1 hallpass.example\n");
  mac.attack.writeFile("/private/etc/pam.d/sudo", "auth sufficient pam_permit.so\n");
  await seconds(2);
  await mac.done("alice");
  await seconds(30);
  assert.deepEqual(reported("exit"), [
    "changed: pam.d: /private/etc/pam.d/sudo",
    "added: LaunchDaemons: /Library/LaunchDaemons/com.evil.plist",
    "changed: hosts: /private/etc/hosts",
  ]);
});

test("L12 a rewritten log cannot make the agent ship the end of a line whose secret it could not tell", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(10);
  mac.sudo("alice", "/usr/bin/curl --user admin:hunter2hunter2 https://example.com");
  await seconds(10);
  // What was read so far now ends within the line, right before the password.
  mac.attack.editLog("PWD=/Users/alice", `PWD=/Users/alice${"x".repeat(38)}`);
  await seconds(60);
  const lines = service.chunks.flatMap((chunk) => chunk.lines);
  assert.ok(lines.some((line) => line.includes("the rest of a line")));
  assert.ok(!lines.join("\n").includes("hunter2"));
});
