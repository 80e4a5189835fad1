import { isOpen } from "../../core/request.ts";
import { toIso } from "../../agent/core/iso.ts";
import type { Random } from "../random.ts";
import { PEOPLE, WORLD_SECRETS } from "../cast.ts";
import { approveActionId, REQUEST_ACTION_IDS } from "../../adapters/slack/actions.ts";
import { SIGNATURE_WINDOW_MS, signSlackRequest } from "../../adapters/slack/verify.ts";
import type { CheckName } from "./check-names.ts";
import { tellings, uuid } from "./forged-tellings.ts";
import { EDGE_FORGERIES, edgeCalls, floodWithRequests } from "./forged-edge.ts";
import type { MacSide } from "./mac-side.ts";
import type { SimWorld } from "./sim-world.ts";

/** By then a call past all faults has been answered, also by a slow store. */
const PROOF_KNOWN_AFTER_MS = 10_000;
const FORGED_EARLIER_MS = 12_345;
/** How calls past all faults are counted. */
export const PAST_ALL_FAULTS = "call past_all_faults";

/** Somebody else changes a Mac's tags, at any time or just around a write of ours. */
export function tags(world: SimWorld, random: Random): void {
  if (!world.faults.happens("tags_edited")) return;
  const side = random.pick(world.macs);
  const { serial } = side.cast;
  const deviceId = world.deviceIds.get(serial) ?? "";
  const theirs = world.othersTags.get(serial) ?? new Set();
  const tag = `team-${random.integer(1, 4)}`;
  const remove = theirs.has(tag);
  world.book.note(serial, undefined, () => `somebody ${remove ? "removes" : "adds"} the tag ${tag}`);
  if (remove) theirs.delete(tag);
  else theirs.add(tag);
  world.iru.editTags(deviceId, (present) =>
    remove ? present.filter((other) => other !== tag) : [...present, tag],
  );
}

/** Somebody takes our own tags away just after a write of ours, or writes the list as it was before it. */
export function ownTagsEdited(world: SimWorld, random: Random): void {
  if (world.faults.happens("tags_edited")) overwriteTags(world, random, 1);
}

/** The same at so many writes of ours from the next on, whatever comes of chance. */
export function overwriteTags(world: SimWorld, random: Random, times: number): void {
  world.book.count("fault own_tags_overwritten");
  let before: readonly string[] = [];
  world.iru.beforeNextPatch((present) => {
    before = present;
    return present;
  });
  const isStale = random.chance(0.5);
  world.iru.afterNextPatch((present) => {
    if (times > 1) overwriteTags(world, random, times - 1);
    return isStale ? before : present.filter((tag) => !tag.startsWith("temp-admin") || random.chance(0.3));
  });
}

/** An approver presses this button of a request in this moment, past all faults. */
export function pressAtOnce(
  world: SimWorld,
  button: "approve" | "revoke" | "cancel",
  requestId: string,
): void {
  const { signingSecret } = WORLD_SECRETS;
  const actionId = button === "approve" ? approveActionId(5) : REQUEST_ACTION_IDS[button];
  void slackCall(world, signingSecret, { userId: PEOPLE.carla.id, actionId, value: requestId });
}

/** Law L12: whatever key a Mac had before is none any more. */
export function tryOldKeys(world: SimWorld): void {
  for (const { cast, replacedKeys } of world.macs) {
    for (const key of replacedKeys) {
      void refused(world, ["L12", "a key that was replaced is none"], undefined, async () => {
        const init = { headers: { "x-api-key": key } };
        return (await world.call(`/mac?serial=${cast.serial}`, init).catch(() => undefined))?.status;
      });
    }
  }
}

/** Somebody with a Mac's key, another Mac's ids, or no right at all calls the service. */
export function forge(world: SimWorld, random: Random): void {
  forgeOne(world, random, random.pick(world.macs), FORGERIES);
}

