import { absoluteTime } from "./times.ts";

type DateParts = Intl.DateTimeFormatOptions;

const FORMATS: Readonly<Record<string, DateParts>> = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/**
 * The words of a Slack date token (docs.slack.dev, "Formatting message text"), in the reader's own zone. The
 * `_pretty` formats say today, yesterday or tomorrow where that is true; an unknown format gives `fallback`.
 */
export function slackDate(seconds: number, format: string, fallback: string, now: number): string {
  const at = seconds * 1_000;
  if (Number.isNaN(new Date(at).getTime())) return fallback;
  let isKnown = true;
  const words = format.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const plainName = name.replace(/_pretty$/, "");
    const near = name === plainName ? undefined : nearDay(at, now);
    const parts = FORMATS[plainName];
    if (parts === undefined) isKnown = false;
    return near ?? new Intl.DateTimeFormat(undefined, parts).format(at);
  });
  return isKnown ? words : fallback;
}

/** What to show on hover over a date token. */
export function slackDateTitle(seconds: number): string | undefined {
  const at = seconds * 1_000;
  return Number.isNaN(new Date(at).getTime()) ? undefined : absoluteTime(at);
}

function nearDay(at: number, now: number): string | undefined {
  const days = Math.round((startOfDay(at) - startOfDay(now)) / 86_400_000);
  return days === 0 ? "today" : days === -1 ? "yesterday" : days === 1 ? "tomorrow" : undefined;
}

function startOfDay(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
