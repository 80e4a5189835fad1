import assert from "node:assert/strict";
import { test } from "node:test";
import { createShell } from "./shell.ts";

const ANNA = { username: "anna", uid: 501 };

function open(isAdmin: boolean) {
  const asked: string[] = [];
  const heard: (readonly [string, boolean, string])[] = [];
  const mac = {
    isAdmin: () => isAdmin,
    sudo(user: string, command: string) {
      asked.push(`${user}: ${command}`);
      return isAdmin
        ? { allowed: true, output: command === "whoami" ? "root" : "" }
        : { allowed: false, output: `${user} is not in the sudoers file.` };
    },
  };
  const shell = createShell(mac, ANNA, "annas-mac", (...sudo) => heard.push(sudo));
  return { shell, asked, heard, shown: () => shell.lines().map(({ kind, text }) => `${kind}: ${text}`) };
}

test("sudo is the Mac's own: what it refuses is shown as refused", () => {
  const { shell, asked, heard, shown } = open(false);
  shell.run("  sudo   whoami ");
  assert.deepEqual(asked, ["anna: whoami"]);
  assert.deepEqual(shown(), ["command: sudo   whoami", "refused: anna is not in the sudoers file."]);
  assert.deepEqual(heard, [["whoami", false, "anna is not in the sudoers file."]]);
});

test("an administrator's sudo works, also when it says nothing", () => {
  const { shell, shown } = open(true);
  shell.run("sudo whoami");
  shell.run("sudo true");
  shell.run("sudo");
  assert.deepEqual(shown(), [
    "command: sudo whoami",
    "output: root",
    "command: sudo true",
    "command: sudo",
    "output: usage: sudo command",
  ]);
});

test("a handful of other commands is there, and the rest is not found", () => {
  const { shell, asked, shown } = open(true);
  for (const line of ["groups", "echo a  b", "constructor", "rm -rf /", ""]) shell.run(line);
  assert.deepEqual(shown(), [
    "command: groups",
    "output: staff admin",
    "command: echo a  b",
    "output: a b",
    "command: constructor",
    "refused: zsh: command not found: constructor",
    "command: rm -rf /",
    "refused: zsh: command not found: rm",
  ]);
  shell.run("clear");
  assert.deepEqual(shown(), []);
  assert.deepEqual(asked, [], "nothing of this reaches sudo");
});

test("a terminal keeps its newest lines only", () => {
  const { shell } = open(true);
  for (let count = 0; count < 500; count += 1) shell.run(`echo ${count}`);
  assert.equal(shell.lines().length, 400);
  assert.equal(shell.lines().at(-1)?.text, "499");
});
