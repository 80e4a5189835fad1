import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { createSystemClock } from "../../adapters/system/clock.ts";
import type { DemoAct } from "./acts.ts";
import { type Demo, startDemo } from "./demo.ts";
import type { PlayOutcome } from "./play.ts";
import type { DemoSnapshot, StoryLine } from "./snapshot.ts";

const FAST = 2_000;

interface Open {
  readonly demo: Demo;
  readonly lines: StoryLine[];
  readonly outcomes: PlayOutcome[];
  /** Sends an act as the page does; answers the status and what was said. */
  send(act: DemoAct): Promise<readonly [number, string]>;
  /** Reads the events until one shows what is looked for. */
  until(isSo: (snapshot: DemoSnapshot) => boolean): Promise<DemoSnapshot>;
}

async function open(t: TestContext, speeds = { calm: FAST, quick: FAST }, port = 0): Promise<Open> {
  const lines: StoryLine[] = [];
  const outcomes: PlayOutcome[] = [];
  const demo = await startDemo({
    port,
    real: createSystemClock(),
    files: new Map(),
    speeds,
    onLine: (line) => lines.push(line),
    onPlayed: (outcome) => outcomes.push(outcome),
    onProblem: (error) => assert.fail(String(error)),
  });
  t.after(demo.stop);
  return {
    demo,
    lines,
    outcomes,
    async send(act) {
      const response = await fetch(`${demo.url}/demo/act`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(act),
      });
      const { text, detail } = (await response.json()) as { text?: string; detail?: string };
      return [response.status, detail ?? text ?? ""];
    },
    until: (isSo) => watch(demo.url, isSo),
  };
}

async function watch(url: string, isSo: (snapshot: DemoSnapshot) => boolean): Promise<DemoSnapshot> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, AbortSignal.timeout(20_000)]);
  const response = await fetch(`${url}/demo/events`, { signal });
  let snapshot: Partial<DemoSnapshot> = {};
  let text = "";
  for await (const piece of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += piece;
    const events = text.split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      snapshot = { ...snapshot, ...(JSON.parse(event.slice(6)) as Partial<DemoSnapshot>) };
      if (!isSo(snapshot as DemoSnapshot)) continue;
      gone.abort();
      return snapshot as DemoSnapshot;
    }
  }
  throw new Error("the stream ended before it was so");
}

const SERIAL = "C02XK1ABJG5H";
const macState = (snapshot: DemoSnapshot) => snapshot.macs[0]?.menuBar.state;
const ask = (durationMinutes: 5 | 15): DemoAct => ({
  act: "request",
  serial: SERIAL,
  reason: "Install the new VPN client",
  category: "install",
  durationMinutes,
});

test("a session plays by itself from the refused sudo to the log in the thread, and the chain holds", async (t) => {
  const { demo, lines, outcomes, until } = await open(t);
  await demo.play();
  assert.deepEqual(outcomes, ["played"]);
  const told = lines.map(({ who, what }) => `${who} ${what}`);
  const turns = [
    /^Anna types sudo whoami: refused/,
    /^Anna asks for 15 minutes/,
    /^Ben approves 10 minutes/,
    /^Anna’s Mac has given the rights/,
    /^Anna types sudo whoami: root/,
    /^Hallpass warns/,
    /begins the end, because the time was up/,
    /^Anna’s Mac has taken the rights away and proves it/,
    /^Slack the log is in the thread/,
  ];
  let from = 0;
  for (const turn of turns) {
    const index = told.findIndex((line, at) => at >= from && turn.test(line));
    assert.ok(index !== -1, `${turn} is missing after ${told[from - 1]}\n${told.join("\n")}`);
    from = index;
  }
  const { audit, macs, slack, story } = await until(() => true);
  assert.equal(story.state, "yours");
  assert.ok(audit.entries.length > 10);
  assert.ok(audit.chains.every(({ fault }) => fault === undefined));
  assert.equal(macs[0]?.isAdmin, false);
  const log = slack.messages[0]?.replies.flatMap(({ files }) => files)[0];
  assert.match(log?.text ?? "", /COMMAND=\/usr\/bin\/whoami/);
  assert.match(slack.directMessages["U0ANNA"]?.at(-1)?.text ?? "", /session is over/);
});

