import type { Effect } from "../core/effects.ts";
import { isRequestStream, type Serial } from "../core/ids.ts";
import type { Refusal } from "../core/refusals.ts";
import type { Actor } from "../core/request.ts";
import { HOUR_MS, type Instant } from "../core/time.ts";
import type { Service } from "./service.ts";

/** Refusals that security people want to see in the trail; losing a race is no offence. */
const AUDITED: ReadonlySet<Refusal["refused"]> = new Set([
  "not_an_approver",
  "own_request",
  "wrong_mac",
  "wrong_person",
  "wrong_arm",
  "not_the_requester",
]);

/** Refusals of a Mac that are also told to IT in the thread. */
const RAISED: ReadonlySet<Refusal["refused"]> = new Set(["wrong_mac", "wrong_person"]);

/**
 * Writes a refused act to the audit trail of its stream, with the private answer to a clicker if there is one and
 * a line to IT where a Mac reached for what is not its own. Changes no request.
 */
export async function recordRefusal(
  service: Service,
  stream: string,
  refusal: Refusal,
  act: { readonly what: string; readonly commandId: string; readonly actor: Actor },
  effects: readonly Effect[] = [],
): Promise<void> {
  const now = service.clock.now();
  const { refused, rule, message } = refusal;
  const raised: Effect[] = [];
  if (act.actor.kind === "mac" && RAISED.has(refused)) {
    raised.push(raise(stream, { refused, message, what: act.what, serial: act.actor.serial }, now));
  }
  const isAudited = AUDITED.has(refused);
  if (!isAudited && effects.length === 0) return;
  await service.store.commit({
    stream,
    audit: isAudited
      ? [
          {
            at: now,
            actor: act.actor,
            type: "refused",
            commandId: act.commandId,
            data: { what: act.what, refused, rule, message },
          },
        ]
      : [],
    effects: [...raised, ...effects],
    at: now,
  });
  service.kick(stream);
}

/** In the thread of the request that a Mac reached for; one that reached for no request is named in the channel. */
function raise(
  stream: string,
  call: {
    readonly refused: string;
    readonly message: string;
    readonly what: string;
    readonly serial: Serial;
  },
  now: Instant,
): Effect {
  const { refused, message, what, serial } = call;
  if (isRequestStream(stream)) {
    return {
      type: "thread",
      key: `thread:refused:${what}:${refused}:${serial}`,
      note: { note: "refused_device_call", call: what, why: message },
    };
  }
  // Once an hour: a Mac that tries every serial there is makes a long trail, but one line in the channel.
  return {
    type: "warn_channel",
    key: `refused:${refused}:${Math.floor(now / HOUR_MS)}`,
    serial,
    kind: "refused_call",
    items: [`${what}: ${message}`],
  };
}
