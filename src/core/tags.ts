import { SESSION_MINUTES, type SessionMinutes } from "./time.ts";

/** The names of the MDM tags that signal to a Mac. They are configurable; every other tag belongs to somebody else. */
export interface TagNames {
  /** One tag for each length, since each scopes its own Privileges profile. */
  readonly elevation: Readonly<Record<SessionMinutes, string>>;
  readonly logCollection: string;
}

/** The names that the profiles of the set-up guide are scoped to. */
export const DEFAULT_TAG_NAMES: TagNames = {
  elevation: {
    5: "temp-admin-elevation-5min",
    10: "temp-admin-elevation-10min",
    15: "temp-admin-elevation-15min",
    30: "temp-admin-elevation-30min",
  },
  logCollection: "temp-admin-log-collection",
};

/** The tag that tells a Mac to take up an approval of `minutes`. */
export function elevationTag(minutes: SessionMinutes, names: TagNames = DEFAULT_TAG_NAMES): string {
  return names.elevation[minutes];
}

/** Every tag that is ours to add and remove: the elevation tags by length, then log collection. */
export function ownTags(names: TagNames = DEFAULT_TAG_NAMES): readonly string[] {
  return [...SESSION_MINUTES.map((minutes) => names.elevation[minutes]), names.logCollection];
}
