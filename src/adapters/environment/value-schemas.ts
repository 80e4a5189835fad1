import { isIP } from "node:net";
import { z } from "zod";
import { SLACK_USER_ID_PATTERN } from "../../core/ids.ts";

/** How the texts of settings are read. Messages never repeat the value: it may be a secret in the wrong place. */

const HOST_NAME =
  /^(?=.{1,253}$)([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)(\.[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/;
const VISIBLE_ASCII = /^[\x21-\x7e]+$/;
/** Marks the example values of secrets, which everybody knows. */
const PLACEHOLDER = "change-me";
const LOOPBACK_HOSTS: readonly string[] = ["127.0.0.1", "localhost", "[::1]"];

/** A whole number with bounds; `unit` is named in the message. */
export function wholeNumber(min: number, max: number, unit = ""): z.ZodType<number, string> {
  const message = `must be a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}`;
  return z
    .string()
    .regex(/^\d{1,9}$/, { message, abort: true })
    .transform(Number)
    .refine((value) => value >= min && value <= max, message);
}

/** A length of time given as whole `unitMs`; the value is in milliseconds. */
export function duration(min: number, max: number, unitMs: number, unit: string): z.ZodType<number, string> {
  return wholeNumber(min, max, unit).transform((value) => value * unitMs);
}

/** An IP address or a host name. */
export const host = z
  .string()
  .refine(
    (value) => isIP(value) !== 0 || HOST_NAME.test(value),
    "must be an IP address or a host name, without a port",
  );

/** A secret given to us by somebody else: at least `min` visible ASCII characters. */
export function secret(min: number): z.ZodType<string, string> {
  return z
    .string()
    .refine(
      (value) => value.length >= min && value.length <= 500 && VISIBLE_ASCII.test(value),
      `must be ${min} to 500 visible ASCII characters without spaces`,
    )
    .refine((value) => !value.includes(PLACEHOLDER), "must be changed: it is still the example");
}

/** Slack's token of a bot user (docs.slack.dev/authentication/tokens). */
export const botToken = secret(20).refine(
  (value) => value.startsWith("xoxb-"),
  "must be the bot token, which begins with xoxb-",
);

/** An `https` URL, or `http` on this machine only, since tokens travel with each call. The value has no trailing slash. */
export const apiBase = z.string().transform((value, context) => {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  const isSafe =
    url?.protocol === "https:" || (url?.protocol === "http:" && LOOPBACK_HOSTS.includes(url.hostname));
  const isPlain = url?.username === "" && url.password === "" && url.search === "" && url.hash === "";
  if (url === undefined || !isSafe || !isPlain) {
    context.addIssue({
      code: "custom",
      message: "must be an https URL without user, password, query or fragment (http only to 127.0.0.1)",
    });
    return z.NEVER;
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, "");
});

/** A page that is only looked at, without secrets: `http` is fine, and needed to notice captive portals. */
export const pageUrl = z
  .string()
  .refine(
    (value) => URL.canParse(value) && /^https?:\/\/[^\s@]+$/.test(value),
    "must be an http or https URL without user or password",
  );

/** The id of a Slack channel; its name can change. */
export const channelId = z
  .string()
  .regex(/^[CG][A-Z0-9]{5,20}$/, "must be the channel's id, such as C0123ABCDEF, not its name");

/** The id of a person in Slack. */
export const slackUserId = z
  .string()
  .regex(
    SLACK_USER_ID_PATTERN,
    "must be a Slack user id such as U0123ABCDEF, not a name or an e-mail address",
  );

/** A list with commas between the entries, each once in the value. The messages count entries from 1. */
export function list<Value>(
  entry: z.ZodType<Value, string>,
  max: number,
): z.ZodType<readonly Value[], string> {
  return z.string().transform((value, context) => {
    const entries = value.split(",").map((text) => text.trim());
    if (entries.length > max) {
      context.addIssue({ code: "custom", message: `must have at most ${max} entries` });
      return z.NEVER;
    }
    const values = new Set<Value>();
    for (const [index, text] of entries.entries()) {
      const parsed = text === "" ? undefined : entry.safeParse(text);
      if (parsed?.success === true) values.add(parsed.data);
      else {
        const why = parsed?.error.issues[0]?.message ?? "is empty: look for a comma too many";
        context.addIssue({ code: "custom", message: `entry ${index + 1} ${why}` });
      }
    }
    return [...values];
  });
}

/** A tag's name as Iru shows it. */
export const tagName = z
  .string()
  .refine(
    (value) => value.isWellFormed() && value.length <= 100 && !/[\u0000-\u001f\u007f,]/.test(value),
    "must be a tag's name: at most 100 characters, no comma, no control characters",
  );

/** Any path; whether it can be opened is found out when it is opened. */
export const filePath = z
  .string()
  .refine((value) => value.length <= 1000 && !value.includes("\0"), "must be a path of a file")
  .refine((value) => !value.endsWith("/"), "must be a file, not a folder")
  .refine((value) => !value.startsWith("~"), "must be written out: ~ means nothing here");