test("people play over HTTP: refused who may not approve, private answers for one pair of eyes only", async (t) => {
  const { send, until } = await open(t);
  assert.deepEqual(await send({ act: "command", serial: SERIAL, line: "sudo id" }), [200, ""]);
  assert.equal((await send(ask(5)))[0], 200);
  const asked = await until(({ slack }) => slack.messages.length === 1);
  assert.equal(macState(asked), "waiting");
  assert.deepEqual(
    asked.macs[0]?.terminal.map(({ kind }) => kind),
    ["command", "refused"],
  );
  const [again, why] = await send(ask(15));
  assert.equal(again, 409);
  assert.match(why, /open request|already/i);
  const { ts = "", channelId = "" } = asked.slack.messages[0] ?? {};
  const click = (person: string, actionId: string) => send({ act: "click", person, channelId, ts, actionId });
  await click("U0DAN", "hallpass_approve_5");
  await click("U0ANNA", "hallpass_approve_5");
  const refused = await until(
    ({ slack }) =>
      slack.privateAnswers["U0DAN"]?.length === 1 && slack.privateAnswers["U0ANNA"]?.length === 1,
  );
  assert.equal(refused.slack.privateAnswers["U0BEN"]?.length, 0);
  assert.equal(macState(refused), "waiting");
  await click("U0BEN", "hallpass_deny");
  await until(({ slack }) => slack.dialogs["U0BEN"] !== undefined);
  await send({ act: "submit_view", person: "U0BEN", words: "Please use Self Service" });
  const denied = await until((snapshot) => macState(snapshot) === "idle");
  assert.match(JSON.stringify(denied.slack.directMessages["U0ANNA"]), /Please use Self Service/);
});

test("cutting the network takes the rights away without the service, and it is told afterwards", async (t) => {
  const { send, until } = await open(t);
  await send({ act: "speed", rate: 60 });
  await send(ask(15));
  const { slack } = await until((snapshot) => snapshot.slack.messages.length === 1);
  const { ts = "", channelId = "" } = slack.messages[0] ?? {};
  await send({ act: "click", person: "U0CARLA", channelId, ts, actionId: "hallpass_approve_15" });
  assert.equal((await until((snapshot) => macState(snapshot) === "admin")).macs[0]?.isAdmin, true);
  await send({ act: "network", serial: SERIAL, network: "offline" });
  const lost = await until(({ macs }) => macs[0]?.isAdmin === false);
  assert.equal(lost.macs[0]?.network, "offline");
  await send({ act: "network", serial: SERIAL, network: "online" });
  const told = await until(({ audit }) => audit.entries.some(({ type }) => type === "removed"));
  assert.ok(told.audit.entries.some(({ text }) => text.includes("the Mac lost its network")));
});

test("somebody who takes over ends the play, and while it plays nobody else's hand is on the stage", async (t) => {
  const { demo, send, until, outcomes } = await open(t, { calm: 10, quick: 10 });
  const playing = demo.play();
  await until(({ story }) => story.state === "playing");
  const [status, why] = await send({ act: "speed", rate: 60 });
  assert.equal(status, 409);
  assert.match(why, /Take over/);
  await send({ act: "take_over" });
  await playing;
  assert.deepEqual(outcomes, ["taken_over"]);
  assert.equal((await send({ act: "speed", rate: 60 }))[0], 200);
});

test("starting afresh gives an empty desk to whoever is looking, also in the middle of a session", async (t) => {
  const { send, until } = await open(t);
  await send(ask(5));
  await until(({ slack }) => slack.messages.length === 1);
  let wasAsked = false;
  const looking = until((snapshot) => {
    wasAsked ||= snapshot.slack.messages.length === 1;
    return wasAsked && snapshot.slack.messages.length === 0 && macState(snapshot) === "idle";
  });
  await until(() => wasAsked);
  const starting = send({ act: "start_afresh" });
  const [refused, why] = await send({ act: "command", serial: SERIAL, line: "id" });
  assert.deepEqual([refused, /being set/.test(why)], [409, true], why);
  assert.equal((await starting)[0], 200);
  await looking;
});

test("playing again begins on an empty desk", async (t) => {
  const { send, until, outcomes } = await open(t);
  await send(ask(5));
  await until(({ slack }) => slack.messages.length === 1);
  assert.equal((await send({ act: "play" }))[0], 200);
  const played = await until(
    ({ slack }) => slack.messages[0]?.replies.some(({ files }) => files.length > 0) === true,
  );
  assert.equal(played.slack.messages.length, 1);
  await until(({ story }) => story.state === "yours");
  assert.deepEqual(outcomes, ["played"]);
});

test("a port that is in use is not fought over: a free one is taken, and said so", async (t) => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  t.after(() => other.close());
  const { port } = other.address() as AddressInfo;
  const { demo } = await open(t, undefined, port);
  assert.equal(demo.isPortTaken, true);
  assert.notEqual(new URL(demo.url).port, String(port));
});
