import type { RequestEvent, StampedEvent } from "../../core/events.ts";
import { evolveAll } from "../../core/evolve.ts";
import { LIFECYCLE } from "../../core/lifecycle.ts";
import { verifyAuditChain } from "../../ports/audit-chain.ts";
import type { AuditEntry } from "../../ports/store.ts";
import { programOf } from "./people-acts.ts";
import { LOG_UNREAD } from "../../agent/core/ending.ts";
import { LOG_AGAIN } from "../../agent/core/vouch.ts";
import type { SimWorld } from "./sim-world.ts";

const EVENT_TYPES: ReadonlySet<string> = new Set([
  "requested",
  ...Object.values(LIFECYCLE).flatMap((events) => Object.keys(events)),
]);

/** Law L7 against the store itself: the trail is whole, it folds to what is stored, and nothing waits to be done. */
export async function checkDurable(world: SimWorld): Promise<void> {
  const { durable, lives, book } = world;
  const store = lives.store();
  for (const [stream, { effects, states }] of durable.streams) {
    const request = durable.requests.get(stream);
    const serial = request?.request.ask.serial;
    const about = {
      ...(request === undefined ? {} : { requestId: stream }),
      ...(serial === undefined ? {} : { serial }),
    };
    const trail = await store.readAudit(stream, 0, 10_000);
    const broken = verifyAuditChain(trail);
    book.check("L7", "the audit chain is whole", broken === undefined, () => ({
      text: `${stream} ${JSON.stringify(broken)}`,
      ...about,
    }));
    const waiting = await store.readOutbox(stream);
    book.check("L7", "the outbox is empty", waiting.length === 0, () => ({
      text: waiting
        .map(({ effect, attempts, problem }) => `${effect.key} (${attempts} tries, ${problem})`)
        .join(", "),
      ...about,
    }));
    [...effects.keys()].forEach((key, index) => {
      if (states.get(String(index + 1)) === "failed") book.count(`effect given up ${key.split(":")[0]}`);
    });
    if (request === undefined) continue;
    const stored = await store.loadRequest(stream);
    book.check(
      "L7",
      "what is stored is what was stored",
      JSON.stringify(stored) === JSON.stringify(request),
      () => ({
        text: JSON.stringify(stored),
        ...about,
      }),
    );
    const folded = foldOf(trail);
    const kept = JSON.stringify(sorted(request.request));
    book.check("L7", "the trail folds to the stored state", folded === kept, () => ({
      text: `${folded}\n${kept}`,
      ...about,
    }));
    await checkLog(world, stream);
  }
}

/** The state that a trail leads to, as text; where it leads to none, why. */
function foldOf(trail: readonly AuditEntry[]): string {
  try {
    return JSON.stringify(sorted(evolveAll(undefined, eventsOf(trail))));
  } catch (error) {
    return String(error);
  }
}

function eventsOf(trail: readonly AuditEntry[]): StampedEvent[] {
  return trail
    .filter(({ type }) => EVENT_TYPES.has(type))
    .map(({ data, actor, at }) => ({ event: data as RequestEvent, actor, at }));
}

/** Laws L8 and L15: every command of a session that nobody disturbed stands in its stored log. */
async function checkLog(world: SimWorld, requestId: string): Promise<void> {
  const { lives, durable, macs, book } = world;
  const request = durable.requests.get(requestId)?.request;
  if (request !== undefined && "log" in request && request.log.state === "collected") {
    const head = await lives.store().readLogHead(requestId);
    const { chunks, lines, hash } = request.log;
    const isSame = head.nextSeq === chunks && head.lines === lines && head.hash === hash && head.final;
    book.check("L15", "a collected log stays as it was", isSame, () => ({
      text: `${JSON.stringify(head)} ${JSON.stringify(request.log)}`,
      requestId,
      serial: request.ask.serial,
    }));
  }
  const side = macs.find(({ commands }) => commands.has(requestId));
  if (request === undefined || side === undefined || side.disturbed.has(requestId) || side.wipes > 0) return;
  if (!("log" in request) || request.log.state !== "collected") return;
  const chunks = await lives.store().readLogChunks(requestId, 0, 1_000);
  const text = chunks.flatMap(({ lines }) => lines).join("\n");
  // An agent that was started again does not know the canaries of the one before, and ships them as root's lines.
  const isTyped = (line: string) => line.includes(" COMMAND=") && !line.includes(" hallpass-canary-");
  // It ships the log once more from the session's start, and says so.
  const tellings = text.split(LOG_AGAIN).map((told) => told.split("\n").filter(isTyped));
  const commands = side.commands.get(requestId) ?? [];
  for (const program of new Set(commands.map(programOf))) {
    const counts = tellings.map((lines) => lines.filter((line) => line.includes(program)).length);
    const [most, last = 0] = [Math.max(...counts), counts.at(-1)];
    const typed = side.typed.get(program) ?? 0;
    const ownTimes = commands.filter((command) => programOf(command) === program).length;
    book.check("L15", "no command is in the log more often than it was typed", most <= typed, () => ({
      text: `${program} ${most} times instead of ${typed}`,
      requestId,
      serial: request.ask.serial,
    }));
    // What nobody could read for a minute after the end is missing, and the log says so.
    if (text.includes(LOG_UNREAD)) continue;
    book.check("L15", "every command is in the log", last >= ownTimes, () => ({
      text: `${program} ${last} times instead of ${ownTimes} in\n${text}`,
      requestId,
      serial: request.ask.serial,
    }));
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
