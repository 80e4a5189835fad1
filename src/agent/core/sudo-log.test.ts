import assert from "node:assert/strict";
import test from "node:test";
import { opensRootShell, parseSudoLine, sortSudoLines } from "./sudo-log.ts";

const AT = "Nov 22 09:36:12 2026";

test("lines of sudo 1.9.13p2 are read", () => {
  assert.deepEqual(
    parseSudoLine(
      `${AT} : labu : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/echo one 'two words' it\\'s`,
    ),
    {
      at: AT,
      user: "labu",
      fields: { TTY: "ttys001", PWD: "/tmp", USER: "root" },
      command: "/bin/echo one 'two words' it\\'s",
    },
  );
});

test("lines with a host, a one-digit day and no year are read", () => {
  const record = parseSudoLine(
    "Nov  2 09:36:12 : labu : HOST=mac ; TTY=ttys001 ; PWD=/ ; USER=root ; COMMAND=/bin/ls ; x",
  );
  assert.equal(record?.at, "Nov  2 09:36:12");
  assert.equal(record?.fields["HOST"], "mac");
  assert.equal(record?.command, "/bin/ls ; x", "a separator inside the command belongs to the command");
});

test("the missing separator after ENV= in 1.9.13p2 is bridged, its presence in 1.9.5p2 and p3 too", () => {
  const p2 = parseSudoLine(`${AT} : labu : PWD=/ ; USER=root ; ENV=FOO=bar BAZ=q xCOMMAND=/usr/bin/env`);
  assert.equal(p2?.command, "/usr/bin/env");
  assert.equal(p2?.fields["ENV"], "FOO=bar BAZ=q x");
  const p3 = parseSudoLine(`${AT} : labu : PWD=/ ; USER=root ; ENV=FOO=bar ; COMMAND=/usr/bin/env`);
  assert.equal(p3?.command, "/usr/bin/env");
  assert.equal(p3?.fields["ENV"], "FOO=bar");
});

test("W17 refusals are read with their reason", () => {
  for (const reason of [
    "user NOT in sudoers",
    "command not allowed",
    "a password is required",
    "3 incorrect password attempts",
  ]) {
    const record = parseSudoLine(`${AT} : labu : ${reason} ; PWD=/x ; USER=root ; COMMAND=/bin/ls /`);
    assert.equal(record?.refused, reason);
    assert.equal(record?.command, "/bin/ls /");
  }
});

test("what is not a record is not taken for one", () => {
  for (const line of [
    "",
    "    continued here",
    "no such line",
    `${AT} : : COMMAND=/bin/ls`,
    "COMMAND=/bin/ls",
  ]) {
    assert.equal(parseSudoLine(line), undefined, line);
  }
});

test("root shells are told from commands", () => {
  for (const command of [
    "/bin/zsh",
    "/bin/bash -l",
    "/bin/sh -i",
    "/usr/bin/su",
    "/usr/bin/su - bob",
    "/bin/-zsh",
    "/opt/bin/tmux new",
    "/bin/dash",
    "/bin/ksh",
    "/bin/csh",
    "/bin/tcsh",
    "/usr/local/bin/fish",
    "/usr/bin/login",
    "/usr/bin/screen",
    "/usr/bin/script /tmp/x",
    "  /bin/zsh   -l",
    "zsh --login",
    "/bin/zsh -il -s",
  ]) {
    assert.ok(opensRootShell(command), command);
  }
  for (const command of [
    "/bin/zsh -c ls",
    "/bin/bash script.sh",
    "/bin/sh -ec x",
    "/bin/ls",
    "/usr/bin/sudoedit x",
    "/usr/bin/suspend",
    "/bin/zsh x -l",
    "/bin/zsh -l x",
    "/bin/zsh -l/tmp/x",
    "/bin/zsh x-l",
    "/bin/zsh -c",
    "/bin/zsh -l -c ls",
    "/bin/zsh -ilc ls",
    "/usr/bin/zsh-completions",
    "/usr/bin/a-zsh",
    "",
    "   ",
  ]) {
    assert.ok(!opensRootShell(command), command);
  }
});

const audience = { requesterNames: ["alice"], baselineNames: ["alice", "bob", "_spotlight"] };
const entry = (user: string, command: string) =>
  `${AT} : ${user} : TTY=t ; PWD=/ ; USER=root ; COMMAND=${command}`;
const never = () => false;

test("the requester's, root's and new accounts' lines are shipped; those of others are counted", () => {
  const lines = [
    entry("alice", "/bin/ls"),
    entry("bob", "/bin/cat diary"),
    entry("root", "/bin/date"),
    entry("mallory", "/bin/id"),
    "a line sudo did not write",
  ];
  const { shipped, others } = sortSudoLines(lines, audience, never);
  assert.deepEqual(shipped, [lines[0], lines[2], lines[3], lines[4]]);
  assert.equal(others, 1);
});

