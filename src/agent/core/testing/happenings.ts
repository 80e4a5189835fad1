import type { Outcome } from "../calls.ts";
import type { AdminReading } from "../membership.ts";
import type { Observed, SudoReading } from "../observed.ts";
import type { Act, AgentEvent, Step } from "../steps.ts";
import { act, ALICE, BOB, pass, reading, REQUEST, reboot, restart, setEntry } from "./bench.ts";
import { answerAll } from "./honest-world.ts";
import { FORM, type Scene } from "./scenes.ts";

/** Something that may happen to a Mac at any time. */
export type Happening = (scene: Scene) => void;

const MALLORY = { uid: 503, generatedUid: "33333333-3333-4333-8333-333333333333", username: "mallory" };
const GROUP = "44444444-4444-4444-8444-444444444444";

/** Everything that is open gets this outcome where it is a call, and an honest answer where it is not. */
function outcomes(outcome: Outcome<never>): Happening {
  return (scene) => {
    const { bench } = scene;
    const calls = bench.open.filter((step) => step.do === "call");
    bench.open = bench.open.filter((step) => step.do !== "call");
    answerAll(bench, scene.told);
    for (const { call } of calls) {
      bench.events.push({ type: "called", name: call.name, call, outcome } as AgentEvent);
    }
  };
}

/** The brain sees `over` besides what it saw before. */
function sees(over: Partial<Observed>): Happening {
  return ({ bench }) => void (bench.seen = { ...bench.seen, ...over });
}

function admins(change: (reading: AdminReading) => Partial<AdminReading>): Happening {
  return ({ bench }) => {
    const now = reading(bench);
    bench.seen = { ...bench.seen, admins: { ...now, ...change(now) } };
  };
}

/** The directory does not answer: `admins` is there and undefined, over the bench's own reading. */
function unreadable({ bench }: Scene): void {
  bench.seen = Object.assign({}, bench.seen, { admins: undefined });
}

function sudo(over: Partial<SudoReading>, text?: string): Happening {
  return ({ bench }) => {
    const log = bench.record.session?.log;
    const whole = text ?? bench.sudo.text;
    const offset = log?.offset ?? 0;
    bench.seen = {
      ...bench.seen,
      sudo: {
        dropIn: bench.sudo.dropIn,
        files: {},
        log: {
          inode: "7",
          size: whole.length,
          before: whole.slice(Math.max(0, offset - 4096), offset),
          text: whole.slice(offset),
        },
        ...over,
      },
    };
  };
}

function logs(...lines: readonly string[]): Happening {
  return ({ bench }) => void (bench.sudo.text += lines.map((line) => `${line}\n`).join(""));
}

function acts(what: Act["act"], person: typeof ALICE): Happening {
  return ({ bench }) =>
    act(bench, what === "request" ? { act: what, person, form: FORM } : { act: what, person });
}

/** An event that nobody waits for, or a step's other outcome. */
function event(...events: readonly AgentEvent[]): Happening {
  return ({ bench }) => void bench.events.push(...events);
}

/** The open step of this kind has this outcome. */
function yields(kind: Step["do"], outcome: (step: Step) => AgentEvent): Happening {
  return ({ bench }) => {
    const index = bench.open.findIndex((step) => step.do === kind);
    const [step] = index === -1 ? [] : bench.open.splice(index, 1);
    if (step !== undefined) bench.events.push(outcome(step));
  };
}

const service =
  (status: Scene["told"]["status"]): Happening =>
  (scene) => {
    scene.told.status = status;
    pass(scene.bench, 61);
  };