/** What a session may survive, and what follows it: forged with the key of this Mac. */
export function forgeOn(world: SimWorld, random: Random, side: MacSide): void {
  forgeOne(world, random, side, SESSION_FORGERIES);
}

/** Somebody with the key of this Mac asks for more than one may. */
export function flood(world: SimWorld, random: Random, side: MacSide): void {
  floodWithRequests(world, side, random, send);
}

/** The Mac takes up another approval than that of the session which it has. */
export function armAnother(world: SimWorld, random: Random, side: MacSide, requestId: string): void {
  const { serial } = side.cast;
  const ask = world.durable.requests.get(requestId)?.request.ask;
  if (ask === undefined) return;
  world.book.note(serial, requestId, () => "forged call: arm, in another session");
  const { uid, generatedUid } = ask;
  const body = { serial, requestId, armId: uuid(random), uid, generatedUid, baseline: { admins: [] } };
  side.disturbed.add(requestId);
  void send(world, side.key, "/arm", body);
}

function forgeOne(world: SimWorld, random: Random, side: MacSide, names: readonly ForgeryName[]): void {
  const forgery = drawForgery(world, random, side);
  const { serial, requestId } = forgery;
  const calls = {
    ...deviceCalls(world, random, forgery),
    ...otherCalls(world, random, forgery),
    ...edgeCalls(world, side, requestId, send),
  };
  const name = random.pick(names);
  world.book.note(serial, requestId, () => `forged call: ${name}`);
  const before = world.book.counts.get(PAST_ALL_FAULTS);
  calls[name]?.();
  // Some need a request in a certain state, and are no call without one.
  if (world.book.counts.get(PAST_ALL_FAULTS) === before) return;
  world.book.count(`forged ${name}`);
  world.book.count("attacker forges");
}

/** Forges a call that changes nothing wherever the service is right, and needs no state to be one. */
export function forgeForSure(world: SimWorld, random: Random): void {
  forgeOne(world, random, random.pick(world.macs), ["nobody", "unsigned", "replayed", "unknown_request"]);
}

interface Forgery {
  readonly side: MacSide;
  readonly serial: string;
  readonly requestId: string;
  /** That of the request, as root can read it on the Mac, or one of nobody's. */
  readonly armId: string;
}

/** Mostly about a request of the Mac whose key is used; sometimes about another Mac's, or one that never was. */
function drawForgery(world: SimWorld, random: Random, side: MacSide): Forgery {
  const { serial } = side.cast;
  const requests = [...world.durable.requests.values()].map(({ request }) => request);
  const own = requests.filter(({ ask }) => ask.serial === serial);
  const unproven = own.filter((request) => request.status === "ending" && request.grant === undefined);
  const approved = own.filter((request) => request.status === "approved");
  const running = own.filter((request) => request.status === "arming" || request.status === "active");
  const first = random.chance(0.5) ? running : approved;
  const worth = [unproven, first, approved, running].find((some) => some.length > 0) ?? own;
  const from = random.chance(0.7) ? worth : requests;
  const request = from.length === 0 ? undefined : random.pick(from);
  const isKnown = request !== undefined && "arming" in request && random.chance(0.6);
  return {
    side,
    serial,
    requestId: request?.ask.requestId ?? uuid(random),
    armId: isKnown ? request.arming.armId : uuid(random),
  };
}

/** What somebody can forge, as it is counted. */
export const FORGERIES = [
  "arm",
  "start",
  "removed",
  "log",
  "log_after_its_end",
  "log_twice",
  "report",
  "report_again",
  "ask_again",
  "old_key",
  "cancel",
  "end",
  "other_serial",
  "nobody",
  "enroll",
  "unsigned",
  "replayed",
  "done_of_another",
  "unknown_request",
  "before_the_message",
  ...EDGE_FORGERIES,
] as const;

type ForgeryName = (typeof FORGERIES)[number];
const SESSION_FORGERIES = ["arm", "start", "start", "removed", "log", "report", "old_key"] as const;
type Calls = Readonly<Partial<Record<ForgeryName, () => void>>>;

