import { nextAlarmAt } from "../core/alarms.ts";
import type { Command } from "../core/commands.ts";
import { decide } from "../core/decide.ts";
import type { Decision } from "../core/decision.ts";
import { type Effect, LANE_OF } from "../core/effects.ts";
import { guardChanges } from "../core/guards.ts";
import type { RequestId } from "../core/ids.ts";
import type { Refusal } from "../core/refusals.ts";
import type { AccessRequest } from "../core/request.ts";
import { type AuditDraft, type Change, type Guard, StoreError, type StoredRequest } from "../ports/store.ts";
import type { Service } from "./service.ts";

/** More conflicts in a row than this mean that something else is wrong; the caller answers 503. */
const TRIES_MAX = 50;

/** What rides along in the same atomic write as the command's own events and effects. */
export interface Extras {
  readonly mac?: Change["mac"];
  readonly chunk?: Change["chunk"];
  readonly guards?: readonly Guard[];
  readonly effects?: readonly Effect[];
  readonly audit?: readonly AuditDraft[];
}

/** What came of a command. `stored` is the request as it stands now, whether or not this command changed it. */
export interface CommandResult {
  readonly stored: StoredRequest | undefined;
  /** False for repeats and refusals that changed nothing. */
  readonly changed: boolean;
  readonly refusal?: Refusal;
  /** A guard was held by somebody else: nothing was stored. */
  readonly guard?: { readonly key: string; readonly owner: string };
  /** The log chunk was not the next one, the Mac's record moved, or its requests are used up: nothing was stored. */
  readonly conflict?: "chunk" | "mac" | "quota";
}

/**
 * Loads, decides and stores `command` as one atomic change, again from the start whenever somebody else's change
 * came in between. Afterwards held polls wake, the alarm is set anew and the outbox is drained in the background.
 * Throws `StoreError` when the store cannot write. `asRead` is the request as the caller has just read it, to spare
 * the first loading: what changed since then is noticed when the change is stored.
 */
export async function handleCommand(
  service: Service,
  requestId: RequestId,
  command: Command,
  extras: Extras = {},
  asRead?: { readonly stored: StoredRequest | undefined },
): Promise<CommandResult> {
  let effective = command;
  for (let tries = 0; tries < TRIES_MAX; tries += 1) {
    const { stored } =
      tries === 0 && asRead !== undefined ? asRead : { stored: await service.store.loadRequest(requestId) };
    const now = service.clock.now();
    const decision = decide(stored?.request, effective, now, service.policy);
    const change =
      toChange(service, requestId, stored, decision, effective, extras, now) ??
      alarmAnew(service, requestId, stored, now);
    if (change === undefined) return { stored, changed: false, ...refusalOf(decision) };
    const outcome = await service.store.commit(change);
    if (outcome.ok) {
      afterCommit(service, requestId, change);
      return { stored: storedAfter(stored, change), changed: true, ...refusalOf(decision) };
    }
    switch (outcome.conflict) {
      case "guard":
        return { stored, changed: false, guard: { key: outcome.key, owner: outcome.owner } };
      case "chunk":
        return { stored, changed: false, conflict: "chunk" };
      case "quota":
        if (effective.type === "submit") return { stored, changed: false, conflict: "quota" };
        effective = withCapReached(effective);
        break;
      case "version":
        if (change.mac !== undefined) return { stored, changed: false, conflict: "mac" };
        break;
    }
  }
  throw new StoreError(`${command.type} lost the race for its request too many times`);
}

/** The command again, knowing that what it would use is used up. */
function withCapReached(command: Command): Command {
  switch (command.type) {
    case "identity_resolved":
    case "report":
    case "log_contradiction":
      return { ...command, capReached: true };
    default:
      throw new StoreError("an unexpected quota conflict");
  }
}

function refusalOf(decision: Decision): { refusal?: Refusal } {
  return decision.refusal === undefined ? {} : { refusal: decision.refusal };
}

function toChange(
  service: Service,
  requestId: RequestId,
  stored: StoredRequest | undefined,
  decision: Decision,
  command: Command,
  extras: Extras,
  now: number,
): Change | undefined {
  const accepted = decision.refusal === undefined;
  const carried = accepted ? extras : {};
  const audit: AuditDraft[] = decision.events.map(({ event, actor, at }) => ({
    at,
    actor,
    type: event.type,
    commandId: command.commandId,
    data: event,
  }));
  const effects = [...decision.effects, ...(carried.effects ?? [])];
  const moved = decision.request !== undefined && decision.events.length > 0 ? decision.request : undefined;
  const guards: readonly Guard[] = [
    // The caller's own guards first: an idempotency key says more than "there is an open request".
    ...(carried.guards ?? []),
    ...(moved === undefined ? [] : guardChanges(stored?.request, moved)),
  ];
  const isRepeat =
    moved === undefined && effects.length === 0 && carried.mac === undefined && carried.chunk === undefined;
  if (isRepeat) return undefined;
  return {
    stream: requestId,
    ...(moved === undefined ? {} : { request: requestWrite(service, stored, moved) }),
    ...(carried.mac === undefined ? {} : { mac: carried.mac }),
    ...(carried.chunk === undefined ? {} : { chunk: carried.chunk }),
    ...(decision.quota === undefined ? {} : { quota: decision.quota }),
    guards,
    audit: [...audit, ...(carried.audit ?? [])],
    effects,
    at: now,
  };
}

/**
 * A due time that has passed and that nothing was due at was stored under other settings. It is stored anew, else
 * it would be found as due for ever.
 */
function alarmAnew(
  service: Service,
  requestId: RequestId,
  stored: StoredRequest | undefined,
  now: number,
): Change | undefined {
  if (stored?.dueAt === undefined || stored.dueAt > now) return undefined;
  const request = requestWrite(service, stored, stored.request);
  return { stream: requestId, request, audit: [], effects: [], at: now };
}

function requestWrite(
  service: Service,
  stored: StoredRequest | undefined,
  value: AccessRequest,
): NonNullable<Change["request"]> {
  const dueAt = nextAlarmAt(value, service.policy);
  return {
    expectedVersion: stored?.version ?? 0,
    value,
    ...(dueAt === undefined ? {} : { dueAt }),
  };
}

function storedAfter(before: StoredRequest | undefined, change: Change): StoredRequest | undefined {
  if (change.request === undefined) return before;
  const { expectedVersion, value, dueAt } = change.request;
  return { version: expectedVersion + 1, request: value, ...(dueAt === undefined ? {} : { dueAt }) };
}

function afterCommit(service: Service, requestId: RequestId, change: Change): void {
  if (change.request !== undefined) {
    service.scheduler.set(requestId, change.request.dueAt);
    service.wake.notify(requestId);
  }
  const lanes = new Set(change.effects.map(({ type }) => LANE_OF[type]));
  // The root message shows every change.
  if (change.request !== undefined) lanes.add("chat");
  service.kick(requestId, [...lanes]);
}
