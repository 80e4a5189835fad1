import { OPEN_STATUSES } from "../core/request.ts";
import type { StatusView } from "../ports/chat.ts";
import type { SlackAct } from "../ports/slack-inlet.ts";
import type { StoredRequest } from "../ports/store.ts";
import { recordRefusal } from "./record-note.ts";
import type { Service } from "./service.ts";
import { timelineOf } from "./views/card.ts";

/** So many open requests are read in each state; the answer says when there are more. */
const READ_MAX = 500;
const AUDIT_LINES_MAX = 200;
const SHORT_ID_PATTERN = /^[0-9a-f-]{4,36}$/i;

/**
 * `/admin-status`: what is open, or one request by its short id. Only for people on the allowlist; an empty list
 * means nobody (law L9). The answer is private and is given after the acknowledgement.
 */
export async function answerAdminStatus(
  service: Service,
  act: Extract<SlackAct, { act: "admin_status" }>,
): Promise<(() => Promise<void>) | undefined> {
  const { responseUrl, userId, actId, text } = act;
  if (!service.policy.adminStatusIds.includes(userId)) {
    const message = "You may not use this command. Ask your IT team if you should.";
    await recordRefusal(
      service,
      "slack",
      { refused: "not_an_approver", rule: "L9", message },
      { what: "/admin-status", commandId: actId, actor: { kind: "slack", userId } },
      responseUrl === undefined
        ? []
        : [{ type: "private_answer", key: `private:${actId}`, responseUrl, answer: { text: message } }],
    );
    return undefined;
  }
  if (responseUrl === undefined) return undefined;
  return async () => {
    try {
      await service.chat.answerStatus(responseUrl, await statusView(service, text));
    } catch (error) {
      service.log.warn("/admin-status could not be answered", { why: String(error) });
    }
  };
}

async function statusView(service: Service, text: string): Promise<StatusView> {
  if (text === "") {
    const { open, isCut } = await readOpen(service);
    return { open: open.map(({ request }) => request), ...(isCut ? { isCut } : {}) };
  }
  if (!SHORT_ID_PATTERN.test(text)) {
    return {
      open: [],
      problem: `"${text.slice(0, 40)}" is not a request id. Type /admin-status for the list.`,
    };
  }
  const found = await findByShortId(service, text.toLowerCase());
  if (found.length !== 1) {
    const problem =
      found.length === 0
        ? `No open request has an id that ends with "${text}". Closed ones need the full id.`
        : `${found.length} open requests have an id that ends with "${text}". Type more of it.`;
    return { open: [], problem };
  }
  const [{ request }] = found as readonly [StoredRequest];
  const audit = await service.store.readAudit(request.ask.requestId, 0, AUDIT_LINES_MAX);
  return { open: [], detail: { request, timeline: timelineOf(audit) } };
}

async function findByShortId(service: Service, id: string): Promise<readonly StoredRequest[]> {
  const whole = await service.store.loadRequest(id);
  if (whole !== undefined) return [whole];
  const { open } = await readOpen(service);
  return open.filter(({ request }) => request.ask.requestId.endsWith(id));
}

/** Sessions first: what somebody may be admin by now matters most. */
async function readOpen(
  service: Service,
): Promise<{ readonly open: readonly StoredRequest[]; readonly isCut: boolean }> {
  const pages = await Promise.all(
    OPEN_STATUSES.toReversed().map((status) => service.store.listByStatus(status, READ_MAX)),
  );
  return {
    open: pages.flatMap(({ items }) => items),
    isCut: pages.some(({ cursor }) => cursor !== undefined),
  };
}
