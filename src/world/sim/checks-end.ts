import { type AccessRequest, isOpen, isSession, type SessionRequest } from "../../core/request.ts";
import { PEOPLE, type PersonName } from "../cast.ts";
import { isLogOwed } from "../../core/alarms.ts";
import { isShutOut, type MacSide, recordOnDisk, sessionOnDisk } from "./mac-side.ts";
import { believesSince } from "./checks-mac.ts";
import { checkChains } from "./checks-chain.ts";
import { checkDurable } from "./checks-durable.ts";
import { checkSecrets } from "./checks-secrets.ts";
import { checkProof } from "./checks-proof.ts";
import { checkRest } from "./checks-rest.ts";
import { checkSlack } from "./checks-slack.ts";
import { checkLosers } from "./checks-losers.ts";
import { checkTold } from "./checks-told.ts";
import { othersIn, oursIn } from "./watched-iru.ts";
import { isToldOfType } from "./told.ts";
import type { SimWorld } from "./sim-world.ts";

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
  // What is said first is to be what went wrong, and not that it never came to rest.
  await checkRest(world);
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
    if (side !== undefined) checkProof(world, side, request);
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
    checkClosed(world, request);
  }
}

/** Law L8: a log that is in is put into the thread, and whoever asked is told how it ended once that is known. */
function checkClosed({ durable, book }: SimWorld, { ask, status, log: { state } }: SessionRequest): void {
  const { requestId, serial } = ask;
  const wanted = durable.streams.get(requestId)?.effects;
  const about = { requestId, serial };
  if (state === "collected") {
    const isShown = wanted?.has("log") === true;
    book.check("L8", "a log that is in is shown to IT", isShown, () => ({
      text: "nobody uploads it",
      ...about,
    }));
  }
  if (status !== "ended" || (state !== "collected" && state !== "missing")) return;
  const isClosed = wanted?.has("dm:closed") === true;
  book.check("L8", "whoever asked is told how it ended", isClosed, () => ({
    text: `log ${state}`,
    ...about,
  }));
}

/** Law L11 by who the people really are: neither who asked nor whose Mac it is has decided. */
function checkOwn({ macs, book }: SimWorld, request: AccessRequest): void {
  const { ask, identity } = request;
  const by =
    "approval" in request ? request.approval?.by : "denial" in request ? request.denial.by : undefined;
  const cast = macs.find((side) => side.cast.serial === ask.serial)?.cast;
  if (by?.kind !== "slack" || cast === undefined || identity.state !== "resolved") return;
  // Where the directories could not be asked, that was said, and whoever decided knew it: of the Mac's owner, or of
  // both. Who asked is known by their own e-mail, too.
  const { doubts } = identity;
  const isOwnerKnown = doubts.every((doubt) => doubt === "owner_differs");
  const isAskerKnown = !doubts.includes("nobody_resolved");
  if (!isAskerKnown) return;
  // An account that an attacker made is nobody's in Slack.
  const asker = ask.username in PEOPLE ? PEOPLE[ask.username as PersonName].id : "";
  const own: readonly string[] = isOwnerKnown ? [PEOPLE[cast.owner].id, asker] : [asker];
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
  const isTold = isToldOfType(durable.streams.get(requestId), "lock_device");
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
  const isUnheard = isShutOut(side, world.durable.macs.get(cast.serial));
  const isSettled = session === undefined || isUnheard;
  book.check("L5", "no session is left on the Mac", isSettled, () => ({
    text: `${session?.requestId} ${session?.phase}`,
    ...about,
  }));
  const { outbox = [], requests = [] } = recordOnDisk(mac) ?? {};
  const isSilent = outbox.length + requests.length === 0 || isUnheard;
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
  const isWhole = side.missingBaseline.every(
    (guid) => side.demotedGuids.has(guid) && !side.owedBack.has(guid),
  );
  book.check("L16", "who was administrator still is", isWhole, () => ({
    text: side.missingBaseline.join(", "),
    ...about,
  }));
  const sudoers = cast.users.filter(
    ({ username, admin }) =>
      admin !== true && !isExplained(side, username) && mac.sudo(username, "/usr/bin/true").allowed,
  );
  const isUnknown = mac.sudoRules().every((path) => side.unknownRules.has(path));
  const isNobody = sudoers.length === 0 || (isUnknown && mac.sudoRules().length > 0);
  book.check("L5", "nobody can use sudo who could not at the start", isNobody, () => ({
    text: sudoers.map(({ username }) => username).join(", "),
    ...about,
  }));
}

/** True for whom an edited record, or an agent that could not know, took for an administrator of before. */
function isExplained(side: MacSide, username: string): boolean {
  return [...side.intruders.values()].some(
    ({ account }) =>
      account.username === username &&
      (side.accepted.has(account.generatedUid) || believesSince(side, account) === undefined),
  );
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