function deviceCalls(world: SimWorld, random: Random, { side, serial, requestId, armId }: Forgery): Calls {
  const { uid, generatedUid } = random.pick(side.cast.users);
  const at = toIso(world.clock.now());
  const post = async (path: string, body: object) => {
    side.disturbed.add(requestId);
    const status = await send(world, side.key, path, { serial, requestId, ...body });
    if (path === "/removed") noteTakenKey(side, status);
    return status;
  };
  const request = world.durable.requests.get(requestId)?.request;
  const { ask } = request ?? {};
  const isPerson = ask?.serial === serial && ask.uid === uid && ask.generatedUid === generatedUid;
  const isArmed = request !== undefined && "arming" in request && request.arming.armId === armId;
  /** Posts what only the right person, or the right attempt, may say. */
  const claim = (what: CheckName, isRight: boolean, path: string, body: object) =>
    void (isRight ? post(path, body) : refused(world, ["L1", what], requestId, () => post(path, body)));
  return {
    arm: () => {
      const body = { armId: uuid(random), uid, generatedUid, baseline: { admins: [] } };
      claim("a permission is for the person who asked", isPerson, "/arm", body);
    },
    start: () => {
      const claimed = random.chance(0.5) ? armId : uuid(random);
      const isRight = isArmed && claimed === armId;
      const body = { armId: claimed, elevatedAt: at };
      claim("a start is of the attempt that was permitted", isRight, "/start", body);
    },
    removed: () => {
      const verified = random.chance(0.3);
      // An instant of its own, or it would pass for the Mac's.
      const removedAt = world.clock.now() - FORGED_EARLIER_MS;
      const body = { armId, granted: true, verified, reason: "expired", removedAt: toIso(removedAt) };
      claim("a proof is of the attempt that was permitted", isArmed, "/removed", body);
      if (!verified) expectNoProof(world, requestId, removedAt);
    },
    ...tellings(random, request, at, post),
    ask_again: () => {
      if (request === undefined || !isOpen(request)) return;
      const { requestId: _id, serial: _serial, requestedAt: _at, ...body } = request.ask;
      void send(world, side.key, "/request", { serial, ...body }, { "idempotency-key": uuid(random) });
    },
    old_key: () => {
      const replacedKey = [...side.replacedKeys].at(-1);
      if (replacedKey === undefined) return;
      void refused(world, ["L12", "a key that was replaced is none"], requestId, () =>
        send(world, replacedKey, "/end", { serial, requestId }),
      );
    },
    cancel: () => void post("/cancel", {}),
    end: () => void post("/end", {}),
    other_serial: () => void send(world, side.key, "/end", { serial: "C02SIM000002", requestId }),
  };
}

/** Law L5: a removal of this instant, which the Mac could not verify, is not taken for a proof. */
function expectNoProof(world: SimWorld, requestId: string, removedAt: number): void {
  world.clock.at(world.clock.now() + PROOF_KNOWN_AFTER_MS, () => {
    const request = world.durable.requests.get(requestId)?.request;
    const proof = request !== undefined && "proof" in request ? request.proof : undefined;
    const isBelieved = proof?.state === "removed" && proof.removedAt === removedAt;
    world.book.check("L5", "an unverified removal proves nothing", !isBelieved, () => ({
      text: `${request?.status} by it`,
      requestId,
    }));
  });
}

/** With a proof, and with an enrolment, comes a key. */
function noteTakenKey(side: MacSide, status: number | undefined): void {
  if (status === undefined || status < 300) side.isKeyTaken = true;
}

