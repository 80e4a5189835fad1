import { decide } from "../core/decide.ts";
import type { Command } from "../core/commands.ts";
import type { Effect } from "../core/effects.ts";
import type { Refusal } from "../core/refusals.ts";
import type { SlackAct } from "../ports/slack-inlet.ts";
import { allowReEnrollment } from "./enroll.ts";
import { handleCommand } from "./handle-command.ts";
import { recordRefusal } from "./record-note.ts";
import type { Service } from "./service.ts";
import { answerAdminStatus } from "./admin-status.ts";

/** The stream of acts in Slack that belong to no request. */
export const SLACK_STREAM = "slack";

/** Work to be done after the acknowledgement: calls to Slack that may be slow. */
type Afterwards = (() => Promise<void>) | undefined;

/** What came of an act, for its acknowledgement. */
export interface SlackActOutcome {
  readonly afterwards?: Afterwards;
  readonly refusal?: Refusal | undefined;
}

/**
 * Decides one act of a person in Slack. Only the store is used before this resolves, so the acknowledgement never
 * waits for Slack or Iru; `afterwards` is to be run after it. Every refusal is told to the person privately.
 */
export async function handleSlackAct(service: Service, act: SlackAct): Promise<SlackActOutcome> {
  switch (act.act) {
    case "admin_status":
      return { afterwards: await answerAdminStatus(service, act) };
    case "allow_re_enrollment": {
      const text = await allowReEnrollment(service, act.serial, act.userId, act.actId);
      return { afterwards: answerLater(service, act, text) };
    }
    case "deny_asked":
      return { afterwards: await openDenyDialog(service, act) };
    case "approve":
      return decideAct(service, act, { type: "approve", minutes: act.minutes, ...idAndBy(act) });
    case "deny": {
      const reason = act.reason?.trim() ?? "";
      return decideAct(service, act, {
        type: "deny",
        ...(reason === "" ? {} : { reason }),
        ...idAndBy(act),
      });
    }
    case "cancel":
      return decideAct(service, act, { type: "cancel", commandId: act.actId, by: { slack: act.userId } });
    case "revoke":
    case "lock":
    case "close_unverified":
    case "end_by_requester":
      return decideAct(service, act, { type: act.act, ...idAndBy(act) });
  }
}

function idAndBy(act: SlackAct) {
  return { commandId: act.actId, by: act.userId };
}

async function decideAct(
  service: Service,
  act: SlackAct & { readonly requestId: string },
  command: Command,
): Promise<SlackActOutcome> {
  const { refusal } = await handleCommand(service, act.requestId, command);
  if (refusal !== undefined) await refuseAct(service, act, refusal);
  return { refusal };
}

async function refuseAct(
  service: Service,
  act: SlackAct & { readonly requestId: string },
  refusal: Refusal,
): Promise<void> {
  const { message: text, decidedBy } = refusal;
  const answer = { text, ...(decidedBy === undefined ? {} : { decidedBy }) };
  const effects: Effect[] =
    act.responseUrl === undefined
      ? []
      : [{ type: "private_answer", key: `private:${act.actId}`, responseUrl: act.responseUrl, answer }];
  const stream = refusal.refused === "unknown_request" ? SLACK_STREAM : act.requestId;
  await recordRefusal(
    service,
    stream,
    refusal,
    { what: act.act, commandId: act.actId, actor: { kind: "slack", userId: act.userId } },
    effects,
  );
}

/** Asks for the reason only of somebody who may deny now; the dialog itself decides nothing. */
async function openDenyDialog(
  service: Service,
  act: Extract<SlackAct, { act: "deny_asked" }>,
): Promise<Afterwards> {
  const { requestId, triggerId, responseUrl } = act;
  const stored = await service.store.loadRequest(requestId);
  const { refusal } = decide(
    stored?.request,
    { type: "deny", ...idAndBy(act) },
    service.clock.now(),
    service.policy,
  );
  if (refusal !== undefined) {
    await refuseAct(service, act, refusal);
    return undefined;
  }
  return async () => {
    try {
      await service.chat.openDenyDialog(triggerId, requestId, responseUrl);
    } catch (error) {
      service.log.warn("the deny dialog could not be opened", { requestId, why: String(error) });
      await answerLater(service, act, "Slack could not open the dialog. Please press Deny again.")?.();
    }
  };
}

function answerLater(service: Service, act: SlackAct, text: string): Afterwards {
  const { responseUrl } = act;
  if (responseUrl === undefined) return undefined;
  return async () => {
    try {
      await service.chat.answerPrivately(responseUrl, { text });
    } catch (error) {
      service.log.warn("a private answer could not be given", { why: String(error) });
    }
  };
}
