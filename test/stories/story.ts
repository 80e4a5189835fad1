import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openSqliteStore } from "../../src/adapters/sqlite/store.ts";
import { STATUSES } from "../../src/core/lifecycle.ts";
import type { AccessRequest } from "../../src/core/request.ts";
import { SECOND_MS } from "../../src/core/time.ts";
import { verifyAuditChain } from "../../src/ports/audit-chain.ts";
import { ANNAS_MAC, PEOPLE, type PersonName, WORLD_SECRETS } from "../../src/world/cast.ts";
import { createVirtualClock, type VirtualClock } from "../../src/world/clock.ts";
import { createSimulatedMac, type SimulatedMac } from "../../src/world/mac/mac.ts";
import { createWorldIds } from "../../src/world/random.ts";
import { createWorld, type World, type WorldOptions, WORLD_START } from "../../src/world/world.ts";
import { expectGolden } from "../kit/golden.ts";
import { writeAudit } from "./audit-text.ts";

/** How long Iru takes to bring things to a Mac, in the stories. */
const DELAYS = {
  tagMs: 2 * SECOND_MS,
  scriptMs: 4 * SECOND_MS,
  profileMs: 3 * SECOND_MS,
  runMs: 5 * SECOND_MS,
};

/** A world in which a story happens: real HTTP over loopback, SQLite on disk, virtual time. */
export interface Story {
  readonly world: World;
  readonly clock: VirtualClock;
  readonly mac: SimulatedMac;
  /** Asks for admin rights in the form on the Mac and returns the request's id once the service has it. */
  ask(ask?: { user?: string; minutes?: 5 | 10 | 15 | 30; reason?: string }): Promise<string>;
  /** Presses the button of the newest root message whose label begins with `label`, once it is there. */
  press(who: PersonName, label: string): Promise<void>;
  /** Presses a button of the newest direct message that has it. */
  pressDirect(who: PersonName, label: string): Promise<void>;
  read(requestId: string): Promise<AccessRequest>;
  /** The Mac's tags as Iru has them. */
  tags(): Promise<readonly string[]>;
  /** Moves time on until `isSo` holds, by whole seconds; fails after `seconds`. */
  until(what: string, isSo: () => boolean | Promise<boolean>, seconds?: number): Promise<void>;
  seconds(count: number): Promise<void>;
  minutes(count: number): Promise<void>;
  /** Cuts the Mac's network at the moment it confirms its rights: `/start` never arrives. */
  cutAtStart(): void;
  /** Adds a Mac after the first; its agent starts at once. */
  addMac(serial: string): SimulatedMac;
}

/** What a story may change about its world. */
export type StoryOptions = Pick<WorldOptions, "policy" | "macConfig" | "delays"> & {
  readonly startAt?: number;
};

/**
 * Tells one story as a test. At its end the Slack transcript and the audit trail must be, to the byte, what stands
 * in `golden/NAME.txt`; `UPDATE_GOLDEN=1` writes it anew, for a person to read and commit.
 */
