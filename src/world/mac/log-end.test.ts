import assert from "node:assert/strict";
import test from "node:test";
import { createDesk } from "./testing/desk.ts";

test("L8 the last commands of a session are in its log, also those typed in its last second", async () => {
  const { mac, service, clock, seconds, elevate } = createDesk();
  const { request } = await elevate(5);
  await clock.advanceTo((request.endsAt as number) - 3_500);
  mac.sudo("alice", "/bin/shipped-at-once");
  await clock.advance(3_000);
  mac.sudo("alice", "/bin/last-words");
  await seconds(30);
  const lines = service.logLines();
  assert.ok(
    lines.some((line) => line.endsWith("COMMAND=/bin/last-words")),
    "within seconds of the chunk before",
  );
  assert.equal(service.chunks.at(-1)?.final, true);
});

test("L8 a log of megabytes leaves the Mac whole, in chunks of the contract", async () => {
  const { mac, service, seconds, elevate } = createDesk();
  await elevate(5);
  const long = "x".repeat(15_000);
  for (let line = 0; line < 120; line += 1) mac.sudo("alice", `/bin/echo ${line} ${long}`);
  mac.sudo("alice", `/bin/echo ${"y".repeat(40_000)}`);
  await mac.done("alice");
  await seconds(60);
  const lines = service.logLines().filter((line) => line.includes("COMMAND=/bin/echo"));
  assert.equal(lines.length, 121);
  assert.match(lines.at(-1) ?? "", / \[cut: \d+ bytes, sha256 [0-9a-f]{64}\]$/);
  assert.ok(service.chunks.length >= 10);
});

test("L8 a command of more than is read at once hides nothing that follows, and the session closes", async () => {
  const { mac, service, seconds, minutes, elevate } = createDesk();
  const { request } = await elevate(5);
  mac.sudo("alice", `/usr/sbin/chown alice ${"/Users/alice/some/long/path ".repeat(40_000)}`);
  mac.attack.killAgent();
  await seconds(1);
  mac.attack.killAgent();
  mac.sudo("alice", "/bin/after");
  await seconds(15);
  assert.ok(service.logLines().some((line) => line.endsWith("COMMAND=/bin/after")));
  await minutes(6);
  assert.equal(request.status, "ended");
  assert.equal(service.chunks.at(-1)?.final, true);
  const [cut] = service.logLines().filter((line) => line.includes("COMMAND=/usr/sbin/chown"));
  assert.match(cut ?? "", / \[cut: \d+ bytes, sha256 [0-9a-f]{64}\]$/);
});

test("L8 offline at the end, the log and the proof come when the network is back, unchanged and in order", async () => {
  const { mac, service, seconds, minutes, elevate } = createDesk();
  const { request } = await elevate(30);
  mac.sudo("alice", "/bin/before");
  await seconds(10);
  mac.setNetwork("off");
  mac.sudo("alice", "/bin/while-offline");
  await minutes(90);
  assert.notEqual(request.status, "ended");
  mac.setNetwork("on");
  await minutes(2);
  assert.equal(request.status, "ended");
  const commands = service.logLines().flatMap((line) => /COMMAND=(.*)$/.exec(line)?.[1] ?? []);
  assert.deepEqual(commands, ["/bin/before", "/bin/while-offline"]);
});
