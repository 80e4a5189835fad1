import assert from "node:assert/strict";
import { test } from "node:test";
import type { DemoAct } from "../../demo/acts.ts";
import { demoAct } from "../../demo/acts.ts";
import type { DemoMac, DemoSnapshot } from "../../demo/snapshot.ts";
import { textOf, type VElement, type VNode } from "../dom/vnode.ts";
import { activeSample, emptySample, pendingSample, SAMPLE_NOW } from "../samples.ts";
import type { PageState, View } from "../state.ts";
import { desk, waitingDesk } from "./desk.ts";

interface Seen {
  readonly nodes: readonly VElement[];
  readonly words: string;
  readonly acts: DemoAct[];
}

function look(snapshot: DemoSnapshot, change: Partial<PageState> = {}, personId = "U0BEN"): Seen {
  const state: PageState = {
    snapshot,
    receivedAt: 0,
    connection: "open",
    theme: "auto",
    tab: "slack",
    personId,
    place: "channel",
    seen: {},
    folds: {},
    question: undefined,
    underWay: {},
    notice: undefined,
    ...change,
  };
  const person = snapshot.slack.people.find(({ id }) => id === personId);
  assert.ok(person !== undefined);
  const acts: DemoAct[] = [];
  const view: View = {
    state,
    snapshot,
    now: SAMPLE_NOW,
    person,
    set: () => undefined,
    act: async (act) => {
      acts.push(act);
      return { ok: true };
    },
    fold: () => undefined,
  };
  const nodes = desk(view);
  return { nodes, words: nodes.map(textOf).join("\n"), acts };
}

function all(nodes: readonly VNode[]): VElement[] {
  return nodes.flatMap((node) => (typeof node === "string" ? [] : [node, ...all(node.children)]));
}

function find(seen: Seen, test: (element: VElement) => boolean): VElement {
  const found = all(seen.nodes).find(test);
  assert.ok(found !== undefined);
  return found;
}

const isButton = (words: string) => (element: VElement) =>
  element.tag === "button" && textOf(element).startsWith(words);

function withMac(change: Partial<DemoMac>): DemoSnapshot {
  const snapshot = activeSample();
  return { ...snapshot, macs: snapshot.macs.map((mac) => ({ ...mac, ...change })) };
}

test("with nothing to show each window says what will appear in it", () => {
  const { words } = look(emptySample());
  for (const part of ["No requests yet", "Ask for admin rights", "Nothing has happened yet", "No entries"]) {
    assert.ok(words.includes(part), part);
  }
});

test("a pending request waits on the Mac and has its buttons in the channel", () => {
  const seen = look(pendingSample());
  assert.match(seen.words, /Waiting for IT/);
  assert.match(seen.words, /Admin rights for 15 minutes\?/);
  find(seen, isButton("Approve 30 min"));
  find(seen, isButton("Cancel the request")).on.click?.({} as PointerEvent);
  assert.deepEqual(seen.acts, [{ act: "cancel", serial: "C02XK1ABJG5H" }]);
});

test("only the person it was shown to sees a private answer, and only the one who opened it sees a dialog", () => {
  assert.match(look(pendingSample(), {}, "U0DAN").words, /Only visible to you[^]*not on the list/);
  assert.doesNotMatch(look(pendingSample(), {}, "U0CARLA").words, /not on the list|Deny this request/);
  assert.match(look(pendingSample(), {}, "U0BEN").words, /Deny this request/);
});

test("an administrator sees the time left, and can give it back", () => {
  const seen = look(activeSample());
  assert.match(seen.words, /8:41/);
  find(seen, isButton("I'm done")).on.click?.({} as PointerEvent);
  assert.deepEqual(seen.acts, [{ act: "done", serial: "C02XK1ABJG5H" }]);
});

test("the thread shows its replies, and a log file its text once it is unfolded", () => {
  assert.match(look(activeSample()).words, /3 replies/);
  assert.doesNotMatch(look(activeSample()).words, /sudo installer/);
  assert.match(look(activeSample(), { folds: { "file:F1": true } }).words, /sudo installer -pkg VPN\.pkg/);
  assert.doesNotMatch(
    look(activeSample(), { folds: { [`thread:${threadTs()}`]: false } }).words,
    /Command log/,
  );
});