/** Everything that is tried in every scene, by what a person would call it. */
export const HAPPENINGS: Readonly<Record<string, Happening>> = {
  "all that is open is answered as it should be": ({ bench, told }) => answerAll(bench, told),
  "the service does not know the key": outcomes({ came: "refused", status: 401, detail: "unknown key" }),
  "the service forbids it": outcomes({ came: "refused", status: 403, detail: "not yours" }),
  "the service says that it contradicts": outcomes({
    came: "refused",
    status: 409,
    detail: "already decided",
    requestId: REQUEST,
  }),
  "the service is in trouble": outcomes({ came: "failing", status: 503, detail: "later" }),
  "nobody answers": outcomes({ came: "silent", why: "no connection" }),
  "the probe gets something else": yields("probe", () => ({ type: "probed", status: 302 })),
  "the snapshot cannot be made": yields("take_snapshot", () => ({ type: "snapshot", items: null })),
  "the snapshot shows changes": yields("take_snapshot", () => ({
    type: "snapshot",
    items: { "hosts: /etc/hosts": "1", "sudoers: /private/etc/sudoers.d/evil": "2" },
  })),
  "Privileges does nothing": yields("privileges", () => ({ type: "privileges_ran", act: "add", text: "" })),
  "the person starts later": yields("ask_start", () => ({
    type: "start_asked",
    requestId: REQUEST,
    chosen: "later",
  })),
  "the record could not be saved": event({ type: "saved", ok: false }),
  "the drop-in could not be written": event({ type: "drop_in", act: "write", ok: false, text: "syntax" }),
  "a canary was not found": event({ type: "canary", nonce: "other", found: false }),
  "two canaries were not found": event(
    { type: "canary", nonce: "other", found: false },
    { type: "canary", nonce: "another", found: false },
  ),
  "the service revokes": service("ending"),
  "the service says it is over": service("ended"),
  "a second passes": ({ bench }) => pass(bench, 1),
  "6 seconds pass": ({ bench }) => pass(bench, 6),
  "16 seconds pass": ({ bench }) => pass(bench, 16),
  "31 seconds pass": ({ bench }) => pass(bench, 31),
  "a minute and a second pass": ({ bench }) => pass(bench, 61),
  "4 minutes pass": ({ bench }) => pass(bench, 240),
  "9 minutes pass": ({ bench }) => pass(bench, 540),
  "11 minutes pass": ({ bench }) => pass(bench, 660),
  "a minute of sleep": ({ bench }) => pass(bench, 60, true),
  "an hour of sleep": ({ bench }) => pass(bench, 3600, true),
  "the agent is started again": ({ bench }) => restart(bench),
  "the Mac is restarted": ({ bench }) => reboot(bench),
  "the key of the Mac is gone": sees({ enrolled: false }),
  "the record is gone": sees({ recordOnDisk: "absent" }),
  "the record was changed": sees({ recordOnDisk: "changed" }),
  "the administrators cannot be read": unreadable,
  "alice's rights are taken": ({ bench }) => {
    setEntry(bench, "name:alice", false);
    setEntry(bench, `guid:${ALICE.generatedUid}`, false);
  },
  "alice makes herself administrator by name": ({ bench }) => setEntry(bench, "name:alice", true),
  "mallory is an administrator": ({ bench }) => setEntry(bench, "name:mallory", true),
  "bob is no administrator by name": ({ bench }) => setEntry(bench, "name:bob", false),
  "a group is nested": admins(() => ({ nested: [{ guid: GROUP, memberGuids: [ALICE.generatedUid] }] })),
  "alice gets the primary group of administrators": admins(({ accounts }) => ({
    accounts: accounts.map((one) => (one.uid === ALICE.uid ? { ...one, primaryGroupId: 80 } : one)),
  })),
  "there is a second uid 0": admins(({ accounts }) => ({
    accounts: [...accounts, { ...MALLORY, uid: 0, primaryGroupId: 20 }],
  })),
  "alice takes bob's name": admins(({ accounts }) => ({
    accounts: accounts
      .filter(({ uid }) => uid !== BOB.uid)
      .map((one) => (one.uid === ALICE.uid ? { ...one, username: "bob" } : one)),
  })),
  "alice's uid belongs to another account": admins(({ accounts }) => ({
    accounts: accounts.map((one) =>
      one.uid === ALICE.uid ? { ...one, generatedUid: MALLORY.generatedUid } : one,
    ),
  })),
  "the drop-in is gone": sudo({ dropIn: "absent" }),
  "the drop-in was changed": sudo({ dropIn: "changed" }),
  "a rule was added to sudoers": (scene) => {
    const files = { "/private/etc/sudoers.d/evil": "1" };
    sudo({ files })(scene);
    scene.bench.seen = { ...scene.bench.seen, sudoFiles: files };
  },
  "the sudo log is gone": ({ bench }) => {
    bench.seen = { ...bench.seen, sudo: { dropIn: bench.sudo.dropIn, files: {} } };
  },
  "the sudo log is another file": sudo({ log: { inode: "8", size: 0, before: "", text: "" } }),
  "commands are run with sudo": logs(
    "Nov 22 09:36:12 2026 : alice : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/echo one",
    "Nov 22 09:36:13 2026 : bob : TTY=ttys002 ; PWD=/tmp ; USER=root ; COMMAND=/bin/echo two",
    "Nov 22 09:36:14 2026 : alice : TTY=ttys001 ; PWD=/tmp ; USER=root ; COMMAND=/bin/zsh",
  ),
  "the sudo log was rewritten": ({ bench }) => void (bench.sudo.text = "x".repeat(bench.sudo.text.length)),
  "a root shell runs": sees({
    rootProcesses: [{ pid: 80, command: "/bin/bash", started: "2026-11-23 10:02", isInstaller: false }],
  }),
  "somebody else is at the console": sees({ console: { atConsole: 502, sessions: [501, 502] } }),
  "nobody is at the console": sees({ console: { sessions: [] } }),
  "Privileges is opened": sees({ privileges: { installed: true, unlocked: true } }),
  "Privileges is locked": sees({ privileges: { installed: true, unlocked: false } }),
  "the tools do not work": ({ bench }) => void (bench.toolsWork = false),
  "alice asks": acts("request", ALICE),
  "bob, who is an administrator, asks": acts("request", BOB),
  "mallory asks": acts("request", MALLORY),
  "a system account asks": acts("request", { ...MALLORY, uid: 200 }),
  "alice cancels": acts("cancel", ALICE),
  "bob cancels": acts("cancel", BOB),
  "alice is done": acts("done", ALICE),
  "bob is done": acts("done", BOB),
  "alice starts now": acts("start_now", ALICE),
};
