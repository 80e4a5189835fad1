import { WORLD_SECRETS } from "../cast.ts";
import type { DeliveredItems, IruDelivery } from "../iru/delivery.ts";
import { createSimulatedMac } from "../mac/mac.ts";
import { createWorldIds } from "../random.ts";
import { callOf, checkAnswer, checkCall, checkStored, noteHeard } from "./checks-agent.ts";
import { watchAdmins } from "./checks-mac.ts";
import { expectEndOfRefused, expectEndOfTold } from "./checks-obey.ts";
import type { MacSide } from "./mac-side.ts";
import { createNoticed, noteAnswer, noteOwed, noteWiped } from "./noticed.ts";
import { forgetOwedBack } from "./owed-back.ts";
import type { CastMac } from "./sim-cast.ts";
import type { SimClock } from "./sim-clock.ts";
import type { SimWorld } from "./sim-world.ts";
import { tryOnSessions } from "./trials.ts";

/** Where the service is in the simulated world. */
export const SERVICE_URL = "http://hallpass.test";
const ROOT_GUID = "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000";

/** A Mac of the cast before it was ever started, and what is known of it. */
export function createSide(cast: CastMac, clock: SimClock): MacSide {
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
    grants: new Map(),
    commands: new Map(),
    lastDeadline: undefined,
    provenKey: undefined,
    replacedKeys: new Set(),
    isKeyTaken: false,
    typed: new Map(),
    reachableSince: clock.now(),
    cutOff: undefined,
    configuredAtStart: undefined,
    daemonOf: undefined,
    disturbed: new Set(),
    demotedGuids: new Set(),
    owedBack: new Set(),
    metAtSetUp: new Set(),
    accepted: new Set(),
    missingBaseline: [],
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

/** How a Mac reaches the service. */
export type MacFetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Sets a Mac up, under watch: each of its calls, and each change of who is administrator. */
export function startMac(world: SimWorld, side: MacSide, fetch: MacFetch): MacSide["mac"] {
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
      const path = String(url instanceof Request ? url.url : url).slice(SERVICE_URL.length);
      const call = callOf(path, init);
      side.key = call.key ?? side.key;
      checkCall(side, call, { book, clock });
      const starts = side.mac.agentStarts();
      const { networkChanges } = side.mac.condition();
      const response = await fetch(url, init);
      // Whoever gave up waiting, died, or has lost the network meanwhile does not hear what comes later.
      const isSameNetwork = side.mac.condition().networkChanges === networkChanges;
      const isSameProcess = side.mac.agentStarts() === starts;
      const isHeard = side.mac === mac && isSameNetwork && isSameProcess && init?.signal?.aborted !== true;
      if (isHeard) {
        await noteHeard(side, call.path, starts, response, clock.now());
        expectEndOfRefused(world, side, call, response);
        await expectEndOfTold(world, side, path, call, response);
        await noteAnswer(side, call, response, clock.now());
      }
      forgetOwedBack(side, call.path, response);
      noteKey(side, call.key, response);
      if (call.path === "/mac" && response.ok && isHeard) side.configuredAtStart = starts;
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

/** The first use of a renewed key makes it the only one; what was asked with those before may be answered much later. */
function noteKey(side: MacSide, key: string | null, response: Response): void {
  if (key === null || key === side.provenKey || side.replacedKeys.has(key) || !response.ok) return;
  if (side.provenKey !== undefined) side.replacedKeys.add(side.provenKey);
  side.provenKey = key;
}

function wordsOf(init: RequestInit | undefined): string {
  const { body } = init ?? {};
  return typeof body === "string" ? body.slice(0, 300) : "";
}

/** Wipes a Mac and sets it up anew: what was known of it counts no more. */
export function wipe(world: SimWorld, side: MacSide, fetch: MacFetch): void {
  side.mac.dispose();
  side.intruders.clear();
  side.cutOff = undefined;
  side.lastDeadline = undefined;
  side.wipes += 1;
  side.isStopped = false;
  side.heard = undefined;
  side.configuredAtStart = undefined;
  side.looked = undefined;
  side.openSince = undefined;
  side.broken.clear();
  side.recordTouchedAtStart = undefined;
  side.recordTouchedLast = 0;
  side.unknownRules.clear();
  side.owedBack.clear();
  side.daemonOf = undefined;
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
