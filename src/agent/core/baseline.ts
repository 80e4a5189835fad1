/** One thing that differs from the baseline. */
export interface Change {
  /** `area: path` */
  readonly key: string;
  readonly change: "added" | "changed" | "removed";
}

/** What differs between two snapshots, in order of their keys. */
export function changesBetween(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return keys.flatMap((key): Change[] => {
    const was = before[key];
    const is = after[key];
    if (was === is) return [];
    if (was === undefined) return [{ key, change: "added" }];
    return [{ key, change: is === undefined ? "removed" : "changed" }];
  });
}

/** SHA-256 by path of /etc/sudoers and everything in sudoers.d, our own drop-in left out. */
export type SudoFiles = Readonly<Record<string, string>>;

const SUDO_AREA = "sudoers: ";
const SUDOERS_FOLDER = "/private/etc/sudoers.d/";

/** The files of sudo among all that a snapshot holds. */
export function sudoFilesIn(items: Readonly<Record<string, string>>): SudoFiles {
  const files = Object.entries(items).filter(([key]) => key.startsWith(SUDO_AREA));
  return Object.fromEntries(files.map(([key, hash]) => [key.slice(SUDO_AREA.length), hash]));
}

/** What decides who is administrator, and by what rules: seldom much, so the service always keeps it whole. */
const CORE_AREAS = ["administrator: ", SUDO_AREA, "pam.d: "] as const;

/** True for an item of a snapshot that decides who is administrator, and by what rules. */
export function isCore(key: string): boolean {
  return CORE_AREAS.some((area) => key.startsWith(area));
}

/** The part of a snapshot that decides who is administrator, and by what rules. */
export function coreOf(items: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(items).filter(([key]) => isCore(key)));
}

/** The paths that may be moved away without asking: added to sudoers.d, where nobody else adds files. */
export function addedSudoFiles(before: SudoFiles, after: SudoFiles): string[] {
  return addedAmong(changesBetween(before, after));
}

/** As `addedSudoFiles`, among changes of sudo's files that are known already. */
export function addedAmong(changes: readonly Change[]): string[] {
  const added = changes.filter(({ change }) => change === "added");
  return added.map(({ key }) => key).filter((path) => path.startsWith(SUDOERS_FOLDER));
}

/** What of `after` stays when the added files are moved away: all else belongs to somebody, and is only reported. */
export function withoutAdded(before: SudoFiles, after: SudoFiles): SudoFiles {
  const added = addedSudoFiles(before, after);
  return Object.fromEntries(Object.entries(after).filter(([path]) => !added.includes(path)));
}
