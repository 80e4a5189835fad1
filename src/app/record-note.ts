import type { Effect } from "../core/effects.ts";
import type { Refusal } from "../core/refusals.ts";
import type { Actor } from "../core/request.ts";
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
    raised.push({
      type: "thread",
      key: `thread:refused:${act.what}:${refused}:${act.actor.serial}`,
      note: { note: "refused_device_call", call: act.what, why: message },
    });
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
