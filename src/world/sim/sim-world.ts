import { isLogOwed } from "../../core/alarms.ts";
import { isSession } from "../../core/request.ts";
import type { Policy } from "../../core/policy-config.ts";
import { PEOPLE, WORLD_SECRETS, worldInstallation } from "../cast.ts";
import { createFakeIru, type FakeIru } from "../iru/fake-iru.ts";
import { createRandom, createWorldIds, type Random } from "../random.ts";
import { createCastSlack } from "../slack/cast-slack.ts";
import type { SimulatedSlack } from "../slack/simulated-slack.ts";
import { WORLD_START } from "../world.ts";
import { type Acknowledged, noteClicks } from "./checks-losers.ts";
import { watchWords } from "./checks-words.ts";
import { type CardWatch, createCardWatch } from "./card-watch.ts";
import { createDurableState, type DurableState } from "./durable-state.ts";
import { createFaults, type Faults } from "./faults.ts";
import { faultyFetch, type Link, type LinkName } from "./link.ts";
import type { MacSide } from "./mac-side.ts";
import { drawPlan, type FaultPlan } from "./plan.ts";
import { createRecordBook, type RecordBook } from "./record-book.ts";
import { countProblem } from "./refusal-reasons.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { type ServiceLog, watchServiceLog } from "./service-log.ts";
import { createServiceLives, type ServiceLives, type SimStore } from "./service-lives.ts";
import {
  IRU_DELAYS,
  LOOKALIKE_SERIAL,
  OTHERS_TAGS,
  SIM_MACS,
  simMacConfig,
  simPolicy,
  TYPED_SECRETS,
} from "./sim-cast.ts";
import { PAST_ALL_FAULTS } from "./outside-acts.ts";
import { watchPins } from "./pin-watch.ts";
import { keyOfPost } from "./post-key.ts";
import { watchedIru } from "./watched-iru.ts";
import { createSimClock, type SimClock } from "./sim-clock.ts";
import { createSide, SERVICE_URL, startMac, wipe } from "./sim-macs.ts";

/** Everything in one seed's world. */
export interface SimWorld {
  readonly seed: number;
  readonly clock: SimClock;
  readonly random: Random;
  readonly plan: FaultPlan;
  readonly policy: Policy;
  readonly faults: Faults;
  readonly book: RecordBook;
  readonly durable: DurableState;
  readonly cards: CardWatch;
  readonly secrets: Secrets;
  readonly serviceLog: ServiceLog;
  readonly slack: SimulatedSlack;
  readonly iru: FakeIru;
  readonly deviceIds: ReadonlyMap<string, string>;
  /** The tags that somebody else gave each Mac, as they should be. */
  readonly othersTags: Map<string, Set<string>>;
  /** How often Slack was handed a post that its sender could not know of, by effect key. */
  readonly extraPosts: Map<string, number>;
  /** The clicks and dialogs of people that the service has answered. */
  readonly acknowledged: readonly Acknowledged[];
  readonly lives: ServiceLives;
  readonly macs: readonly MacSide[];
  /** Straight to the service, past all faults: for somebody who forges calls. */
  readonly call: (path: string, init: RequestInit) => Promise<Response>;
  /** Wipes a Mac: its record, its key and its accounts' rights are gone; it enrols anew. */
  readonly wipe: (side: MacSide) => void;
}

const ADDRESSES = { slackUrl: "http://slack.test", iruUrl: "https://iru.test" };
const LATENCY_MS: Readonly<Record<LinkName, readonly [number, number]>> = {
  mac: [10, 60],
  slack: [30, 200],
  iru: [60, 400],
  click: [10, 100],
};

/** Builds the world of a seed and starts its service. Nothing in it depends on anything but the seed. */
export async function createSimWorld(seed: number, simStore: SimStore): Promise<SimWorld> {
  const random = createRandom(`sim/${seed}`);
  const clock = createSimClock(WORLD_START);
  const book = createRecordBook(clock.now);
  const plan = drawPlan(random.fork("plan"));
  const faults = createFaults(plan, random.fork("faults"), book);
  const policy = simPolicy(random.fork("policy"));
  const durable = createDurableState(policy, book);
  const cards = createCardWatch(policy, book);
  const secrets = createSecrets([...Object.values(WORLD_SECRETS), ...TYPED_SECRETS]);
  const serviceLog = watchServiceLog(secrets.log, book, clock.now);
  const extraPosts = new Map<string, number>();
  const link = linksOf(clock, faults);
  const serve = (request: Request) => countProblem(lives.serve(request), book);
  const clicks = noteClicks(serve, clock.now);
  const slack = createSlack(clock, link("click", clicks.serve), extraPosts, book, durable);
  slack.slack.onChange(cards.seen);
  slack.slack.onChange(watchWords(book));
  const iru = createIru(clock, random);
  const deviceIds = enrolDevices(iru);
  const slackFetch = link("slack", (request, isExtra) => slack.deliver(request, isExtra), isOverwrite);
  const othersTags = new Map(SIM_MACS.map(({ serial }) => [serial, new Set(OTHERS_TAGS)]));
  const iruFetch = link("iru", deliverToIru(iru, deviceIds, othersTags, secrets, book), isOverwrite);
  const macConfig = simMacConfig(random.fork("mac config"), plan.trial);
  const lives = createServiceLives({
    clock,
    faults,
    durable,
    book,
    cards,
    simStore,
    installation: worldInstallation(ADDRESSES, { policy, macConfig }),
    random,
    secrets,
    log: serviceLog,
    isMany: plan.weights.second_process > 0,
    fetch: (url, init, isGone) =>
      (String(url).startsWith("https://iru.test") ? iruFetch : slackFetch)(url, init, isGone),
  });
  const macFetch = link("mac", serve);
  const macs = SIM_MACS.map((cast) => createSide(cast, clock));
  const world: SimWorld = {
    seed,
    clock,
    random,
    plan,
    policy,
    faults,
    book,
    durable,
    cards,
    secrets,
    serviceLog,
    slack: slack.slack,
    iru,
    deviceIds,
    othersTags,
    extraPosts,
    acknowledged: clicks.acknowledged,
    lives,
    macs,
    call: callPastFaults(serve, book),
    wipe: (side) => wipe(world, side, macFetch),
  };
  void lives.begin();
  for (const side of macs) side.mac = startMac(world, side, macFetch);
  return world;
}

