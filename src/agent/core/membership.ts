/** An account as the directory knows it: identity is uid and GeneratedUID together, never the name alone. */
export interface Account {
  readonly uid: number;
  /** Upper-case UUID. */
  readonly generatedUid: string;
  /** Short name; it can change and proves nothing. */
  readonly username: string;
  readonly primaryGroupId: number;
}

/** Who a session is for. */
export interface Person {
  uid: number;
  generatedUid: string;
  username: string;
}

/** A group nested in the admin group, with everybody who is a member of it at any depth. */
export interface NestedGroup {
  readonly guid: string;
  readonly memberGuids: readonly string[];
}

/** One full reading of who is an administrator of this Mac, and how. */
export interface AdminReading {
  /** `GroupMembership` of /Groups/admin: short names. */
  readonly names: readonly string[];
  /** `GroupMembers` of /Groups/admin: GeneratedUIDs. An entry here alone is enough to be admin. */
  readonly guids: readonly string[];
  /** `NestedGroups` of /Groups/admin. */
  readonly nested: readonly NestedGroup[];
  /** All local accounts. */
  readonly accounts: readonly Account[];
}

/**
 * One reason why somebody is admin: `name:SHORT`, `guid:GUID`, `nested:GROUP`, `via:GROUP/USER` (member of a nested
 * group), `primary:USER` (primary group 80) or `uid0:USER` (an account other than root with uid 0).
 */
export type AdminEntry = `${"name" | "guid" | "nested" | "via" | "primary" | "uid0"}:${string}`;

const ADMIN_GROUP_ID = 80;

/** What was made of a reading, as long as somebody holds it: the brain looks every second, and readings seldom change. */
const entriesByReading = new WeakMap<AdminReading, readonly AdminEntry[]>();

/** Every reason in the reading why anybody is admin, sorted, without repeats. */
export function adminEntries(reading: AdminReading): readonly AdminEntry[] {
  const known = entriesByReading.get(reading);
  if (known !== undefined) return known;
  const entries = readEntries(reading);
  entriesByReading.set(reading, entries);
  return entries;
}

function readEntries(reading: AdminReading): readonly AdminEntry[] {
  const entries = new Set<AdminEntry>();
  for (const name of reading.names) entries.add(`name:${name}`);
  for (const guid of reading.guids) entries.add(`guid:${guid}`);
  for (const group of reading.nested) {
    entries.add(`nested:${group.guid}`);
    for (const guid of group.memberGuids) entries.add(`via:${group.guid}/${guid}`);
  }
  for (const account of reading.accounts) {
    if (account.primaryGroupId === ADMIN_GROUP_ID) entries.add(`primary:${account.generatedUid}`);
    if (account.uid === 0 && account.username !== "root") entries.add(`uid0:${account.generatedUid}`);
  }
  return [...entries].toSorted();
}

/** The short names that belong to the person now: the current one, and the recorded one if nobody else has it. */
export function namesOf(reading: AdminReading, person: Person): string[] {
  const owner = reading.accounts.find((account) => account.username === person.username);
  const names = reading.accounts
    .filter((account) => account.generatedUid === person.generatedUid)
    .map((account) => account.username);
  if (owner === undefined || owner.generatedUid === person.generatedUid) names.push(person.username);
  return [...new Set(names)];
}

/** The reasons why this person is admin; empty when the person is not. */
export function entriesOf(reading: AdminReading, person: Person): AdminEntry[] {
  const names = new Set(namesOf(reading, person));
  return adminEntries(reading).filter((entry) => {
    const [kind, rest] = split(entry);
    if (kind === "name") return names.has(rest);
    if (kind === "via") return rest.endsWith(`/${person.generatedUid}`);
    return kind !== "nested" && rest === person.generatedUid;
  });
}

