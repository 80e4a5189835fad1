import type { Actor, Status } from "./request.ts";

/** Which rule of the design a refusal rests on. */
export type Rule =
  | "L1"
  | "L2"
  | "L3"
  | "L4"
  | "L5"
  | "L8"
  | "L9"
  | "L11"
  | "L14"
  | "L15"
  | "L16"
  | "lifecycle";

/** Why a command was not done. Expected, so a value and not an exception. */
export type RefusalReason =
  | "not_an_approver"
  | "own_request"
  | "identity_pending"
  | "already_decided"
  | "not_allowed_now"
  | "wrong_mac"
  | "wrong_person"
  | "wrong_arm"
  | "confirm_window_over"
  | "not_the_requester"
  | "unknown_request";

/**
 * A refused command. `message` is one sentence for the person or program that asked; `decidedBy` names the
 * winner when the command lost a race (law L2).
 */
export interface Refusal {
  readonly refused: RefusalReason;
  readonly rule: Rule;
  readonly message: string;
  readonly status?: Status;
  readonly decidedBy?: Actor;
}
