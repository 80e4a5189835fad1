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

const SUDOERS_FOLDER = "sudoers: /private/etc/sudoers.d/";

/** The path of a file that may be moved away without asking: added to sudoers.d, where nobody else adds files. */
export function removableSudoersFile(change: Change): string | undefined {
  return change.change === "added" && change.key.startsWith(SUDOERS_FOLDER)
    ? change.key.slice("sudoers: ".length)
    : undefined;
}
