import type { Instant } from "../../core/time.ts";
import type { IsoTime } from "./calls.ts";

const DAY_MS = 86_400_000;
const YEAR_9999_END = 253_402_300_799_999;

const two = (value: number) => String(value).padStart(2, "0");

/**
 * An instant as ISO 8601 UTC with milliseconds. A wall clock that somebody set outside 1970-9999 is written as the
 * nearest time inside, since the contract has four digits for the year.
 */
export function toIso(instant: Instant): IsoTime {
  const at = Math.min(YEAR_9999_END, Math.max(0, Math.floor(instant)));
  const inDay = at % DAY_MS;
  const { year, month, day } = civilDate(Math.floor(at / DAY_MS));
  const time = `${clockTime(at, 0)}:${two(Math.floor(inDay / 1000) % 60)}.${String(inDay % 1000).padStart(3, "0")}`;
  return `${year}-${two(month)}-${two(day)}T${time}Z`;
}

/** The time of day as `14:05`, `offsetMinutes` east of UTC. */
export function clockTime(instant: Instant, offsetMinutes: number): string {
  const minutes = Math.floor(instant / 60_000) + offsetMinutes;
  const inDay = ((minutes % 1440) + 1440) % 1440;
  return `${two(Math.floor(inDay / 60))}:${two(inDay % 60)}`;
}

/** `+01:00` for 60. */
export function offsetText(offsetMinutes: number): string {
  const size = Math.abs(offsetMinutes);
  return `${offsetMinutes < 0 ? "-" : "+"}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/**
 * The date of a day counted from 1970-01-01, in the proleptic Gregorian calendar: years are counted from March, so
 * that the leap day is the last of its year.
 */
function civilDate(days: number): { year: number; month: number; day: number } {
  const sinceMarch0 = days + 719_468;
  const era = Math.floor(sinceMarch0 / 146_097);
  const dayOfEra = sinceMarch0 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day };
}