export function story(name: string, tell: (story: Story) => Promise<void>, options: StoryOptions = {}): void {
  test(`story: ${name}`, async () => {
    const folder = mkdtempSync(join(tmpdir(), "hallpass-story-"));
    const told = await begin(folder, name, options);
    try {
      await tell(told);
      await told.clock.advance(0);
      expectGolden(join(import.meta.dirname, "golden"), name, await write(told));
    } finally {
      told.mac.dispose();
      await told.world.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  });
}

async function begin(folder: string, name: string, options: StoryOptions): Promise<Story> {
  const clock = createVirtualClock(options.startAt ?? WORLD_START);
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const world = await createWorld({
    clock,
    activity: clock.activity,
    transport: "loopback",
    seed: name,
    store: openSqliteStore({ file: join(folder, "hallpass.sqlite"), log }),
    ...options,
    delays: { ...DELAYS, ...options.delays },
  });
  let cut: (() => void) | undefined;
  const fetchFromMac: typeof globalThis.fetch = async (input, init) => {
    const url = input instanceof Request ? input.url : input.toString();
    if (cut === undefined || !url.endsWith("/start")) return world.fetch(input, init);
    cut();
    throw new TypeError("fetch failed");
  };
  const addMac = (serial: string) =>
    createSimulatedMac({
      serial,
      hostname: ANNAS_MAC.hostname,
      users: [...ANNAS_MAC.users],
      clock,
      ids: createWorldIds(world.random.fork(`mac/${serial}`)),
      serviceUrl: world.serviceUrl,
      fetch: fetchFromMac,
      iru: world.iru.delivery,
      enrollmentToken: WORLD_SECRETS.enrollmentToken,
    });
  const mac = addMac(ANNAS_MAC.serial);
  const cutAtStart = () => {
    cut = () => mac.setNetwork("off");
  };
  const told: Story = { world, clock, mac, addMac, cutAtStart, ...acts(world, clock, mac) };
  await told.until("the Mac is enrolled", () => mac.condition().isEnrolled, 120);
  return told;
}

type Acts = Omit<Story, "world" | "clock" | "mac" | "addMac" | "cutAtStart">;

function acts(world: World, clock: VirtualClock, mac: SimulatedMac): Acts {
  const seconds = (count: number) => clock.advance(count * SECOND_MS);

  async function until(what: string, isSo: () => boolean | Promise<boolean>, limit = 600): Promise<void> {
    for (let second = 0; second <= limit; second += 1) {
      if (await isSo()) return;
      await seconds(1);
    }
    assert.fail(`not within ${limit} s: ${what}`);
  }

  async function read(requestId: string): Promise<AccessRequest> {
    const stored = await world.store.loadRequest(requestId);
    assert.ok(stored !== undefined, "the request is stored");
    return stored.request;
  }

  async function press(who: PersonName, label: string): Promise<void> {
    const find = () =>
      world.slack.cards().findLast((post) => world.slack.buttons(post.ts).some(startsWith(label)));
    // A card is redrawn at most every two seconds.
    await until(`a root message has a button "${label}"`, () => find() !== undefined, 10);
    await clickOn(who, find()?.ts ?? "", label);
  }

  async function pressDirect(who: PersonName, label: string): Promise<void> {
    const post = world.slack
      .directs(PEOPLE[who].id)
      .findLast((one) => world.slack.buttons(one.ts).some(startsWith(label)));
    assert.ok(post !== undefined, `no direct message has a button "${label}"`);
    await clickOn(who, post.ts, label);
  }

  async function clickOn(who: PersonName, ts: string, label: string): Promise<void> {
    const button = world.slack.buttons(ts).find(startsWith(label));
    assert.ok(button !== undefined);
    const { status } = await world.slack.click(PEOPLE[who].id, ts, button.actionId);
    assert.equal(status, 200);
    await clock.advance(0);
  }

  const ask: Story["ask"] = async ({ user = "anna", minutes = 15, reason = "install a compiler" } = {}) => {
    const { serial } = mac;
    const before = new Set(
      (await world.store.listOpenBySerial(serial)).map((one) => one.request.ask.requestId),
    );
    const answer = mac.requestAdmin({ user, reason, category: "install", minutes });
    let made: string | undefined;
    await until("the service has the request", async () => {
      const open = await world.store.listOpenBySerial(serial);
      made = open.map((one) => one.request.ask.requestId).find((id) => !before.has(id));
      return made !== undefined;
    });
    await answer;
    await until("the request is shown", () => world.slack.cards().length > 0, 60);
    return made ?? "";
  };

  async function tags(): Promise<readonly string[]> {
    const known = await world.store.loadMac(mac.serial);
    return world.iru.tagsOf(known?.deviceId ?? "");
  }

  return { ask, press, pressDirect, read, tags, until, seconds, minutes: (count) => seconds(count * 60) };
}

function startsWith(label: string) {
  return (button: { readonly label: string }) => button.label.startsWith(label);
}

async function write({ world, mac }: Story): Promise<string> {
  const requests = await requestIds(world);
  const parts = [inFixedOrder(world.slack.transcript()), "==== Audit trail", ""];
  for (const stream of [`mac:${mac.serial}`, ...requests]) {
    const entries = await world.store.readAudit(stream, 0, 1_000);
    assert.equal(verifyAuditChain(entries), undefined, `the trail of ${stream} is whole`);
    parts.push(writeAudit(entries, WORLD_START), "");
  }
  return parts.join("\n");
}

/**
 * The transcript with what happened in one second put in a fixed order: acts of people, then the channel, then
 * direct and private messages; parts of a second, which are jitter, are cut off. The lanes of the outbox run side by side, so their order within an instant means
 * nothing; the order within one conversation is kept.
 */
function inFixedOrder(transcript: string): string {
  const pattern = /^\+\d+:\d\d:\d\d {2}/m;
  const whole = transcript.replaceAll(/(\+\d+:\d\d:\d\d)\.\d{3}/g, "$1");
  const entries = whole.split(/\n\n(?=\+\d+:\d\d:\d\d {2})/).map((entry) => entry.trim());
  const rank = (entry: string) => {
    const place = entry.replace(pattern, "").split("\n")[0] ?? "";
    if (/^@\w+ (clicks|types|sends|sees|gets)/.test(place)) return "0";
    return place.startsWith("#") ? "1" : `2 ${place.replace(/\d+$/, "")}`;
  };
  const time = (entry: string) => entry.slice(0, entry.indexOf("  "));
  const sorted = entries
    .map((entry, index) => ({ entry, index, time: time(entry), rank: rank(entry) }))
    .toSorted((a, b) =>
      a.time === b.time ? a.rank.localeCompare(b.rank) || a.index - b.index : a.index - b.index,
    );
  return `${sorted.map(({ entry }) => entry).join("\n\n")}\n`;
}

/** Every request of the world, in the order of asking. */
async function requestIds(world: World): Promise<readonly string[]> {
  const found: AccessRequest[] = [];
  for (const status of STATUSES) {
    found.push(...(await world.store.listByStatus(status, 100)).items.map((one) => one.request));
  }
  return found.toSorted((a, b) => a.ask.requestedAt - b.ask.requestedAt).map((one) => one.ask.requestId);
}
