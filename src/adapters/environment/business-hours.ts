import { z } from "zod";
import type { Weekday } from "../../core/policy-config.ts";

/** When people are at work, so that a human decides. Minutes count from local midnight; `start < end <= 1440`. */
export interface BusinessHours {
  readonly zone: string;
  /** In ascending order, each once. */
  readonly weekdays: readonly Weekday[];
  readonly startMinute: number;
  readonly endMinute: number;
}

const DAY_NAMES = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const WEEKDAYS: readonly Weekday[] = [1, 2, 3, 4, 5, 6, 7];
const FORM = "such as: Europe/Berlin Mon-Fri 09:00-18:00";

/** Reads `ZONE DAYS START-END`: an IANA zone, days as a range or list (`Mon-Fri`, `Sun-Thu`, `Mon,Wed,Fri`), 24-hour times. */
export const businessHours: z.ZodType<BusinessHours, string> = z.string().transform((text, context) => {
  const problem = (message: string) => context.addIssue({ code: "custom", message });
  const [zone, days, hours, ...rest] = text.split(/\s+/);
  if (zone === undefined || days === undefined || hours === undefined || rest.length > 0) {
    problem(`must be a zone, days and hours, ${FORM}`);
    return z.NEVER;
  }
  const weekdays = parseDays(days);
  const span = parseHours(hours);
  if (!isZone(zone)) problem("must begin with an IANA time zone such as Europe/Berlin or America/New_York");
  if (weekdays === undefined) problem("must name its days as Mon-Fri or Mon,Wed,Fri");
  if (span === undefined)
    problem("must end with hours from 00:00 to 24:00 that start before they end, as 09:00-18:00");
  if (weekdays === undefined || span === undefined) return z.NEVER;
  return { zone, weekdays, ...span };
});

/** A zone by name; offsets such as +02:00, which Intl knows too, would be wrong for half of the year. */
function isZone(zone: string): boolean {
  if (!/^[A-Za-z]/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

function parseDays(text: string): readonly Weekday[] | undefined {
  const days = new Set<Weekday>();
  for (const part of text.split(",")) {
    const [first, last, ...rest] = part.split("-").map((name) => DAY_NAMES.indexOf(name.toLowerCase()));
    const end = last ?? first;
    if (first === undefined || end === undefined || first < 0 || end < 0 || rest.length > 0) return undefined;
    // A range may run over the end of the week, as Sun-Thu does.
    for (let day = first; ; day = (day + 1) % DAY_NAMES.length) {
      days.add((day + 1) as Weekday);
      if (day === end) break;
    }
  }
  return WEEKDAYS.filter((day) => days.has(day));
}

function parseHours(text: string): { startMinute: number; endMinute: number } | undefined {
  const match = /^(\d{2}):(\d{2})-(\d{2}):(\d{2})$/.exec(text);
  if (match === null) return undefined;
  const [startHour = 0, startPart = 0, endHour = 0, endPart = 0] = match.slice(1).map(Number);
  if (startPart > 59 || endPart > 59) return undefined;
  const startMinute = startHour * 60 + startPart;
  const endMinute = endHour * 60 + endPart;
  return startMinute < endMinute && endMinute <= 24 * 60 ? { startMinute, endMinute } : undefined;
}
