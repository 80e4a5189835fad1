import type { Command } from "./commands.ts";
import { type Draft, happen, refuse, want } from "./decision.ts";
import type { Policy } from "./policy-config.ts";
import type { ArmId } from "./ids.ts";
import { type AccessRequest, type Actor, isSession } from "./request.ts";
import { current, isSameMac, refuseNow } from "./rules.ts";
import { MINUTE_MS, SECOND_MS } from "./time.ts";

type Of<T extends Command["type"]> = Extract<Command, { type: T }>;

/**
 * The Mac takes an approval up (laws L1, L3): only for an approved request of this Mac and this person. The same
 * `armId` again gets the same answer until its window is over.
 */
export function decideArm(draft: Draft, command: Of<"arm">, policy: Policy): void {
  if (!isSameMac(draft, command.serial)) return;
  const request = current(draft);
  if (request.ask.uid !== command.uid || request.ask.generatedUid !== command.generatedUid) {
    refuse(draft, {
      refused: "wrong_person",
      rule: "L1",
      message: "This request was made by another account of this Mac.",
      status: request.status,
    });
    return;
  }
  if (request.status === "arming" && request.arming.armId === command.armId) return;
  if (isWindowOver(draft, request, command.armId)) return;
  if (request.status !== "approved") {
    return refuseNow(draft, "This request is not approved, or was already taken up.");
  }
  happen(
    draft,
    { kind: "mac", serial: command.serial },
    {
      type: "armed",
      arming: {
        armId: command.armId,
        armedAt: draft.now,
        confirmBy: draft.now + policy.confirmWithinMs,
        baselineSha256: command.baselineSha256,
      },
    },
  );
}

/** Refuses, and answers true, when this attempt was not confirmed within its window (law L3). */
function isWindowOver(draft: Draft, request: AccessRequest, armId: ArmId): boolean {
  if (request.status !== "ending" && request.status !== "ended") return false;
  if (request.grant !== undefined || request.arming.armId !== armId) return false;
  if (draft.now < request.arming.confirmBy) return false;
  refuse(draft, {
    refused: "confirm_window_over",
    rule: "L3",
    message: "The time to confirm the rights is over: take them away and ask again.",
    status: request.status,
  });
  return true;
}

/** The Mac confirmed the rights: the clock of the session starts now, at the receipt of the first `/start`. */
export function decideStart(draft: Draft, command: Of<"start">, policy: Policy): void {
  if (!isSameMac(draft, command.serial)) return;
  const request = current(draft);
  if (isSession(request) && request.arming.armId !== command.armId) {
    refuse(draft, {
      refused: "wrong_arm",
      rule: "L1",
      message: "This start belongs to another attempt.",
      status: request.status,
    });
    return;
  }
  if (request.status === "active") return;
  if (isWindowOver(draft, request, command.armId)) return;
  if (request.status !== "arming") {
    return refuseNow(draft, "This request is not waiting for a start: take the rights away.");
  }
  const by: Actor = { kind: "mac", serial: command.serial };
  const { minutes } = request.approval;
  const endsAt = draft.now + minutes * MINUTE_MS;
  const skewMs = Math.abs(command.elevatedAt - draft.now);
  const skew = skewMs > policy.clockSkewFlagMs ? { clockSkewSeconds: Math.round(skewMs / SECOND_MS) } : {};
  happen(draft, by, { type: "started", endsAt, elevatedAt: command.elevatedAt, ...skew });
  want(
    draft,
    { type: "thread", key: "thread:started", note: { note: "started", endsAt, minutes, ...skew } },
    { type: "direct", key: "dm:elevated", to: "requester", note: { note: "elevated", endsAt } },
  );
}
