import { type Account, type AdminEntry, type AdminReading, split } from "../../agent/core/membership.ts";
import { createAdminGroup, groupHolds, readGroup, setGroupEntry, setMember } from "./admin-group.ts";

/** An account to begin with. */
export interface MacUser {
  readonly username: string;
  /** 501 or more for people. */
  readonly uid: number;
  /** Upper-case UUID. */
  readonly generatedUid: string;
  /** An administrator from the start. */
  readonly admin?: boolean;
  /** Sent with requests, if known. */
  readonly email?: string;
}

/** The simulated local directory: accounts and the admin group. */
export interface Directory {
  accounts(): readonly Account[];
  find(username: string): Account | undefined;
  findByGuid(generatedUid: string): Account | undefined;
  createAccount(account: Account): void;
  /** Changes an account; unknown names are ignored. */
  change(username: string, patch: Partial<Account>): void;
  deleteAccount(username: string): void;
  /** What `dseditgroup -o edit -a` does: name and GUID. */
  addAdmin(username: string): void;
  /** What `dseditgroup -o edit -d` does. */
  removeAdmin(username: string): void;
  /** Nests a group of these people in admin. */
  nest(group: string, memberGuids: readonly string[]): void;
  /** Adds or removes one reason of being admin. */
  setEntry(entry: AdminEntry, present: boolean): void;
  isAdmin(account: Account): boolean;
  reading(): AdminReading;
  /** Calls `listener` after each change. */
  onChange(listener: () => void): () => void;
}

const ROOT: Account = {
  uid: 0,
  generatedUid: "FFFFEEEE-DDDD-CCCC-BBBB-AAAA00000000",
  username: "root",
  primaryGroupId: 0,
};
const STAFF = 20;
const ADMIN = 80;

function firstAccounts(users: readonly MacUser[]): Account[] {
  return [
    ROOT,
    ...users.map(({ uid, generatedUid, username }) => ({
      uid,
      generatedUid,
      username,
      primaryGroupId: STAFF,
    })),
  ];
}

/** Makes the directory with root and these users. */
export function createDirectory(users: readonly MacUser[]): Directory {
  const group = createAdminGroup([ROOT, ...users.filter(({ admin }) => admin === true)]);
  const disabled = new Set<string>();
  const listeners = new Set<() => void>();
  let accounts: readonly Account[] = firstAccounts(users);
  const find = (username: string) => accounts.find((account) => account.username === username);
  const findByGuid = (guid: string) => accounts.find((account) => account.generatedUid === guid);
  let lastReading: AdminReading | undefined;
  const changed = () => {
    lastReading = undefined;
    for (const listener of listeners) listener();
  };
  const setAccounts = (next: readonly Account[]) => {
    accounts = next;
    changed();
  };
  const change = (username: string, patch: Partial<Account>) =>
    setAccounts(
      accounts.map((account) => (account.username === username ? { ...account, ...patch } : account)),
    );
  const setAdmin = (username: string, present: boolean) => {
    setMember(group.names, username, present);
    const account = find(username);
    if (account !== undefined) setMember(group.guids, account.generatedUid, present);
    changed();
  };

  return {
    accounts: () => accounts,
    find,
    findByGuid,
    createAccount: (account) => setAccounts([...accounts, account]),
    change,
    deleteAccount: (username) => setAccounts(accounts.filter((account) => account.username !== username)),
    addAdmin: (username) => (find(username) === undefined ? undefined : setAdmin(username, true)),
    removeAdmin: (username) => setAdmin(username, false),
    nest(guid, memberGuids) {
      group.others.set(guid, new Set(memberGuids));
      group.nested.add(guid);
      changed();
    },
    setEntry(entry, present) {
      const [kind, rest] = split(entry);
      if (kind === "primary") {
        const account = findByGuid(rest);
        return change(account?.username ?? "", { primaryGroupId: present ? ADMIN : STAFF });
      }
      if (kind === "uid0") setMember(disabled, rest, !present);
      else setGroupEntry(group, kind, rest, present);
      changed();
    },
    isAdmin(account) {
      if (disabled.has(account.generatedUid)) return false;
      return account.uid === 0 || account.primaryGroupId === ADMIN || groupHolds(group, account);
    },
    reading: () =>
      (lastReading ??= {
        ...readGroup(group),
        accounts: accounts.filter(({ generatedUid }) => !disabled.has(generatedUid)),
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
