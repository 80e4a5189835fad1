import { type AccessRequest, isOpen, isSession, type SessionRequest } from "../../core/request.ts";
import { HOUR_MS } from "../../core/time.ts";
import { PEOPLE, type PersonName } from "../cast.ts";
import { isLogOwed } from "../../core/alarms.ts";
import { isAble, type MacSide, recordOnDisk, sessionOnDisk } from "./mac-side.ts";
import { believesSince } from "./checks-mac.ts";
import { checkChains } from "./checks-chain.ts";
import { checkDurable } from "./checks-durable.ts";
import { checkSecrets } from "./checks-secrets.ts";
import { checkSlack } from "./checks-slack.ts";
import { checkLosers } from "./checks-losers.ts";
import { checkTold } from "./checks-told.ts";
import { othersIn, oursIn } from "./watched-iru.ts";
import type { SimWorld } from "./sim-world.ts";

/** True when nothing is left to be done anywhere. */
export async function isOver(world: SimWorld): Promise<boolean> {
  for (const { request } of world.durable.requests.values()) {
    if (isOpen(request) || (isSession(request) && isLogOwed(request))) return false;
  }
  for (const side of world.macs) {
    const { mac } = side;
    const { isEnrolled, isPrivilegesUnlocked } = mac.condition();
    // One that is still starting has not looked at what it was before.
    if (!isAble(side)) return false;
    const record = recordOnDisk(mac);
    if (!isEnrolled || isPrivilegesUnlocked) return false;
    // A record that was deleted or broken while nothing was on it: an agent that has nothing to do does not look.
    if (record === undefined) continue;
    const { requests, outbox, restartDue } = record;
    if (requests.length > 0 || outbox.length > 0 || restartDue || sessionOnDisk(mac) !== undefined)
      return false;
  }
  for (const deviceId of world.deviceIds.values()) {
    if (oursIn(world.iru.tagsOf(deviceId)).length > 0) return false;
  }
  const now = world.clock.now();
  return (await world.lives.store().listStreamsWithWork(now + HOUR_MS, 1)).length === 0;
}

/** Everything that must be so when the faults have stopped and time has passed. */
export async function checkEnd(world: SimWorld): Promise<void> {
  checkRequests(world);
  for (const side of world.macs) checkMac(world, side);
  await checkDurable(world);
  await checkSlack(world);
  await checkTold(world);
  await checkLosers(world);
  checkSecrets(world);
  await checkChains(world);
  checkAgents(world);
  world.serviceLog.check();
}

function checkRequests(world: SimWorld): void {
  const { durable, book, macs } = world;
  for (const { request } of durable.requests.values()) {
    const { requestId, serial } = request.ask;
    const about = { requestId, serial };
    book.check("L7", "no request stays open", !isOpen(request), () => ({ text: request.status, ...about }));
    checkOwn(world, request);
    if (!isSession(request)) continue;
    checkLock(world, request);
    const side = macs.find(({ cast }) => cast.serial === serial);
    const { generatedUid } = request.ask;
    const wasAdmin = side?.baselineGuids.has(generatedUid) === true && !side.demotedGuids.has(generatedUid);
    book.check("L16", "who is administrator already gets no session", !wasAdmin, () => ({
      text: `${request.ask.username} took an approval up`,
      ...about,
    }));
    book.check("L8", "no session without its log", !isLogOwed(request), () => ({
      text: `the log is ${request.log.state}`,
      ...about,
    }));
  }
}

/** Law L11 by who the people really are: neither who asked nor whose Mac it is has decided. */
function checkOwn({ macs, book }: SimWorld, request: AccessRequest): void {
  const { ask, identity } = request;
  const by =
    "approval" in request ? request.approval?.by : "denial" in request ? request.denial.by : undefined;
  const cast = macs.find((side) => side.cast.serial === ask.serial)?.cast;
  // Where the directories could not be asked, that was said, and whoever decided knew it.
  const isKnown =
    identity.state === "resolved" && identity.doubts.every((doubt) => doubt === "owner_differs");
  if (by?.kind !== "slack" || cast === undefined || !isKnown) return;
  // An account that an attacker made is nobody's in Slack.
  const asker = ask.username in PEOPLE ? PEOPLE[ask.username as PersonName].id : "";
  const own: readonly string[] = [PEOPLE[cast.owner].id, asker];
  book.check("L11", "nobody decides for themselves, or on their own Mac", !own.includes(by.userId), () => ({
    text: `${by.userId} decided`,
    requestId: ask.requestId,
    serial: ask.serial,
  }));
}

