import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, test } from "node:test";
import { parseSettings, secretsOf, type Settings } from "../adapters/environment/settings.ts";
import { openSqliteStore } from "../adapters/sqlite/store.ts";
import { createSystemClock } from "../adapters/system/clock.ts";
import { createSystemIds } from "../adapters/system/ids.ts";
import { createJsonLog } from "../adapters/system/log.ts";
import { CHANNEL, PEOPLE, WORLD_SECRETS } from "../world/cast.ts";
import { createFakeIru, type FakeIru } from "../world/iru/fake-iru.ts";
import { createCastSlack } from "../world/slack/cast-slack.ts";
import type { SimulatedSlack } from "../world/slack/simulated-slack.ts";
import { ASK } from "../../test/http/mac.ts";
import { type OneMachine, type OneMachineWorld, openOneMachine } from "./one-machine.ts";
import { VERSION } from "./version.ts";

const SERIAL = "C02HALLPASS1";
const clock = createSystemClock();

let folder: string;
let lines: string[];
let slack: SimulatedSlack;
let iru: FakeIru;
let settings: Settings;
let machines: OneMachine[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hallpass-one-machine-"));
  lines = [];
  machines = [];
  const outcome = parseSettings({
    HALLPASS_DATA: join(folder, "hallpass.db"),
    HALLPASS_ENROLLMENT_TOKENS: WORLD_SECRETS.enrollmentToken,
    SLACK_BOT_TOKEN: WORLD_SECRETS.botToken,
    SLACK_SIGNING_SECRET: WORLD_SECRETS.signingSecret,
    SLACK_IT_CHANNEL_ID: CHANNEL.id,
    SLACK_APPROVER_IDS: `${PEOPLE.ben.id},${PEOPLE.carla.id}`,
    IRU_BASE_URL: "https://iru.test",
    IRU_API_TOKEN: WORLD_SECRETS.iruToken,
  });
  assert.ok(outcome.ok);
  settings = outcome.settings;
  slack = createCastSlack(clock, { appUrl: () => machines.at(-1)?.url ?? "", fetch });
  iru = createFakeIru({ clock, ids: createSystemIds(), token: WORLD_SECRETS.iruToken });
});

afterEach(async () => {
  for (const machine of machines.splice(0)) await machine.stop();
  rmSync(folder, { recursive: true });
});

async function open(change: Partial<OneMachineWorld> = {}, port = 0): Promise<OneMachine> {
  const machine = await openOneMachine(
    { ...settings, port },
    {
      clock,
      ids: createSystemIds(),
      log: createJsonLog({ write: (line) => void lines.push(line), clock, secrets: secretsOf(settings) }),
      fetch: (url, init) =>
        String(url).startsWith("https://iru.test")
          ? iru.fetch(String(url), init ?? {})
          : slack.fetch(url, init),
      ...change,
    },
  );
  machines.push(machine);
  return machine;
}