/** Makes the ways on which the parts of the world call each other. */
function linksOf(clock: SimClock, faults: Faults) {
  return (name: LinkName, deliver: Link["deliver"], isFenced?: Link["isFenced"]) =>
    faultyFetch({
      name,
      clock,
      faults,
      latencyMs: LATENCY_MS[name],
      deliver,
      ...(isFenced === undefined ? {} : { isFenced }),
    });
}

function callPastFaults(serve: (request: Request) => Promise<Response>, book: RecordBook): SimWorld["call"] {
  return (path, init) => {
    book.count(PAST_ALL_FAULTS);
    return serve(new Request(`${SERVICE_URL}${path}`, init));
  };
}

/** Writes without a version: one that came after a later one would undo it, and nobody could know. */
function isOverwrite(request: Request): boolean {
  return request.method === "PATCH" || request.url.endsWith("/chat.update");
}

function createSlack(
  clock: SimClock,
  click: (url: string, init: RequestInit) => Promise<Response>,
  extraPosts: Map<string, number>,
  book: RecordBook,
  durable: DurableState,
) {
  let isExtraNow = false;
  const slack = createCastSlack(clock, { appUrl: () => SERVICE_URL, fetch: click });
  slack.onChange((event) => {
    if (event.event !== "posted") return;
    const key = keyOfPost(event.post);
    const isExtra = isExtraNow;
    book.note(
      undefined,
      key.split(":")[0],
      () => `Slack posts ${key}${isExtra ? ", behind the service's back" : ""}`,
    );
    if (key.endsWith(":dm:closed")) checkClosing(durable, book, key.split(":")[0] ?? "");
    if (!isExtra) return;
    extraPosts.set(key, (extraPosts.get(key) ?? 0) + 1);
  });
  return {
    slack,
    async deliver(request: Request, isExtra: boolean): Promise<Response> {
      isExtraNow = isExtra;
      try {
        return await slack.handle(request);
      } finally {
        isExtraNow = false;
      }
    },
  };
}

/** Law L8: who asked hears that it is over only when the log is in, or known to be missing, or never owed. */
function checkClosing(durable: DurableState, book: RecordBook, requestId: string): void {
  const request = durable.requests.get(requestId)?.request;
  const isOwed = request !== undefined && isSession(request) && isLogOwed(request);
  book.check("L8", "the closing message comes after the log", request?.status === "ended" && !isOwed, () => ({
    text: `${request?.status}, log ${request !== undefined && "log" in request ? request.log.state : "none"}`,
    requestId,
  }));
}

/** Iru under watch: over other people's tags and over the PINs that it gives away. */
function deliverToIru(
  iru: FakeIru,
  deviceIds: ReadonlyMap<string, string>,
  othersTags: Map<string, Set<string>>,
  secrets: Secrets,
  book: RecordBook,
): Link["deliver"] {
  const serials = new Map([...deviceIds].map(([serial, deviceId]) => [deviceId, serial]));
  return watchPins(watchedIru(iru, serials, othersTags, book), serials, secrets.pins);
}

function createIru(clock: SimClock, random: Random): FakeIru {
  return createFakeIru({
    clock,
    ids: createWorldIds(random.fork("iru")),
    token: WORLD_SECRETS.iruToken,
    delays: IRU_DELAYS,
  });
}

function enrolDevices(iru: FakeIru): ReadonlyMap<string, string> {
  const { email, realName } = PEOPLE.dan;
  iru.addDevice({ serial: LOOKALIKE_SERIAL, owner: { email, name: realName }, tags: ["lookalike"] });
  return new Map(
    SIM_MACS.map(({ serial, hostname, owner }) => {
      const person = PEOPLE[owner];
      const device = {
        serial,
        name: hostname,
        owner: { email: person.email, name: person.realName },
        tags: OTHERS_TAGS,
      };
      return [serial, iru.addDevice(device)];
    }),
  );
}
