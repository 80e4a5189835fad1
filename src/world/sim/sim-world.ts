import { isLogOwed } from "../../core/alarms.ts";
import { isSession } from "../../core/request.ts";
import type { Policy } from "../../core/policy-config.ts";
import { PEOPLE, WORLD_SECRETS, worldInstallation } from "../cast.ts";
import type { DeliveredItems, IruDelivery } from "../iru/delivery.ts";
import { createFakeIru, type FakeIru } from "../iru/fake-iru.ts";
import { createSimulatedMac } from "../mac/mac.ts";
import { createRandom, createWorldIds, type Random } from "../random.ts";
import { createCastSlack } from "../slack/cast-slack.ts";
import type { SimulatedSlack } from "../slack/simulated-slack.ts";
import { WORLD_START } from "../world.ts";
import {
  callOf,
  checkAnswer,
  checkCall,
  checkStored,
  expectEndOfRefused,
  noteHeard,
} from "./checks-agent.ts";
import { type Acknowledged, noteClicks } from "./checks-losers.ts";
import { watchAdmins } from "./checks-mac.ts";
import { watchWords } from "./checks-words.ts";
import { type CardWatch, createCardWatch } from "./card-watch.ts";
import { createDurableState, type DurableState } from "./durable-state.ts";
import { createFaults, type Faults } from "./faults.ts";
import { faultyFetch, type Link, type LinkName } from "./link.ts";
import type { MacSide } from "./mac-side.ts";
import { forgetOwedBack } from "./owed-back.ts";
import { drawPlan, type FaultPlan } from "./plan.ts";
import { createRecordBook, type RecordBook } from "./record-book.ts";
import { countProblem } from "./refusal-reasons.ts";
import { createSecrets, type Secrets } from "./secrets.ts";
import { type ServiceLog, watchServiceLog } from "./service-log.ts";
import { createServiceLives, type ServiceLives, type SimStore } from "./service-lives.ts";
import {
  type CastMac,
  IRU_DELAYS,
  LOOKALIKE_SERIAL,
  OTHERS_TAGS,
  SIM_MACS,
  simMacConfig,
  simPolicy,
  TYPED_SECRETS,
} from "./sim-cast.ts";
import { createNoticed, noteAnswer, noteOwed, noteWiped } from "./noticed.ts";
import { PAST_ALL_FAULTS } from "./outside-acts.ts";
import { watchPins } from "./pin-watch.ts";
import { keyOfPost } from "./post-key.ts";
import { tryOnSessions } from "./trials.ts";
import { watchedIru } from "./watched-iru.ts";
import { createSimClock, type SimClock } from "./sim-clock.ts";

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

const SERVICE_URL = "http://hallpass.test";
const ADDRESSES = { slackUrl: "http://slack.test", iruUrl: "https://iru.test" };
const LATENCY_MS: Readonly<Record<LinkName, readonly [number, number]>> = {
  mac: [10, 60],
  slack: [30, 200],
  iru: [60, 400],
  click: [10, 100],
};
const ROOT_GUID = "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000";

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

function createSide(cast: CastMac, clock: SimClock): MacSide {
  const own = cast.users.filter(({ admin }) => admin === true).map(({ generatedUid }) => generatedUid);
  return {
    cast,
    mac: undefined as unknown as MacSide["mac"],
    baselineGuids: new Set([ROOT_GUID, ...own]),
    intruders: new Map(),
    changes: 0,
    changeSeen: -1,
    isAttacked: false,
    key: undefined,
    ableSince: clock.now(),
    canRemoveSince: clock.now(),
    isStopped: false,
    heard: undefined,
    openSince: undefined,
    broken: new Map(),
    recordTouchedAtStart: undefined,
    recordTouchedLast: 0,
    unknownRules: new Set(),
    commands: new Map(),
    lastDeadline: undefined,
    provenKey: undefined,
    replacedKey: undefined,
    isKeyTaken: false,
    typed: new Map(),
    cutOff: undefined,
    configuredAtStart: undefined,
    disturbed: new Set(),
    demotedGuids: new Set(),
    owedBack: new Set(),
    metAtSetUp: new Set(),
    accepted: new Set(),
    renamed: new Set(),
    missingBaseline: [],
    ownArms: new Set(),
    looked: undefined,
    wipes: 0,
    wipedAt: undefined,
    tried: new Set(),
    noticed: createNoticed(),
  };
}

