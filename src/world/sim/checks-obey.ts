import { SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { CheckName } from "./check-names.ts";
import type { AgentCall } from "./checks-agent.ts";
import { isAble, type MacSide, type SessionOnDisk, sessionOnDisk } from "./mac-side.ts";
import type { RecordBook } from "./record-book.ts";
import type { SimWorld } from "./sim-world.ts";

/** By then a session has begun to end, whatever its agent waited for. */
const ENDS_WITHIN_MS = 8 * SECOND_MS;
/** The next heartbeat, and the calls that hung when all healed. */
const REACHED_MS = 120 * SECOND_MS;

type Attempt = Pick<SessionOnDisk, "armId" | "requestId">;

/**
 * Holds the agent that runs now to ending this session: one that could do so all the time must have begun to.
 * `byRecord`: it knows why from its record and what it reads of sudo, so neither may be touched or unreadable. A session
 * whose sudo stays unreadable ends for that, a little later.
 */
export function expectEndSoon(
  { clock, book }: { readonly clock: Clock; readonly book: RecordBook },
  side: MacSide,
  { armId, requestId }: Attempt,
  check: { readonly law: string; readonly name: CheckName; readonly why: string; readonly byRecord?: true },
): void {
  const { mac } = side;
  const from = clock.now();
  const starts = mac.agentStarts();
  const wasUnread = side.broken.has("sudoUnreadable");
  clock.at(from + ENDS_WITHIN_MS, () => {
    const now = sessionOnDisk(mac);
    const isOver = now?.armId !== armId || now?.phase === "ending";
    // A process that was started meanwhile knows nothing of it; an agent that cannot act does nothing about it.
    const isSame = side.mac === mac && mac.agentStarts() === starts;
    const isRead = !wasUnread && !side.broken.has("sudoUnreadable");
    const isKnown = check.byRecord !== true || (side.recordTouchedAtStart === undefined && isRead);
    const canAct = isSame && isKnown && isAble(side) && side.ableSince <= from;
    if (!isOver && !canAct) return;
    book.check(check.law, check.name, isOver, () => ({
      text: `${check.why}, and the session goes on`,
      serial: side.cast.serial,
      requestId,
    }));
  });
}

/** The service's own no: a proxy in between answers something else. */
const isOwnNo = ({ status, headers }: Response) =>
  status < 429 && headers.get("content-type")?.startsWith("application/problem+json") === true;

/** A no to a key that has been renewed meanwhile, or that somebody else has, is asked again with the other one. */
function isOldKeys(side: MacSide, { status }: Response, key: string | null): boolean {
  return status === 401 && (key !== side.key || key !== side.provenKey || side.isKeyTaken);
}

/** Law L1: where the service says no to the start of a session, whoever got its rights loses them again. */
export function expectEndOfRefused(
  world: { readonly clock: Clock; readonly book: RecordBook },
  side: MacSide,
  { path, body, key }: AgentCall,
  response: Response,
): void {
  if (path !== "/start" || !isOwnNo(response) || isOldKeys(side, response, key)) return;
  const attempt = { armId: String(body["armId"]), requestId: String(body["requestId"]) };
  const why = `the start was answered ${response.status}`;
  expectEndSoon(world, side, attempt, { law: "L1", name: "a refused start ends the session", why });
}

/** What the service says of a request that may have rights. */
const MAY_HAVE_RIGHTS: ReadonlySet<string> = new Set(["approved", "arming", "active"]);

/** Law L4: an agent that hears from the service that its session is over ends it. */
export async function expectEndOfTold(
  world: { readonly clock: Clock; readonly book: RecordBook },
  side: MacSide,
  path: string,
  { body, key }: AgentCall,
  response: Response,
): Promise<void> {
  if (isOldKeys(side, response, key)) return;
  const { pathname, searchParams } = new URL(path, "http://mac.test");
  const session = sessionOnDisk(side.mac);
  const requestId = pathname === "/status" ? searchParams.get("requestId") : body["requestId"];
  const isAsked = pathname === "/status" || pathname === "/beat";
  if (!isAsked || session?.phase !== "active" || session.requestId !== requestId) return;
  const said = isOwnNo(response) ? String(response.status) : await statusIn(response);
  if (said === undefined || MAY_HAVE_RIGHTS.has(said)) return;
  const why = `${pathname} was answered ${said}`;
  expectEndSoon(world, side, session, { law: "L4", name: "a session that the service has ended ends", why });
}

async function statusIn(response: Response): Promise<string | undefined> {
  if (response.status !== 200) return undefined;
  return ((await response.clone().json()) as { readonly status?: string }).status;
}

/**
 * Law L1: whatever else changes who can do what root can ends the session, as it stands after all moves of one moment:
 * what one of them does, the next may undo.
 */
export function judgeMoves(world: SimWorld, moves: () => void): void {
  const before = world.macs.map((side) => {
    return { side, rights: rightsOn(side), session: sessionOnDisk(side.mac), wasAble: isAble(side) };
  });
  moves();
  for (const { side, rights, session, wasAble } of before) {
    if (session?.phase !== "active" || !wasAble || rightsOn(side) === rights) continue;
    const name = "whatever else changes who is administrator ends the session";
    const why = `administrators now: ${rightsOn(side)}`;
    expectEndSoon(world, side, session, { law: "L1", name, why, byRecord: true });
  }
}

function rightsOn({ mac }: MacSide): string {
  const guids = mac.administrators().map(({ generatedUid, username }) => `${username} ${generatedUid}`);
  return [...guids, ...mac.sudoRules()].toSorted().join(", ");
}

/** Law L4: "I'm done" on the Mac, by the person whose session it is, ends it, whether or not anybody can be told. */
export function sayDone(world: SimWorld, side: MacSide, username: string): void {
  const session = sessionOnDisk(side.mac);
  const { users } = side.cast;
  const isOwn = users.some(
    (user) => user.username === username && user.generatedUid === session?.person.generatedUid,
  );
  if (session?.phase === "active" && isOwn && isAble(side)) {
    const why = `${username} said "I'm done"`;
    expectEndSoon(world, side, session, { law: "L4", name: "a session whose user is done ends", why });
  }
  void side.mac.done(username);
}

/** Law L4 when all has healed: rights that the service has ended are gone as soon as the Mac has asked again. */
export function checkReached(world: SimWorld, side: MacSide): void {
  const { clock, durable, lives, book, faults } = world;
  // Without its key a process that has just started calls nobody.
  const isMute = side.cutOff !== undefined || side.broken.has("keychainUnreadable");
  if (isMute) side.reachableSince = clock.now() + 1;
  const [upSince, healedAt] = [lives.upSince(), faults.healedAt()];
  if (upSince === undefined || healedAt === undefined || side.recordTouchedAtStart !== undefined) return;
  for (const { account, requestId } of side.intruders.values()) {
    const request = requestId === undefined ? undefined : durable.requests.get(requestId)?.request;
    if (request?.status !== "ending" || !isAble(side)) continue;
    const from = Math.max(request.ending.since, healedAt, upSince, side.ableSince, side.reachableSince);
    const forMs = clock.now() - from;
    book.check("L4", "what the service has ended reaches the Mac", forMs <= REACHED_MS, () => ({
      text: `${account.username} has rights ${forMs / 1_000} s after the service ended the session`,
      serial: side.cast.serial,
      ...(requestId === undefined ? {} : { requestId }),
    }));
  }
}
