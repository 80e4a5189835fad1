import type { Instant, SessionMinutes } from "../core/time.ts";

/** What a person did in Slack, in our words. */
export type SlackActKind =
  | { readonly act: "approve"; readonly requestId: string; readonly minutes: SessionMinutes }
  /** Deny was clicked: the dialog for the reason has to be opened while `triggerId` lives (3 s). */
  | { readonly act: "deny_asked"; readonly requestId: string; readonly triggerId: string }
  | { readonly act: "deny"; readonly requestId: string; readonly reason?: string }
  | { readonly act: "cancel"; readonly requestId: string }
  | { readonly act: "revoke"; readonly requestId: string }
  | { readonly act: "lock"; readonly requestId: string }
  | { readonly act: "close_unverified"; readonly requestId: string }
  | { readonly act: "end_by_requester"; readonly requestId: string }
  | { readonly act: "allow_re_enrollment"; readonly serial: string }
  | { readonly act: "admin_status"; readonly text: string };

/** An act with who did it. `actId` is the same for a repeat of one click and differs between clicks. */
export type SlackAct = SlackActKind & {
  readonly userId: string;
  readonly actId: string;
  /** Where a private answer may be posted: 5 times in 30 min. */
  readonly responseUrl?: string;
  readonly triggerId?: string;
};

/** What is wrong with one field of the input. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/**
 * `act`: something to do. `ssl_check`: Slack looks whether we answer. `unknown`: legal, but nothing of ours;
 * answer 200 and do nothing. `malformed`: not what Slack sends; answer 400 with the problems.
 */
export type SlackInbound =
  | { readonly kind: "act"; readonly act: SlackAct }
  | { readonly kind: "ssl_check" }
  | { readonly kind: "unknown"; readonly what: string }
  | { readonly kind: "malformed"; readonly problems: readonly FieldProblem[] };

/** Why a request is not taken for Slack's. */
export type SignatureRefusal =
  | "no_signing_secret"
  | "missing_header"
  | "malformed_header"
  | "too_old"
  | "too_far_ahead"
  | "wrong_signature";

/** A request that claims to be Slack's. */
export interface SignedRequest {
  /** Header `X-Slack-Request-Timestamp`: whole seconds since 1970. */
  readonly timestamp: string | undefined;
  /** Header `X-Slack-Signature`: `v0=` and 64 lower-case hex digits. */
  readonly signature: string | undefined;
  /** The body exactly as it came, before any decoding. */
  readonly rawBody: Uint8Array | string;
  readonly now: Instant;
}

/** Whether a request is Slack's, and why not. */
export type SignatureVerdict = { readonly ok: true } | { readonly ok: false; readonly why: SignatureRefusal };

/** How what Slack sends comes in: proven first, then read. */
export interface SlackInlet {
  verify(request: SignedRequest): SignatureVerdict;
  /** Reads the raw form body of `POST /slack/actions`. Never throws. */
  parseInteraction(rawBody: string): SlackInbound;
  /** Reads the raw form body of `POST /slack/commands`. Never throws. */
  parseSlashCommand(rawBody: string): SlackInbound;
  /** The body of the answer to a dialog that was sent and refused: it stays open and shows `why`, which is raw. */
  refuseDialog(why: string): unknown;
}
