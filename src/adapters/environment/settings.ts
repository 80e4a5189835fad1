import type { OffHours, Policy } from "../../core/policy-config.ts";
import type { TagNames } from "../../core/tags.ts";
import { SETTING_NAMES, type SettingName, SETTINGS, type SettingValues } from "./catalogue.ts";
import { problemOfName } from "./names.ts";
import type { Setting } from "./setting.ts";

/** Everything that the service on one machine is told from outside, checked. */
export interface Settings {
  readonly host: string;
  readonly port: number;
  /** The SQLite file, as given. */
  readonly dataFile: string;
  /** Empty: no Mac can enrol. */
  readonly enrollmentTokens: readonly string[];
  readonly slack: {
    readonly botToken: string;
    /** The current one first. */
    readonly signingSecrets: readonly string[];
    /** Ends with a slash. */
    readonly apiUrl: string;
    readonly channelId: string;
  };
  readonly iru: { readonly baseUrl: string; readonly token: string };
  readonly policy: Policy;
  readonly tagNames: TagNames;
  /** What all Macs are told. */
  readonly macConfig: {
    readonly delivery: "mdm" | "direct";
    readonly grant: "privileges" | "directory";
    readonly endProcesses: "kill" | "report";
    /** Held polls are offered: one machine can keep them. */
    readonly longPoll: true;
    readonly probeUrl: string;
  };
}

/** One thing to mend. `message` says how, and never repeats a value: it may be a secret. */
export interface SettingProblem {
  readonly name: string;
  readonly message: string;
}

/** The settings, or everything that is wrong with them. */
export type SettingsOutcome =
  | { readonly ok: true; readonly settings: Settings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

/** The environment as a process has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of the service (all of them are in `SETTINGS`) and refuses, naming every problem at once, what
 * is missing, wrong, contradictory, or meant for us but unknown. White space around a value is dropped; an empty
 * value counts as not set.
 */
export function parseSettings(env: Environment): SettingsOutcome {
  const problems: SettingProblem[] = [];
  const values: Partial<Record<SettingName, unknown>> = {};
  for (const name of SETTING_NAMES) {
    const outcome = readSetting(SETTINGS[name], env[name]?.trim() ?? "");
    if ("value" in outcome) values[name] = outcome.value;
    else problems.push({ name, message: outcome.problem });
  }
  for (const [name, value] of Object.entries(env)) {
    const problem = value === undefined ? undefined : problemOfName(name);
    if (problem !== undefined) problems.push({ name, message: problem });
  }
  problems.push(...contradictions(values as Partial<SettingValues>, env));
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: toSettings(values as SettingValues) };
}

function readSetting(setting: Setting<unknown>, text: string): { value: unknown } | { problem: string } {
  const given = text === "" ? setting.fallback : text;
  if (given === undefined) {
    return setting.isRequired ? { problem: `is missing. ${setting.help}` } : { value: undefined };
  }
  const parsed = setting.schema.safeParse(given);
  if (parsed.success) return { value: parsed.data };
  return { problem: parsed.error.issues.map((issue) => issue.message).join("; ") };
}

/** What is wrong only between settings. A setting with a problem of its own is left out: one fault, one line. */
function contradictions(values: Partial<SettingValues>, env: Environment): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const isSet = (name: SettingName) => (env[name]?.trim() ?? "") !== "";
  const { SLACK_APPROVER_IDS: approvers, ON_CALL_SLACK_USER_ID: onCall } = values;
  for (const [name, other] of [
    ["ON_CALL_SLACK_USER_ID", "BUSINESS_HOURS"],
    ["BUSINESS_HOURS", "ON_CALL_SLACK_USER_ID"],
  ] as const) {
    if (isSet(other) && !isSet(name)) {
      problems.push({ name, message: `is missing: ${other} is set, and one does nothing without the other` });
    }
  }
  if (onCall !== undefined && approvers !== undefined && !approvers.includes(onCall)) {
    problems.push({ name: "ON_CALL_SLACK_USER_ID", message: "must be one of SLACK_APPROVER_IDS" });
  }
  const seen = new Map<string, SettingName>();
  for (const name of TAG_SETTINGS) {
    const tag = values[name];
    if (tag === undefined) continue;
    const first = seen.get(tag);
    if (first === undefined) seen.set(tag, name);
    else problems.push({ name, message: `must be another tag than ${first}: each tag is one signal` });
  }
  return problems;
}