/** What a grant adds, in whole or in part: the person's own name and GeneratedUID in the admin group. */
export function grantedEntries(reading: AdminReading, person: Person): AdminEntry[] {
  return [
    ...namesOf(reading, person).map((name): AdminEntry => `name:${name}`),
    `guid:${person.generatedUid}`,
  ];
}

/** True when exactly one account has this uid and it has this GeneratedUID: nobody took over the uid. */
export function isSamePerson(reading: AdminReading, person: Person): boolean {
  const owners = reading.accounts.filter((account) => account.uid === person.uid);
  return owners.length === 1 && owners[0]?.generatedUid === person.generatedUid;
}

/** How `actual` differs from `expected`. */
export function difference(
  expected: readonly AdminEntry[],
  actual: readonly AdminEntry[],
): { extra: AdminEntry[]; missing: AdminEntry[] } {
  const wanted = new Set(expected);
  const found = new Set(actual);
  return {
    extra: actual.filter((entry) => !wanted.has(entry)),
    missing: expected.filter((entry) => !found.has(entry)),
  };
}

/** An admin entry that counts for another account than the one it was made for. */
export interface TakenOver {
  readonly entry: AdminEntry;
  readonly by: Account;
}

/**
 * Those of the `expected` entries that now fit an account other than before: one that was renamed, or given the
 * GeneratedUID, of an administrator. `accounts` are the accounts of before; when they are not known, nothing is said.
 */
export function takenOver(
  expected: readonly AdminEntry[],
  accounts: readonly Person[],
  reading: AdminReading,
): TakenOver[] {
  if (accounts.length === 0) return [];
  return reading.accounts.flatMap((by) =>
    expected
      .filter((entry) => fits(entry, by))
      .filter((entry) => !accounts.some((was) => isSameAccount(was, by) && fits(entry, was)))
      .map((entry) => ({ entry, by })),
  );
}

/** True when the entry makes this account, under this very name, an administrator. */
export function fits(entry: AdminEntry, account: Person): boolean {
  const [kind, rest] = split(entry);
  if (kind === "name") return rest === account.username;
  return kind === "via" ? rest.endsWith(`/${account.generatedUid}`) : rest === account.generatedUid;
}

/** True for one account, whatever its short name is by now. */
export function isSameAccount(
  a: Pick<Person, "uid" | "generatedUid">,
  b: Pick<Person, "uid" | "generatedUid">,
): boolean {
  return a.uid === b.uid && a.generatedUid === b.generatedUid;
}

/** The account of this uid and GeneratedUID as a person; by its uid where the reading does not know its name. */
export function personOf(
  reading: AdminReading | undefined,
  { uid, generatedUid }: Pick<Person, "uid" | "generatedUid">,
): Person {
  const account = reading?.accounts.find((one) => one.generatedUid === generatedUid);
  return { uid, generatedUid, username: account?.username ?? `uid ${uid}` };
}

/** The entry in words for people, with short names where the reading knows them. */
export function entryInWords(entry: AdminEntry, reading: AdminReading | undefined): string {
  const [kind, rest] = split(entry);
  const nameOf = (guid: string) =>
    reading?.accounts.find((account) => account.generatedUid === guid)?.username ?? guid;
  if (kind === "name") return `${rest} (by name)`;
  if (kind === "guid") return `${nameOf(rest)} (by GeneratedUID)`;
  if (kind === "nested") return `group ${rest} (nested)`;
  if (kind === "via") {
    const [group, guid] = rest.split("/") as [string, string];
    return `${nameOf(guid)} (through nested group ${group})`;
  }
  return kind === "primary" ? `${nameOf(rest)} (by primary group 80)` : `${nameOf(rest)} (with uid 0)`;
}

/** Kind and rest of an entry. */
export function split(entry: AdminEntry): ["name" | "guid" | "nested" | "via" | "primary" | "uid0", string] {
  const colon = entry.indexOf(":");
  return [entry.slice(0, colon) as "name", entry.slice(colon + 1)];
}