test("L12 lines are redacted before they are shipped", () => {
  const { shipped } = sortSudoLines([entry("alice", "/bin/tool --password hunter2")], audience, never);
  assert.deepEqual(shipped, [entry("alice", "/bin/tool --password [redacted]")]);
});

test("W17 a root shell is named, its contents are said to be unrecorded", () => {
  const { shipped } = sortSudoLines([entry("alice", "/bin/zsh")], audience, never);
  assert.deepEqual(shipped, [
    entry("alice", "/bin/zsh"),
    `[root shell opened by alice at ${AT}: its contents are not recorded]`,
  ]);
  const refused = `${AT} : alice : user NOT in sudoers ; PWD=/ ; USER=root ; COMMAND=/bin/zsh`;
  assert.deepEqual(sortSudoLines([refused], audience, never).shipped, [refused]);
});

test("only root's own whole canary is left out: nothing hides behind its name", () => {
  const isCanary = (command: string) => command === "/usr/bin/true hallpass-canary-1";
  const hidden = [entry("root", "/usr/bin/true hallpass-canary-1")];
  const kept = [
    entry("alice", "/usr/bin/true hallpass-canary-1"),
    entry("root", "/usr/bin/true hallpass-canary-1; evil"),
    entry("root", "/usr/bin/true hallpass-canary-2"),
  ];
  assert.deepEqual(sortSudoLines([...hidden, ...kept], audience, isCanary).shipped, kept);
});

test("what sudo writes of a continued line belongs to the line before it: counted with others', shipped with one's own", () => {
  const continued = "    and more of it";
  const others = sortSudoLines([entry("bob", "/bin/x"), continued, continued], audience, never);
  assert.deepEqual(others, { shipped: [], others: 3 });
  const own = sortSudoLines([entry("alice", "/bin/x"), continued], audience, never);
  assert.deepEqual(own, { shipped: [entry("alice", "/bin/x"), continued], others: 0 });
  const first = sortSudoLines([continued], audience, never);
  assert.deepEqual(first, { shipped: [continued], others: 0 }, "nothing before it is known");
  const unread = sortSudoLines([entry("bob", "/bin/x"), " not continued"], audience, never);
  assert.deepEqual(unread, { shipped: [" not continued"], others: 1 });
});

test("a record without a command, or with nothing but a refusal, is read and shipped", () => {
  const bare = `${AT} : alice : 3 incorrect password attempts`;
  assert.deepEqual(parseSudoLine(bare), {
    at: AT,
    user: "alice",
    fields: {},
    refused: "3 incorrect password attempts",
  });
  const noCommand = `${AT} : root : TTY=t ; PWD=/`;
  assert.deepEqual(parseSudoLine(noCommand), { at: AT, user: "root", fields: { TTY: "t", PWD: "/" } });
  assert.deepEqual(sortSudoLines([bare, noCommand], audience, () => true).shipped, [bare, noCommand]);
  const two = `${AT} : alice : user NOT in sudoers ; command not allowed ; PWD=/ ; COMMAND=/bin/x`;
  assert.equal(parseSudoLine(two)?.refused, "user NOT in sudoers ; command not allowed");
});

test("a field is known by its name at its beginning; ENV alone may run into the command", () => {
  const record = parseSudoLine(`${AT} : alice : XTTY=t ; TTY=a COMMAND=b ; PWD=/ ; COMMAND=/bin/x`);
  assert.deepEqual(record?.fields, { TTY: "a COMMAND=b", PWD: "/" });
  assert.equal(record?.refused, "XTTY=t");
  assert.equal(record?.command, "/bin/x");
  const env = parseSudoLine(`${AT} : alice : ENV=A=b ; COMMAND=/bin/x COMMAND=y`);
  assert.deepEqual([env?.fields, env?.command], [{ ENV: "A=b" }, "/bin/x COMMAND=y"]);
  const last = parseSudoLine(`${AT} : alice : PWD=/ ; ENV=A=b`);
  assert.deepEqual([last?.fields, last?.command], [{ PWD: "/", ENV: "A=b" }, undefined]);
});

test("a record begins at the beginning of its line, and a user's name has neither colon nor space first", () => {
  assert.equal(parseSudoLine(`x ${entry("alice", "/bin/x")}`), undefined);
  assert.equal(parseSudoLine(`${AT} :  alice : COMMAND=/bin/x`), undefined);
  assert.equal(parseSudoLine(entry("two words", "/bin/x"))?.user, "two words");
});

test("root's own lines are shipped, whoever is root", () => {
  const { shipped } = sortSudoLines(
    [entry("root", "/bin/x")],
    { ...audience, baselineNames: ["root"] },
    never,
  );
  assert.deepEqual(shipped, [entry("root", "/bin/x")]);
});

test("empty lines are nothing", () => {
  assert.deepEqual(sortSudoLines(["", ""], audience, never), { shipped: [], others: 0 });
});
