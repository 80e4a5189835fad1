import type { RequestId, Serial, SlackUserId } from "../core/ids.ts";
import type { Effect } from "../core/effects.ts";
import { sessionGuardKey } from "../core/guards.ts";
import { isSession } from "../core/request.ts";
import { isRequester } from "../core/rules.ts";
import { DAY_MS, HOUR_MS } from "../core/time.ts";
import type { StoredMac } from "../ports/store.ts";
import { hashKey, retireKey } from "./device-keys.ts";
import { handleCommand } from "./handle-command.ts";
import { openRequestsOf } from "./open-requests.ts";
import type { Service } from "./service.ts";

/** An approver's permission to enrol a known Mac again lasts this long. */
export const RE_ENROLL_WITHIN_MS = HOUR_MS;

/** A button that asks for the permission is good for this long. */
const ASK_GOOD_MS = DAY_MS;

/** What came of an enrolment. */
export type EnrollOutcome =
  | { readonly outcome: "enrolled"; readonly deviceKey: string }
  | { readonly outcome: "unknown_to_mdm" }
  | { readonly outcome: "needs_permission" };

/**
 * Gives a Mac its own key, once. A Mac that is enrolled already gets a new one only after an approver allowed it;
 * everything open on the wiped Mac is then closed. Throws `RetryableError` or `TerminalError` of the MDM.
 */
export async function enroll(service: Service, serial: Serial): Promise<EnrollOutcome> {
  const { store, mdm, clock, ids } = service;
  const known = await store.loadMac(serial);
  const now = clock.now();
  if (known !== undefined && (known.reEnrollUntil === undefined || known.reEnrollUntil <= now)) {
    await askPermission(service, known);
    return { outcome: "needs_permission" };
  }
  const managed = await mdm.findMac(serial);
  if (managed === undefined) return { outcome: "unknown_to_mdm" };
  // Before the key is given out: a crash in between leaves a Mac that may still enrol, and nothing half-closed.
  if (known !== undefined) await closeOpenRequests(service, serial);
  // What is left was closed without a proof, and the wiped Mac has none.
  const unproven = await unprovenSession(service, serial);
  const deviceKey = ids.secret();
  const outcome = await store.commit({
    stream: `mac:${serial}`,
    mac: {
      expectedVersion: known?.version ?? 0,
      value: { serial, deviceId: managed.deviceId, enrolledAt: now, keyHash: hashKey(deviceKey) },
    },
    audit: [
      {
        at: now,
        actor: { kind: "mac", serial },
        type: known === undefined ? "enrolled" : "enrolled_again",
        commandId: ids.uuid(),
        data: { deviceId: managed.deviceId },
      },
    ],
    effects: [],
    guards: [
      ...(known === undefined ? [] : [retireKey(serial, known.keyHash, now)]),
      ...(unproven === undefined
        ? []
        : [{ op: "release", key: sessionGuardKey(serial), owner: unproven } as const]),
    ],
    at: now,
  });
  if (!outcome.ok) return { outcome: "needs_permission" };
  return { outcome: "enrolled", deviceKey };
}

/** The session of this Mac that people closed without its proof, if there is one. */
async function unprovenSession({ store }: Service, serial: Serial): Promise<RequestId | undefined> {
  const owner = await store.guardOwner(sessionGuardKey(serial));
  const session = owner === undefined ? undefined : await store.loadRequest(owner);
  return session?.request.status === "ended" ? owner : undefined;
}

async function closeOpenRequests(service: Service, serial: Serial): Promise<void> {
  for (const { request } of await openRequestsOf(service, serial)) {
    const { requestId } = request.ask;
    await handleCommand(service, requestId, { commandId: `re-enrolled:${requestId}`, type: "re_enrolled" });
  }
}

async function askPermission(service: Service, mac: StoredMac): Promise<void> {
  const { store, clock, ids } = service;
  const now = clock.now();
  if (mac.reEnrollAskedAt !== undefined && now - mac.reEnrollAskedAt < RE_ENROLL_WITHIN_MS) return;
  const { version, ...value } = mac;
  const stream = `mac:${mac.serial}`;
  const ask: Effect = {
    type: "ask_re_enrollment",
    key: `re-enrollment:${now}`,
    serial: mac.serial,
    askedAt: now,
  };
  const outcome = await store.commit({
    stream,
    mac: { expectedVersion: version, value: { ...value, reEnrollAskedAt: now } },
    audit: [
      {
        at: now,
        actor: { kind: "mac", serial: mac.serial },
        type: "re_enrollment_asked",
        commandId: ids.uuid(),
        data: {},
      },
    ],
    effects: [ask],
    at: now,
  });
  if (outcome.ok) service.kick(stream);
}

/**
 * An approver lets a known Mac enrol again. Answers what to tell them privately. It closes what is open on the Mac
 * without proof or log, so nobody may do it to a session of their own (law L11), and an old button does nothing (L14).
 */
export async function allowReEnrollment(
  service: Service,
  serial: Serial,
  by: SlackUserId,
  commandId: string,
): Promise<string> {
  const { store, clock, policy } = service;
  const mac = await store.loadMac(serial);
  if (mac === undefined) return `No Mac with the serial ${serial} is enrolled.`;
  const now = clock.now();
  const stream = `mac:${serial}`;
  const actor = { kind: "slack", userId: by } as const;
  const refused = async (why: "not_an_approver" | "own_request", message: string): Promise<string> => {
    const data = { what: "allow_re_enrollment", refused: why, rule: "L11" };
    await store.commit({
      stream,
      audit: [{ at: now, actor, type: "refused", commandId, data }],
      effects: [],
      at: now,
    });
    return message;
  };
  if (!policy.approverIds.includes(by)) {
    return refused(
      "not_an_approver",
      "You are not on the list of approvers. Ask your IT team if you should be.",
    );
  }
  const open = await openRequestsOf(service, serial);
  if (open.some(({ request }) => isSession(request) && isRequester(request.identity, by))) {
    return refused(
      "own_request",
      "Your own session is open on this Mac: another approver has to allow this.",
    );
  }
  if (mac.reEnrollUntil !== undefined && mac.reEnrollUntil > now) {
    return `The Mac ${serial} may already enrol again.`;
  }
  if (mac.reEnrollAskedAt === undefined || now - mac.reEnrollAskedAt > ASK_GOOD_MS) {
    return `The Mac ${serial} does not ask for a new enrolment any more. If it should enrol, let it ask again.`;
  }
  const { version, ...value } = mac;
  const outcome = await store.commit({
    stream,
    mac: { expectedVersion: version, value: { ...value, reEnrollUntil: now + RE_ENROLL_WITHIN_MS } },
    audit: [{ at: now, actor, type: "re_enrollment_allowed", commandId, data: {} }],
    effects: [],
    at: now,
  });
  if (!outcome.ok) return `The Mac ${serial} changed just now. Please press the button again.`;
  return `The Mac ${serial} may enrol once within the next hour. Whatever is open on it will then be closed.`;
}
