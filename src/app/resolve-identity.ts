import type { RequestId, SlackUserId } from "../core/ids.ts";
import type { Ask, Identity, IdentityDoubt } from "../core/request.ts";
import { SetupError, TerminalError } from "../ports/errors.ts";
import { handleCommand } from "./handle-command.ts";
import type { Service } from "./service.ts";

type Resolved = Extract<Identity, { state: "resolved" }>;

/** How often the directories are asked before the request is shown with its identity in doubt. */
export const IDENTITY_TRIES_MAX = 3;

/**
 * Finds out who is asking, by Iru's owner of the serial and by the claimed e-mail (law L11), and stores it. On the
 * last try whatever could not be looked up counts as a doubt, so that an outage delays no request for long.
 */
export async function resolveIdentity(
  service: Service,
  requestId: RequestId,
  isLastTry: boolean,
): Promise<void> {
  const stored = await service.store.loadRequest(requestId);
  if (stored === undefined || stored.request.identity.state === "resolved") return;
  const identity = await lookUp(service, stored.request.ask, isLastTry);
  const command = { commandId: `identity:${requestId}`, type: "identity_resolved", identity } as const;
  await handleCommand(service, requestId, command, {}, { stored });
}

async function lookUp(service: Service, ask: Ask, isLastTry: boolean): Promise<Resolved> {
  const attempt = async <T>(call: () => Promise<T | undefined>): Promise<T | undefined> => {
    try {
      return await call();
    } catch (error) {
      // What a person has to mend first would keep every request from being shown until then.
      const isFinal = error instanceof TerminalError || error instanceof SetupError;
      if (!isLastTry && !isFinal) throw error;
      service.log.warn("the requester could not be looked up", {
        requestId: ask.requestId,
        why: error instanceof Error ? error.message : String(error),
      });
      return undefined;
    }
  };
  const mac = await attempt(() => service.mdm.findMac(ask.serial));
  const ownerEmail = mac?.ownerEmail;
  const claimedEmail = ask.email;
  const owner =
    ownerEmail === undefined ? undefined : await attempt(() => service.chat.findUserByEmail(ownerEmail));
  const claimed =
    claimedEmail === undefined ? undefined : await attempt(() => service.chat.findUserByEmail(claimedEmail));
  const requesterSlackIds = [...new Set([owner, claimed].filter((id) => id !== undefined))];
  const directMessageTo = claimed ?? owner;
  return {
    state: "resolved",
    ...(mac === undefined ? {} : { deviceId: mac.deviceId }),
    ...(ownerEmail === undefined ? {} : { ownerEmail }),
    requesterSlackIds,
    ...(directMessageTo === undefined ? {} : { directMessageTo }),
    doubts: doubtsOf(ask, mac !== undefined, owner, claimed),
  };
}

/** Certain is only whom both ways lead to: with one of them missing anybody with an account on the Mac may ask. */
function doubtsOf(
  ask: Ask,
  isMacKnown: boolean,
  owner: SlackUserId | undefined,
  claimed: SlackUserId | undefined,
): readonly IdentityDoubt[] {
  const doubts: IdentityDoubt[] = [];
  if (!isMacKnown) doubts.push("mac_unknown");
  if (owner === undefined && claimed === undefined) doubts.push("nobody_resolved");
  else if (owner === undefined) doubts.push("owner_unknown");
  else if (claimed === undefined) doubts.push(ask.email === undefined ? "no_email" : "email_unknown");
  else if (owner !== claimed) doubts.push("owner_differs");
  return doubts;
}
