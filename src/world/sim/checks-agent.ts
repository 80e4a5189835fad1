import { SECOND_MS } from "../../core/time.ts";
import type { Clock } from "../../ports/clock.ts";
import type { DurableState } from "./durable-state.ts";
import type { RecordBook } from "./record-book.ts";
import { isHeardOnRecord, type MacSide, sessionOnDisk } from "./mac-side.ts";

/** For so long an agent waits at the end of a session for processes that cannot be listed. */
const UNREAD_MS = 60 * SECOND_MS;

/** Holds a call of a Mac's own agent against the laws, as it leaves the Mac. */
export function checkCall(
  side: MacSide,
  { path, body }: AgentCall,
  { book, clock }: { readonly book: RecordBook; readonly clock: Clock },
): void {
  if (path !== "/removed" || body["verified"] !== true || side.recordTouchedAtStart !== undefined) return;
  // Of an earlier attempt that came to nothing, while the next one is under way.
  const session = sessionOnDisk(side.mac);
  if (session !== undefined && session.armId !== body["armId"]) return;
  const requestId = String(body["requestId"]);
  checkProcesses(side, requestId, { book, clock });
  const left = [...side.intruders.values()].filter((intruder) => intruder.requestId === requestId);
  book.check("L5", "a proof of removal is true", left.length === 0, () => ({
    text: `${left.map(({ account }) => account.username).join(", ")} still has the rights of that session`,
    serial: side.cast.serial,
    requestId,
  }));
}

/** Law L5: what runs on as root after a session is named; touched agents and records are held to nothing. */
function checkProcesses(
  side: MacSide,
  requestId: string,
  { book, clock }: { readonly book: RecordBook; readonly clock: Clock },
): void {
  const { mac, grants, disturbed, noticed } = side;
  const grant = grants.get(requestId);
  if (grant === undefined || disturbed.has(requestId)) return;
  const left = mac
    .rootProcesses()
    .filter(({ byGuid }) => byGuid === grant.generatedUid)
    .filter(({ bornAt }) => bornAt >= grant.at && bornAt < (grant.goneAt ?? Infinity));
  const reports = [...noticed.reports.values()].filter((report) => report.requestId === requestId);
  const named = reports.flatMap(({ items }) => items).join("\n");
  const sinceEndMs = clock.now() - (grant.goneAt ?? clock.now());
  // Those that cannot be listed nobody can name; but the agent has to have waited for them.
  if (sinceEndMs >= UNREAD_MS && named.includes("root processes could not be read")) return;
  for (const { command, pid } of left) {
    const isNamed = new RegExp(String.raw`^root process still running: .* \(pid ${pid}\)$`, "m").test(named);
    book.check("L5", "a root process that outlives its session is named", isNamed, () => ({
      text: `${command} (pid ${pid}) is not in\n${named}`,
      serial: side.cast.serial,
      requestId,
    }));
  }
}

/** A call of the agent with what it says. */
export interface AgentCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly key: string | null;
}

/** The call in a request of the agent; a question has no body. */
export function callOf(path: string, init: RequestInit | undefined): AgentCall {
  const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : {};
  const key = new Headers(init?.headers).get("x-api-key");
  return { path: path.split("?")[0] ?? "", body: body as AgentCall["body"], key };
}

/** Law L7: the service says yes to what a Mac asks or tells when it has stored it, and not before. */
export async function checkStored(
  { cast }: MacSide,
  { path, body }: AgentCall,
  response: Response,
  durable: DurableState,
  book: RecordBook,
): Promise<void> {
  if (!response.ok || !(path in IS_STORED)) return;
  const answer = (await response.clone().json()) as AgentCall["body"];
  const requestId = String(body["requestId"] ?? answer["requestId"]);
  const isStored = IS_STORED[path]?.(durable, requestId, body) === true;
  book.check("L7", "what is answered is stored", isStored, () => ({
    text: `${path} was answered ${response.status} without having been stored`,
    serial: cast.serial,
    requestId,
  }));
}

/** A session that has begun to end never goes on. */
function isEnded({ requests }: DurableState, requestId: string): boolean {
  const status = requests.get(requestId)?.request.status;
  return status === "ending" || status === "ended";
}

type IsStored = (durable: DurableState, requestId: string, body: AgentCall["body"]) => boolean;

/** What must be stored when the service has said yes to a call, and stays so whatever comes after. */
const IS_STORED: Readonly<Record<string, IsStored>> = {
  "/request": ({ requests }, requestId) => requests.has(requestId),
  "/arm"({ requests }, requestId, body) {
    const request = requests.get(requestId)?.request;
    return request !== undefined && "arming" in request && request.arming.armId === body["armId"];
  },
  "/start"({ requests }, requestId) {
    const request = requests.get(requestId)?.request;
    return request !== undefined && "grant" in request && request.grant !== undefined;
  },
  "/cancel": ({ requests }, requestId) => requests.get(requestId)?.request.status === "cancelled",
  "/end": isEnded,
  "/revoke-network-loss": isEnded,
  "/removed": (durable, requestId, body) =>
    body["verified"] !== true
      ? isEnded(durable, requestId)
      : durable.requests.get(requestId)?.request.status === "ended",
  "/log": ({ chunks }, requestId, body) => chunks.has(`${requestId}:${String(body["seq"])}`),
};

/**
 * Notes what an agent has heard of the service since it started: what the session's baseline is, and how much time
 * is left. From then on it cannot be made to believe anything else.
 */
export async function noteHeard(
  side: MacSide,
  path: string,
  starts: number,
  response: Response,
  now: number,
): Promise<void> {
  if (response.status !== 200 || (path !== "/mac" && path !== "/beat")) return;
  const answer = (await response.clone().json()) as {
    readonly session?: { readonly baseline?: object };
    readonly remainingSeconds?: number;
  };
  const isVouched =
    path === "/mac" ? answer.session?.baseline !== undefined : answer.remainingSeconds !== undefined;
  if (!isVouched) return;
  const recordBefore = side.mac.record();
  const { heard = { starts, recordBefore } } = side;
  if (path === "/beat") side.heard = { ...heard, endAt: now };
  else if (heard.starts === starts) side.heard = { ...heard, baselineAt: now };
  else
    side.heard = {
      starts,
      baselineAt: now,
      recordBefore: isHeardOnRecord(side) ? heard.recordBefore : recordBefore,
    };
}

/** Law L10: whatever people call themselves and their Macs, the service understands its own agent. */
export function checkAnswer(
  { cast }: MacSide,
  { path, body }: AgentCall,
  status: number,
  book: RecordBook,
): void {
  book.check("L10", "the service understands its own agent", status !== 400, () => ({
    text: `${path} ${JSON.stringify(body).slice(0, 300)} was answered ${status}`,
    serial: cast.serial,
  }));
}
