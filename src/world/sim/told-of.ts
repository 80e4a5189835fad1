import type { AuditEntry } from "../../ports/store.ts";
import { HOUR_MS } from "../../core/time.ts";
import type { CheckName } from "./check-names.ts";

/** The message in which IT is told of one line of an audit trail. */
export interface Message {
  readonly law: string;
  readonly name: CheckName;
  /** The effect key that it carries, without its stream. */
  readonly key: string;
  /** What it has to show. */
  readonly words: readonly string[];
  /** What stands for it once this Mac has caused more messages than it may. */
  readonly instead?: string;
}

/** So much of an item as every message shows, and so many of them. */
const ITEM_SHOWN = 200;
const ITEMS_SHOWN = 9;

type Data = Readonly<Record<string, unknown>>;
type OfEvent = (data: Data, line: AuditEntry, isOfRequest: boolean) => Message | undefined;

const raised = (key: string, ...words: string[]): Message => ({
  law: "L9",
  name: "what is raised is told to IT",
  key,
  words,
});

/** What IT is told of, by the type of the line; the words are those by which a reader knows what it is about. */
const TOLD_OF: Readonly<Record<string, OfEvent>> = {
  reported({ reportId, items }, { at, commandId }, isOfRequest) {
    const words = (items as readonly string[]).slice(0, ITEMS_SHOWN).map((item) => item.slice(0, ITEM_SHOWN));
    const name = "what a Mac reports is told to IT";
    if (isOfRequest)
      return {
        law: "L9",
        name,
        words,
        key: `thread:report:${String(reportId)}`,
        instead: "thread:more-reports",
      };
    const instead = `more-reports:${Math.floor(at / HOUR_MS)}`;
    return { law: "L9", name, words, key: `report:${commandId}`, instead };
  },
  log_contradicted: ({ seq }) => ({
    law: "L15",
    name: "IT hears of a log that contradicts itself",
    key: `thread:log-contradiction:${String(seq)}`,
    words: ["contradicts itself"],
    instead: "thread:more-reports",
  }),
  log_missing: () => ({
    law: "L8",
    name: "IT hears that a log is missing",
    key: "thread:log-missing",
    words: ["Log missing"],
  }),
  still_admin_seen: (_data, { at }) => ({
    law: "L5",
    name: "IT hears who is still an administrator",
    key: `thread:still-admin:${at}`,
    words: ["STILL ADMIN"],
  }),
  heartbeat_lost: ({ lastSeenAt }) => ({
    law: "L9",
    name: "IT hears of a Mac that is silent",
    key: `thread:heartbeat-lost:${String(lastSeenAt)}`,
    words: ["No sign of life"],
  }),
  deadline_alarmed: () => unproven("thread:deadline-alarm", "has not proven"),
  removal_not_confirmed: () => unproven("thread:not-confirmed", "Removal not confirmed"),
  close_offered: () => unproven("thread:close-offered", "still no proof"),
  closed_unverified: () => unproven("thread:closed-unverified", "no proof"),
  closed_by_re_enrollment: () => unproven("thread:re-enrolled", "no proof"),
  effect_failed: ({ key }) => raised(`thread:failed:${String(key)}`, "Failed"),
  signal_failed: () => raised("thread:signal-failed", "could not be set"),
  auto_approval_declined: () => raised("thread:auto-approval-declined", "leaves this one to you"),
  retired_key_used: (_data, { at, actor }) =>
    raised(`retired-key:${serialOf(actor)}:${Math.floor(at / HOUR_MS)}`, "still in use"),
  re_enrollment_asked: (_data, { at, actor }) =>
    raised(`re-enrollment:${at}`, serialOf(actor), "asks to be enrolled again"),
  refused({ what, refused, message }, { at, actor }, isOfRequest) {
    const isRaised = actor.kind === "mac" && (refused === "wrong_mac" || refused === "wrong_person");
    if (!isRaised) return undefined;
    const key = isOfRequest
      ? `thread:refused:${String(what)}:${refused}:${serialOf(actor)}`
      : `refused:${refused}:${Math.floor(at / HOUR_MS)}`;
    return raised(key, ...(isOfRequest ? ["Refused a call", String(message)] : ["refused"]));
  },
};

function unproven(key: string, words: string): Message {
  return { law: "L5", name: "IT hears of rights that nobody proved gone", key, words: [words] };
}

function serialOf(actor: AuditEntry["actor"]): string {
  return actor.kind === "mac" ? actor.serial : "";
}

/** The message that has to stand in Slack because of this line of a trail; none where IT need not hear of it. */
export function messageOf(line: AuditEntry, isOfRequest: boolean): Message | undefined {
  return TOLD_OF[line.type]?.(line.data as Data, line, isOfRequest);
}
