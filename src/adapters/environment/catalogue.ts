import { z } from "zod";
import { DEFAULT_TAG_NAMES } from "../../core/tags.ts";
import { SLACK_API_URL } from "../slack/web-client.ts";
import { businessHours } from "./business-hours.ts";
import { optional, required, type Setting, withDefault } from "./setting.ts";
import { TIME_SETTINGS } from "./time-settings.ts";
import {
  apiBase,
  botToken,
  channelId,
  filePath,
  host,
  list,
  pageUrl,
  secret,
  slackUserId,
  tagName,
  wholeNumber,
} from "./value-schemas.ts";

const SERVER = {
  HALLPASS_DATA: required(filePath, {
    group: "Server",
    help: "The SQLite file that everything is kept in. Its folder must exist; the file is made at the first start.",
    example: "/var/lib/hallpass/hallpass.db",
  }),
  HALLPASS_HOST: withDefault(host, "127.0.0.1", {
    group: "Server",
    help: "The address to listen at. Keep it local and put a proxy with TLS in front: Hallpass itself speaks plain HTTP.",
  }),
  HALLPASS_PORT: withDefault(wholeNumber(1, 65_535), "4100", {
    group: "Server",
    help: "The port to listen at.",
  }),
  HALLPASS_ENROLLMENT_TOKENS: optional(list(secret(20), 10), {
    group: "Server",
    help: "Tokens that let a Mac enrol, with commas between them: more than one while they are being changed. Without any, no Mac can enrol.",
    example: "change-me-to-a-long-random-text",
    secret: true,
  }),
} satisfies Group;

const SLACK = {
  SLACK_BOT_TOKEN: required(botToken, {
    group: "Slack",
    help: "The app's bot token. Slack shows it under OAuth & Permissions as Bot User OAuth Token.",
    example: "xoxb-change-me-change-me",
    secret: true,
  }),
  SLACK_SIGNING_SECRET: required(secret(16), {
    group: "Slack",
    help: "Proves that a click comes from Slack. Slack shows it under Basic Information.",
    example: "change-me-change-me",
    secret: true,
  }),
  SLACK_SIGNING_SECRET_PREVIOUS: optional(secret(16), {
    group: "Slack",
    help: "The signing secret that was in force before, while the secret is being changed. Remove it afterwards.",
    example: "change-me-change-me",
    secret: true,
  }),
  SLACK_API_URL: withDefault(apiBase, SLACK_API_URL, {
    group: "Slack",
    help: "Where Slack's Web API is. Only tests need another value.",
  }),
  SLACK_IT_CHANNEL_ID: required(channelId, {
    group: "Slack",
    help: "The channel in which requests appear. Its id stands at the bottom of the channel's details; invite the app to it.",
    example: "C0123ABCDEF",
  }),
  SLACK_APPROVER_IDS: required(list(slackUserId, 200), {
    group: "Slack",
    help: "Who may decide: Slack user ids with commas between them. A person's id is in their profile under Copy member ID.",
    example: "U0123ABCDEF,U0456GHIJKL",
  }),
  SLACK_ADMIN_STATUS_IDS: optional(list(slackUserId, 200), {
    group: "Slack",
    help: "Who may use /admin-status. Nobody, when it is empty.",
    example: "U0123ABCDEF",
  }),
} satisfies Group;

function tag(fallback: string, what: string): Setting<string> {
  return withDefault(tagName, fallback, { group: "Iru", help: what });
}

const elevationTag = (minutes: 5 | 10 | 15 | 30) =>
  tag(
    DEFAULT_TAG_NAMES.elevation[minutes],
    `The tag that tells a Mac to take up an approval of ${minutes} minutes. It has to exist in Iru.`,
  );

const IRU = {
  IRU_BASE_URL: required(apiBase, {
    group: "Iru",
    help: "Where your tenant's API is. Iru shows it under Settings, Access, API token.",
    example: "https://example.api.kandji.io",
  }),
  IRU_API_TOKEN: required(secret(16), {
    group: "Iru",
    help: "The API token; docs/runbook.md lists the permissions that it needs.",
    example: "change-me-change-me",
    secret: true,
  }),
  IRU_TAG_ELEVATION_5MIN: elevationTag(5),
  IRU_TAG_ELEVATION_10MIN: elevationTag(10),
  IRU_TAG_ELEVATION_15MIN: elevationTag(15),
  IRU_TAG_ELEVATION_30MIN: elevationTag(30),
  IRU_TAG_LOG_COLLECTION: tag(
    DEFAULT_TAG_NAMES.logCollection,
    "The tag that tells a Mac to ship the log of a session that is over. It has to exist in Iru.",
  ),
} satisfies Group;

const oneOf = <Word extends string>(...words: readonly [Word, ...Word[]]) =>
  z.enum(words, `must be ${words.join(" or ")}`) as z.ZodType<Word, string>;

const MACS = {
  HALLPASS_DELIVERY: withDefault(oneOf("mdm", "direct"), "mdm", {
    group: "Macs",
    help: "mdm: a Mac acts on an approval when Iru has brought it the signal. direct: at once, without Iru; the threat model says what is lost.",
  }),
  HALLPASS_GRANT: withDefault(oneOf("privileges", "directory"), "privileges", {
    group: "Macs",
    help: "privileges: rights are given by SAP Privileges where it is unlocked, else in the directory. directory: always there.",
  }),
  HALLPASS_END_PROCESSES: withDefault(oneOf("kill", "report"), "kill", {
    group: "Macs",
    help: "What happens to root processes that outlive their session: kill ends them, report only names them.",
  }),
  HALLPASS_PROBE_URL: withDefault(pageUrl, "http://captive.apple.com/", {
    group: "Macs",
    help: "The page by which a Mac tells a lost network from a silent service. It must answer 200 everywhere.",
  }),
} satisfies Group;

const OFF_HOURS = {
  BUSINESS_HOURS: optional(businessHours, {
    group: "Off-hours approval",
    help: "Outside these hours requests are approved in the on-call person's name. Zone, days, hours. Without it a human always decides.",
    example: "Europe/Berlin Mon-Fri 09:00-18:00",
  }),
  ON_CALL_SLACK_USER_ID: optional(slackUserId, {
    group: "Off-hours approval",
    help: "Who is on call. Must be one of SLACK_APPROVER_IDS; set together with BUSINESS_HOURS.",
    example: "U0123ABCDEF",
  }),
  OFF_HOURS_CAP_PER_NIGHT: withDefault(wholeNumber(1, 100), "5", {
    group: "Off-hours approval",
    help: "So many requests a night are approved that way; the next ones wait for a human.",
  }),
} satisfies Group;

type Group = Readonly<Record<string, Setting<unknown>>>;

/** Every setting of the service on one machine, in the order in which they are explained. */
export const SETTINGS = { ...SERVER, ...SLACK, ...IRU, ...MACS, ...TIME_SETTINGS, ...OFF_HOURS } as const;

/** The name of an environment variable that is a setting. */
export type SettingName = keyof typeof SETTINGS;

/** The value of each setting as read. */
export type SettingValues = {
  readonly [Name in SettingName]: (typeof SETTINGS)[Name] extends Setting<infer Value> ? Value : never;
};

/** The names of all settings, in the order in which they are explained. */
export const SETTING_NAMES = Object.keys(SETTINGS) as readonly SettingName[];