interface Sent {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

async function call(machine: OneMachine, method: string, path: string, { body, headers = {} }: Sent = {}) {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
  const response = await fetch(`${machine.url}${path}`, init);
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

async function enroll(machine: OneMachine): Promise<string> {
  const headers = { "x-enrollment-token": WORLD_SECRETS.enrollmentToken };
  const { body } = await call(machine, "POST", "/enroll", { body: { serial: SERIAL }, headers });
  return String(body["deviceKey"]);
}

/** Looks again and again until there is something to see. */
async function until<T>(look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const seen = await look();
    if (seen !== undefined) return seen;
    await clock.sleep(5);
  }
}

/** A machine with one request, and the question about it that is held until there is news. */
async function askedToHold() {
  iru.addDevice({ serial: SERIAL, owner: { email: PEOPLE.anna.email, name: "Anna" } });
  const machine = await open();
  const headers = { "x-api-key": await enroll(machine), "idempotency-key": "one-machine-0002" };
  const { body } = await call(machine, "POST", "/request", { body: { serial: SERIAL, ...ASK }, headers });
  const query = new URLSearchParams({ serial: SERIAL, requestId: String(body["requestId"]), wait: "20" });
  return { machine, headers, path: `/status?${query.toString()}` };
}

describe("one machine", () => {
  test("from a Mac's request over a click in Slack to the tag in Iru, and on after a restart", async () => {
    const deviceId = iru.addDevice({
      serial: SERIAL,
      owner: { email: PEOPLE.anna.email, name: "Anna" },
      tags: ["finance"],
    });
    const machine = await open();
    const key = await enroll(machine);
    const headers = { "x-api-key": key, "idempotency-key": "one-machine-0001" };
    const { status, body } = await call(machine, "POST", "/request", {
      body: { serial: SERIAL, ...ASK },
      headers,
    });
    assert.equal(status, 201);
    const card = await until(() => slack.cards()[0]);
    const approve = slack.buttons(card.ts).find(({ actionId }) => actionId === "hallpass_approve_10");
    assert.ok(approve !== undefined);
    await slack.click(PEOPLE.ben.id, card.ts, approve.actionId);
    await until(() => (iru.tagsOf(deviceId).includes("temp-admin-elevation-10min") ? true : undefined));
    assert.ok(iru.tagsOf(deviceId).includes("finance"));
    await machines.pop()?.stop();

    const next = await open();
    const query = new URLSearchParams({ serial: SERIAL, requestId: String(body["requestId"]) }).toString();
    const after = await call(next, "GET", `/status?${query}`, { headers: { "x-api-key": key } });
    assert.deepEqual(
      [after.status, after.body["status"], after.body["approvedMinutes"]],
      [200, "approved", 10],
    );
  });

  test("/healthz says the version of package.json", async () => {
    const manifest = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8")) as {
      version: string;
    };
    assert.equal(VERSION, manifest.version);
    const { body } = await call(await open(), "GET", "/healthz");
    assert.deepEqual(body, { status: "ok", version: manifest.version });
  });

  test("L12 the start-up line says what is configured, and no secret", async () => {
    await open();
    const start = JSON.parse(lines.find((line) => line.includes('"listening"')) ?? "{}") as Record<
      string,
      unknown
    >;
    const { time: _time, url, ...rest } = start;
    assert.match(String(url), /^http:\/\/127\.0\.0\.1:\d+$/);
    assert.deepEqual(rest, {
      level: "info",
      message: "listening",
      version: VERSION,
      channel: CHANNEL.id,
      approvers: 2,
      statusReaders: 0,
      iru: "iru.test",
      delivery: "mdm",
      grant: "privileges",
      endProcesses: "kill",
      enrollment: "open",
      offHours: "a human decides",
    });
    for (const secret of secretsOf(settings)) assert.ok(!lines.join("").includes(secret));
    assert.ok(!lines.some((line) => line.includes("without TLS")), "this machine alone can reach it");
  });

  test("it warns when it listens beyond this machine", async () => {
    settings = { ...settings, host: "0.0.0.0" };
    await open();
    assert.ok(lines.some((line) => line.includes("without TLS")));
  });

  test("a stop answers held polls at once, and every call under way", async () => {
    const { machine, headers, path } = await askedToHold();
    const held = call(machine, "GET", path, { headers });
    await until(() => (machine.service.wake.waiting() === 1 ? true : undefined));
    const from = clock.now();
    await machines.pop()?.stop();
    assert.equal((await held).body["status"], "pending");
    assert.ok(clock.now() - from < 5_000, "it did not wait for the poll");
  });

  test("who hangs up during a held poll leaves nothing behind", async () => {
    const { machine, headers, path } = await askedToHold();
    const caller = new AbortController();
    const held = fetch(`${machine.url}${path}`, { headers, signal: caller.signal });
    await until(() => (machine.service.wake.waiting() === 1 ? true : undefined));
    caller.abort();
    await assert.rejects(held);
    await until(() => (machine.service.wake.waiting() === 0 ? true : undefined));
  });

  test("a second one on the same data file is refused, and harms nothing", async () => {
    const first = await open();
    await assert.rejects(open(), /is in use: only one Hallpass may write to it/);
    assert.equal((await call(first, "GET", "/healthz")).status, 200);
  });

  test("one that cannot listen lets go of the data file", async () => {
    const first = await open();
    const port = Number(new URL(first.url).port);
    settings = { ...settings, dataFile: join(folder, "another.db") };
    await assert.rejects(open({}, port), /something else listens there already/);
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    await openSqliteStore({ file: settings.dataFile, log }).close();
  });

  test("L7 after a crash its own leases do not hold it up", async () => {
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
    const store = openSqliteStore({ file: settings.dataFile, log });
    iru.addDevice({ serial: SERIAL, owner: { email: PEOPLE.anna.email, name: "Anna" } });
    const machine = await open({ openStore: () => ({ ...store, close: async () => undefined }) });
    const key = await enroll(machine);
    slack.failNext({ kind: "status", status: 503, path: "/api/chat.postMessage" });
    const headers = { "x-api-key": key, "idempotency-key": "one-machine-0004" };
    const { body } = await call(machine, "POST", "/request", { body: { serial: SERIAL, ...ASK }, headers });
    const requestId = String(body["requestId"]);
    await until(() => (lines.some((line) => line.includes("could not be shown")) ? true : undefined));
    await machines.pop()?.stop();
    // As a process leaves it that dies while it drains.
    await store.acquireLease(`drain:${requestId}:chat`, "one-machine", clock.now(), clock.now() + 300_000);
    await store.close();
    await open();
    await until(() => slack.cards()[0]);
  });
});
