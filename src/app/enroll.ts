import type { Serial, SlackUserId } from "../core/ids.ts";
import type { Effect } from "../core/effects.ts";
import { HOUR_MS } from "../core/time.ts";
import type { StoredMac } from "../ports/store.ts";
import { hashKey, retireKey } from "./device-keys.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

/** An approver's permission to enrol a known Mac again lasts this long. */
export const RE_ENROLL_WITHIN_MS = HOUR_MS;

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
    guards: known === undefined ? [] : [retireKey(serial, known.keyHash, now)],
    at: now,
  });
  if (!outcome.ok) return { outcome: "needs_permission" };
  return { outcome: "enrolled", deviceKey };
}

async function closeOpenRequests(service: Service, serial: Serial): Promise<void> {
  for (const { request } of await service.store.listOpenBySerial(serial)) {
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

/** An approver lets a known Mac enrol again. Answers what to tell them privately. */
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
  if (!policy.approverIds.includes(by)) {
    await store.commit({
      stream,
      audit: [
        {
          at: now,
          actor,
          type: "refused",
          commandId,
          data: { what: "allow_re_enrollment", refused: "not_an_approver", rule: "L11" },
        },
      ],
      effects: [],
      at: now,
    });
    return "You are not on the list of approvers. Ask your IT team if you should be.";
  }
  if (mac.reEnrollUntil !== undefined && mac.reEnrollUntil > now) {
    return `The Mac ${serial} may already enrol again.`;
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
