import type { z } from "zod";

/** The heading under which a setting is explained. */
export type SettingGroup = "Server" | "Slack" | "Iru" | "Macs" | "Times" | "Off-hours approval";

/** One setting: how its text is read and what is said about it. `Value` is what the reading gives. */
export interface Setting<Value> {
  readonly group: SettingGroup;
  /** Reads the trimmed text, which is not empty. Its messages say how the value must be, never what it is. */
  readonly schema: z.ZodType<Value, string>;
  /** Plain sentences; the first says what it is and, where it is not obvious, where to find it. */
  readonly help: string;
  /** What counts when it is not set. A setting without one is asked for, unless it is optional. */
  readonly fallback?: string;
  /** A harmless value that shows the form. */
  readonly example?: string;
  readonly isRequired: boolean;
  readonly isSecret: boolean;
}

type Words = Pick<Setting<unknown>, "group" | "help"> & { readonly secret?: boolean };

/** A setting that has to be given. */
export function required<Value>(
  schema: z.ZodType<Value, string>,
  { secret: isSecret = false, ...words }: Words & { readonly example: string },
): Setting<Value> {
  return { schema, isRequired: true, isSecret, ...words };
}

/** A setting that is `fallback` when it is not given. */
export function withDefault<Value>(
  schema: z.ZodType<Value, string>,
  fallback: string,
  { secret: isSecret = false, ...words }: Words,
): Setting<Value> {
  return { schema, isRequired: false, isSecret, fallback, ...words };
}

/** A setting that may be missing; its value is then undefined. */
export function optional<Value>(
  schema: z.ZodType<Value, string>,
  { secret: isSecret = false, ...words }: Words & { readonly example: string },
): Setting<Value | undefined> {
  return { schema, isRequired: false, isSecret, ...words };
}