const RUN_LATE_MS = 90_000;

/** The way from Iru to one Mac: a run may bring nothing, come late, or bring what the one before it brought. */
function faultyDelivery({ clock, faults }: SimWorld, { runOn }: IruDelivery): IruDelivery {
  let last: DeliveredItems | undefined;
  return {
    async runOn(serial) {
      if (faults.happens("iru_run_lost")) throw new Error("the MDM did not answer");
      const before = last;
      last = await runOn(serial);
      if (faults.happens("iru_run_late")) await clock.sleep(faults.random.integer(1, RUN_LATE_MS));
      return before !== undefined && faults.happens("iru_run_stale") ? before : last;
    },
  };
}

type MacFetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

function startMac(world: SimWorld, side: MacSide, fetch: MacFetch): MacSide["mac"] {
  const { clock, random, durable, book, iru } = world;
  const { serial, hostname, users } = side.cast;
  const mac = createSimulatedMac({
    serial,
    hostname,
    users,
    clock,
    ids: createWorldIds(random.fork(`mac/${serial}/${side.wipes}`)),
    serviceUrl: SERVICE_URL,
    async fetch(url, init) {
      side.key = new Headers(init?.headers).get("x-api-key") ?? side.key;
      const path = String(url instanceof Request ? url.url : url).slice(SERVICE_URL.length);
      const call = callOf(path, init);
      checkCall(side, call, book);
      const starts = side.mac.agentStarts();
      const response = await fetch(url, init);
      // Whoever gave up waiting does not hear what comes later.
      if (init?.signal?.aborted !== true) {
        await noteHeard(side, call.path, starts, response, clock.now());
        expectEndOfRefused(side, call, response, clock, book);
        await noteAnswer(side, call, response, clock.now());
      }
      forgetOwedBack(side, call.path, response);
      noteKey(side, new Headers(init?.headers).get("x-api-key"), response);
      if (call.path === "/mac" && response.ok) side.configuredAtStart = side.mac.agentStarts();
      checkAnswer(side, call, response.status, book);
      await checkStored(side, call, response, durable, book);
      const isQuiet = path.startsWith("/status") && response.status === 200;
      if (!isQuiet)
        book.note(serial, undefined, () => `${path.split("?")[0]} ${wordsOf(init)}: ${response.status}`);
      return response;
    },
    iru: faultyDelivery(world, iru.delivery),
    dies: (point) => world.faults.dies("agent", point),
    log: world.secrets.log,
    enrollmentToken: WORLD_SECRETS.enrollmentToken,
  });
  mac.onChange(() => {
    side.changes += 1;
    watchAdmins(side, durable, book, clock.now());
    noteOwed(side, clock.now());
    tryOnSessions(world, side);
  });
  return mac;
}

/** The first use of a renewed key makes it the only one; what was asked with the one before may be answered later. */
function noteKey(side: MacSide, key: string | null, response: Response): void {
  if (key === null || key === side.provenKey || key === side.replacedKey || !response.ok) return;
  side.replacedKey = side.provenKey;
  side.provenKey = key;
}

function wordsOf(init: RequestInit | undefined): string {
  const { body } = init ?? {};
  return typeof body === "string" ? body.slice(0, 300) : "";
}

function wipe(world: SimWorld, side: MacSide, fetch: MacFetch): void {
  side.mac.dispose();
  side.intruders.clear();
  side.cutOff = undefined;
  side.lastDeadline = undefined;
  side.wipes += 1;
  side.isStopped = false;
  side.heard = undefined;
  side.looked = undefined;
  side.openSince = undefined;
  side.broken.clear();
  side.recordTouchedAtStart = undefined;
  side.recordTouchedLast = 0;
  side.unknownRules.clear();
  side.owedBack.clear();
  side.metAtSetUp.clear();
  side.wipedAt = world.clock.now();
  side.accepted.clear();
  side.missingBaseline = [];
  side.demotedGuids.clear();
  side.isKeyTaken = false;
  noteWiped(side);
  world.book.note(side.cast.serial, undefined, () => "the Mac is wiped");
  side.mac = startMac(world, side, fetch);
}