/** A lock that was decided on reaches Iru, unless IT was told that it did not. */
function checkLock({ iru, deviceIds, durable, book }: SimWorld, request: SessionRequest): void {
  if (!("ending" in request) || request.ending.lock === undefined) return;
  const { requestId, serial } = request.ask;
  const commands = iru.commandsOf(deviceIds.get(serial) ?? "");
  const isSent = commands.some(({ requestedAt }) => requestedAt >= request.arming.armedAt);
  const isTold = durable.streams.get(requestId)?.events.includes("effect_failed") === true;
  book.check("L7", "a lock reaches Iru or IT hears that it did not", isSent || isTold, () => ({
    text: `decided at ${request.ending.lock?.at}, sent at ${commands.map(({ requestedAt }) => requestedAt).join(", ")}`,
    requestId,
    serial,
  }));
}

function checkMac(world: SimWorld, side: MacSide): void {
  checkRights(world, side);
  checkTags(world, side);
  const { book } = world;
  const { mac, cast } = side;
  const about = { serial: cast.serial };
  const { isPrivilegesUnlocked } = mac.condition();
  book.check("L5", "SAP Privileges is locked again", !isPrivilegesUnlocked, () => ({
    text: "unlocked",
    ...about,
  }));
  const session = sessionOnDisk(mac);
  // Whose key was taken by somebody else is not heard, and so waits; its rights are gone all the same.
  const isSettled = session === undefined || side.isKeyTaken;
  book.check("L5", "no session is left on the Mac", isSettled, () => ({
    text: `${session?.requestId} ${session?.phase}`,
    ...about,
  }));
  const { outbox = [], requests = [] } = recordOnDisk(mac) ?? {};
  const isSilent = outbox.length + requests.length === 0 || side.isKeyTaken;
  book.check("L7", "the Mac has nothing left to say or to ask", isSilent, () => ({
    text: JSON.stringify({ outbox, requests }).slice(0, 300),
    ...about,
  }));
  const isDropInGone = !mac.isDropInThere() || session !== undefined;
  book.check("L5", "the Mac's sudo settings are its own again", isDropInGone, () => ({
    text: "the drop-in is still there",
    ...about,
  }));
}

/** Who can do what root can is who could at the start: by the group, and by sudo's own word. */
function checkRights({ book }: SimWorld, side: MacSide): void {
  const { mac, cast } = side;
  const about = { serial: cast.serial };
  const left = [...side.intruders.values()]
    .filter(({ account }) => !side.accepted.has(account.generatedUid))
    .filter(({ account }) => believesSince(side, account) !== undefined)
    .map(({ account }) => account.username);
  book.check("L5", "nobody is administrator who was not at the start", left.length === 0, () => ({
    text: left.join(", "),
    ...about,
  }));
  const isWhole = side.missingBaseline.every((guid) => side.demotedGuids.has(guid));
  book.check("L16", "who was administrator still is", isWhole, () => ({
    text: side.missingBaseline.join(", "),
    ...about,
  }));
  const sudoers = cast.users.filter(
    ({ username, admin }) => admin !== true && mac.sudo(username, "/usr/bin/true").allowed,
  );
  const isNobody = sudoers.length === 0 || side.wasRecordTouched;
  book.check("L5", "nobody can use sudo who could not at the start", isNobody, () => ({
    text: sudoers.map(({ username }) => username).join(", "),
    ...about,
  }));
}

function checkTags({ book, iru, deviceIds, othersTags }: SimWorld, { cast }: MacSide): void {
  const { serial } = cast;
  const tags = iru.tagsOf(deviceIds.get(serial) ?? "");
  book.check("L13", "no tag of ours is left", oursIn(tags).length === 0, () => ({
    text: tags.join(", "),
    serial,
  }));
  const expected = [...(othersTags.get(serial) ?? [])].toSorted().join(", ");
  const found = othersIn(tags).join(", ");
  book.check("L13", "other people's tags are as they made them", found === expected, () => ({
    text: `${found} instead of ${expected}`,
    serial,
  }));
}

function checkAgents({ book, secrets }: SimWorld): void {
  const broken = secrets.lines.filter((line) => line.includes("agent failed"));
  book.check("L9", "the agent never breaks down", broken.length === 0, () => ({ text: broken[0] ?? "" }));
}