function otherCalls(world: SimWorld, random: Random, { side, serial, requestId }: Forgery): Calls {
  const { ben, dan } = PEOPLE;
  const nameless = [...world.durable.requests.values()]
    .map(({ request }) => request)
    .findLast((request) => request.identity.state === "pending");
  const { signingSecret, enrollmentToken } = WORLD_SECRETS;
  const click = (userId: string, actionId: string, value: string) =>
    void slackCall(world, signingSecret, { userId, actionId, value });
  return {
    nobody: () =>
      void refused(world, ["L9", "only a Mac's own key counts"], requestId, () =>
        send(world, "x".repeat(43), "/end", { serial, requestId }),
      ),
    enroll: () =>
      void send(world, undefined, "/enroll", { serial }, { "x-enrollment-token": enrollmentToken }).then(
        (status) => noteTakenKey(side, status),
      ),
    unsigned: () => void unsigned(world, requestId),
    replayed: () => void replayed(world, requestId),
    // Slack's own signature, on clicks for which no message has a button.
    done_of_another: () => click(dan.id, REQUEST_ACTION_IDS.end_by_requester, requestId),
    unknown_request: () => click(ben.id, approveActionId(5), uuid(random)),
    before_the_message: () =>
      click(PEOPLE.carla.id, approveActionId(5), nameless?.ask.requestId ?? requestId),
  };
}

/** Sends it; the status of the answer, or undefined where none came. */
async function send(
  world: SimWorld,
  key: string | undefined,
  path: string,
  body: object,
  more: Readonly<Record<string, string>> = {},
): Promise<number | undefined> {
  const headers = {
    "content-type": "application/json",
    ...(key === undefined ? {} : { "x-api-key": key }),
    ...more,
  };
  const init = { method: "POST", headers, body: JSON.stringify(body) };
  return (await world.call(path, init).catch(() => undefined))?.status;
}

/** Makes a call that must not be answered with a yes. */
async function refused(
  { book }: SimWorld,
  [law, name]: readonly [string, CheckName],
  requestId: string | undefined,
  run: () => Promise<number | undefined>,
): Promise<void> {
  const status = await run();
  if (status === undefined || status >= 500) return;
  book.check(law, name, status >= 400, () => ({
    text: `a forged call was answered ${status}`,
    ...(requestId === undefined ? {} : { requestId }),
  }));
}

/** An approval signed with a key that is not Slack's. */
async function unsigned(world: SimWorld, value: string): Promise<void> {
  const click = { userId: PEOPLE.ben.id, actionId: approveActionId(30), value };
  await refused(world, ["L11", "only Slack's own signature counts"], value, () =>
    slackCall(world, "not-the-signing-secret-0000000000", click),
  );
}

/** An approval that Slack signed, sent by somebody who has kept it for longer than a signature is good. */
async function replayed(world: SimWorld, value: string): Promise<void> {
  const click = { userId: PEOPLE.ben.id, actionId: approveActionId(30), value };
  await refused(world, ["L11", "an old click is none"], value, () =>
    slackCall(world, WORLD_SECRETS.signingSecret, click, world.clock.now() - 2 * SIGNATURE_WINDOW_MS),
  );
}

/** A click as Slack would send it; the status of the answer, or undefined where none came. */
async function slackCall(
  world: SimWorld,
  secret: string,
  click: { readonly userId: string; readonly actionId: string; readonly value: string },
  signedAt = world.clock.now(),
): Promise<number | undefined> {
  const { userId, actionId, value } = click;
  world.book.note(undefined, undefined, () => `a click whose answer goes nowhere: ${actionId} by ${userId}`);
  const timestamp = String(Math.floor(signedAt / 1_000));
  const payload = JSON.stringify({
    type: "block_actions",
    user: { id: userId },
    response_url: "https://hooks.slack.com/actions/T0HALLPASS/0/none",
    trigger_id: "none",
    actions: [{ type: "button", action_id: actionId, value, action_ts: `${timestamp}.000001` }],
  });
  const body = new URLSearchParams({ payload }).toString();
  const headers = {
    "content-type": "application/x-www-form-urlencoded",
    "x-slack-request-timestamp": timestamp,
    "x-slack-signature": signSlackRequest(secret, timestamp, body),
  };
  const answer = await world.call("/slack/actions", { method: "POST", headers, body }).catch(() => undefined);
  return answer?.status;
}
