import type { DurableState } from "./durable-state.ts";
import type { RecordBook } from "./record-book.ts";
import { type MacSide, sessionOnDisk } from "./mac-side.ts";

/** Holds a call of a Mac's own agent against the laws, as it leaves the Mac. */
export function checkCall(side: MacSide, { path, body }: AgentCall, book: RecordBook): void {
  if (path !== "/removed" || body["verified"] !== true || side.recordTouchedAtStart !== undefined) return;
  // Of an earlier attempt that came to nothing, while the next one is under way.
  const session = sessionOnDisk(side.mac);
  if (session !== undefined && session.armId !== body["armId"]) return;
  const requestId = String(body["requestId"]);
  const left = [...side.intruders.values()].filter((intruder) => intruder.requestId === requestId);
  book.check("L5", "a proof of removal is true", left.length === 0, () => ({
    text: `${left.map(({ account }) => account.username).join(", ")} still has the rights of that session`,
    serial: side.cast.serial,
    requestId,
  }));
}

/** A call of the agent with what it says. */
export interface AgentCall {
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/** The call in a request of the agent; a question has no body. */
export function callOf(path: string, init: RequestInit | undefined): AgentCall {
  const body: unknown = typeof init?.body === "string" ? JSON.parse(init.body) : {};
  return { path: path.split("?")[0] ?? "", body: body as AgentCall["body"] };
}

/** Law L7: the service says yes to a request when it has stored it, and not before. */
export async function checkStored(
  { cast }: MacSide,
  { path }: AgentCall,
  response: Response,
  durable: DurableState,
  book: RecordBook,
): Promise<void> {
  if (path !== "/request" || !response.ok) return;
  const { requestId } = (await response.clone().json()) as { readonly requestId: string };
  book.check("L7", "what is answered is stored", durable.requests.has(requestId), () => ({
    text: `${path} was answered ${response.status} without having been stored`,
    serial: cast.serial,
    requestId,
  }));
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