function threadTs(): string {
  return activeSample().slack.messages[0]?.ts ?? "";
}

test("direct messages of one person are on their own page, and others learn only that there are some", () => {
  const ben = look(activeSample());
  assert.doesNotMatch(ben.words, /You are an admin until/);
  find(ben, (element) => element.attributes["aria-label"] === "has unread messages");
  assert.match(look(activeSample(), { place: "direct" }, "U0ANNA").words, /You are an admin until/);
});

test("the audit trail says that it holds, or which entry does not", () => {
  assert.match(look(pendingSample()).words, /6 verified/);
  const snapshot = pendingSample();
  const [chain] = snapshot.audit.chains;
  assert.ok(chain !== undefined);
  const broken = {
    ...snapshot,
    audit: { ...snapshot.audit, chains: [{ ...chain, fault: { seq: 3, problem: "edited" as const } }] },
  };
  const seen = look(broken);
  assert.match(seen.words, /Entry 3 of request 3d4c5b6a is edited/);
  assert.equal(all(seen.nodes).filter((each) => each.attributes["class"] === "entry entry-faulty").length, 4);
});

test("an entry unfolds into its hash and the hash before it", () => {
  const name = `entry:${pendingSample().audit.entries[1]?.stream}:2`;
  const { words } = look(pendingSample(), { folds: { [name]: true } });
  assert.ok(words.includes("2".repeat(64)) && words.includes("1".repeat(64)));
});

test("a screen that nobody can use lies under a curtain and takes no focus", () => {
  for (const [change, words] of [
    [{ lid: "closed" }, /Asleep/],
    [{ power: "restarting" }, /Restarting/],
    [{ network: "offline" }, /This Mac has no network/],
    [{ network: "captive" }, /captive portal stands between/],
  ] as const) {
    const seen = look(withMac(change));
    assert.match(seen.words, words);
    const body = find(seen, (element) => element.attributes["class"] === "screen-body");
    assert.equal("inert" in body.attributes, "lid" in change || "power" in change);
  }
});

test("a server that is gone is said so, before and after the first snapshot", () => {
  assert.match(look(emptySample(), { connection: "lost" }).words, /Reconnecting/);
  assert.match(waitingDesk(true).map(textOf).join(), /Reconnecting/);
  assert.match(waitingDesk(false).map(textOf).join(), /Connecting/);
});

test("every button has a name and a type, every field a label, whatever the state", () => {
  const question = { title: "T", text: "t", yes: "Yes", no: "No", style: "danger", onYes: () => undefined };
  const folds = { "file:F1": true, "notices:C02XK1ABJG5H": true };
  const notice = { text: "n", isProblem: true };
  for (const snapshot of [emptySample(), pendingSample(), activeSample(), withMac({ lid: "closed" })]) {
    const elements = all(look(snapshot, { question, folds, notice, connection: "lost" }).nodes);
    const labelled = new Set(elements.map((element) => element.attributes["for"]));
    for (const element of elements) {
      const { tag, attributes } = element;
      if (tag === "button") {
        assert.ok(textOf(element).trim() !== "" || attributes["aria-label"], JSON.stringify(attributes));
        assert.ok(attributes["type"] === "button" || attributes["type"] === "submit", textOf(element));
      }
      if (["input", "select", "textarea"].includes(tag) && attributes["type"] !== "radio") {
        assert.ok(attributes["aria-label"] || labelled.has(attributes["id"]), JSON.stringify(attributes));
      }
    }
  }
});

test("what the page sends is what the server takes", () => {
  const seen = look(activeSample());
  for (const words of ["10×", "Play again", "Start afresh", "Portal", "Close lid", "I'm done"]) {
    find(seen, isButton(words)).on.click?.({} as PointerEvent);
  }
  assert.equal(seen.acts.length, 6);
  for (const act of seen.acts) assert.ok(demoAct.safeParse(act).success, JSON.stringify(act));
});