const TAG_SETTINGS = [
  "IRU_TAG_ELEVATION_5MIN",
  "IRU_TAG_ELEVATION_10MIN",
  "IRU_TAG_ELEVATION_15MIN",
  "IRU_TAG_ELEVATION_30MIN",
  "IRU_TAG_LOG_COLLECTION",
] as const;

function toSettings(values: SettingValues): Settings {
  const previous = values.SLACK_SIGNING_SECRET_PREVIOUS;
  return {
    host: values.HALLPASS_HOST,
    port: values.HALLPASS_PORT,
    dataFile: values.HALLPASS_DATA,
    enrollmentTokens: values.HALLPASS_ENROLLMENT_TOKENS ?? [],
    slack: {
      botToken: values.SLACK_BOT_TOKEN,
      signingSecrets: [values.SLACK_SIGNING_SECRET, ...(previous === undefined ? [] : [previous])],
      // Slack's client puts the name of a method right behind it.
      apiUrl: `${values.SLACK_API_URL}/`,
      channelId: values.SLACK_IT_CHANNEL_ID,
    },
    iru: { baseUrl: values.IRU_BASE_URL, token: values.IRU_API_TOKEN },
    policy: toPolicy(values),
    tagNames: {
      elevation: {
        5: values.IRU_TAG_ELEVATION_5MIN,
        10: values.IRU_TAG_ELEVATION_10MIN,
        15: values.IRU_TAG_ELEVATION_15MIN,
        30: values.IRU_TAG_ELEVATION_30MIN,
      },
      logCollection: values.IRU_TAG_LOG_COLLECTION,
    },
    macConfig: {
      delivery: values.HALLPASS_DELIVERY,
      grant: values.HALLPASS_GRANT,
      endProcesses: values.HALLPASS_END_PROCESSES,
      longPoll: true,
      probeUrl: values.HALLPASS_PROBE_URL,
    },
  };
}

function toPolicy(values: SettingValues): Policy {
  return {
    approverIds: values.SLACK_APPROVER_IDS,
    adminStatusIds: values.SLACK_ADMIN_STATUS_IDS ?? [],
    offHours: toOffHours(values),
    nudgeEveryMs: values.HALLPASS_NUDGE_EVERY_MINUTES,
    nudgeFirstPhaseMs: values.HALLPASS_NUDGE_FIRST_PHASE_MINUTES,
    nudgeLaterEveryMs: values.HALLPASS_NUDGE_LATER_EVERY_MINUTES,
    autoDenyAfterMs: values.HALLPASS_AUTO_DENY_AFTER_HOURS,
    lapseAfterMs: values.HALLPASS_LAPSE_AFTER_MINUTES,
    confirmWithinMs: values.HALLPASS_CONFIRM_WITHIN_SECONDS,
    warnBeforeMs: values.HALLPASS_WARN_BEFORE_MINUTES,
    warnBeforeShortMs: values.HALLPASS_WARN_BEFORE_SHORT_MINUTES,
    logMissingAfterMs: values.HALLPASS_LOG_MISSING_AFTER_MINUTES,
    heartbeatSilentAfterMs: values.HALLPASS_HEARTBEAT_SILENT_AFTER_MINUTES,
    deadlineAlarmAfterMs: values.HALLPASS_DEADLINE_ALARM_AFTER_MINUTES,
    offerCloseAfterMs: values.HALLPASS_OFFER_CLOSE_AFTER_HOURS,
    clockSkewFlagMs: values.HALLPASS_CLOCK_SKEW_FLAG_SECONDS,
    stillAdminGraceMs: values.HALLPASS_STILL_ADMIN_GRACE_SECONDS,
  };
}

function toOffHours(values: SettingValues): OffHours {
  const { BUSINESS_HOURS: hours, ON_CALL_SLACK_USER_ID: onCallUserId } = values;
  if (hours === undefined || onCallUserId === undefined) return { mode: "disabled" };
  return { mode: "enabled", ...hours, onCallUserId, capPerNight: values.OFF_HOURS_CAP_PER_NIGHT };
}

/** Every secret among the settings: what a log must never hold. */
export function secretsOf(settings: Settings): readonly string[] {
  const { enrollmentTokens, slack, iru } = settings;
  return [...enrollmentTokens, slack.botToken, ...slack.signingSecrets, iru.token];
}
