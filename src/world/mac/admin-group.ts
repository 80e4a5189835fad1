import type { Account, AdminReading } from "../../agent/core/membership.ts";

/**
 * /Groups/admin of the simulated Mac. Names and GUIDs are kept apart, as in the real record: either alone makes an
 * admin (`dscl` can leave one of them behind), and so does a nested group.
 */
export interface AdminGroup {
  readonly names: Set<string>;
  readonly guids: Set<string>;
  /** GUIDs of the groups nested in it. */
  readonly nested: Set<string>;
  /** All other groups by GUID, with the GUIDs of their members. */
  readonly others: Map<string, Set<string>>;
}

export function createAdminGroup(members: readonly Pick<Account, "username" | "generatedUid">[]): AdminGroup {
  return {
    names: new Set(members.map(({ username }) => username)),
    guids: new Set(members.map(({ generatedUid }) => generatedUid)),
    nested: new Set(),
    others: new Map(),
  };
}

/** True when the group alone makes this account an administrator. */
export function groupHolds(
  { names, guids, nested, others }: AdminGroup,
  { username, generatedUid }: Account,
): boolean {
  const isNested = [...nested].some((guid) => others.get(guid)?.has(generatedUid) === true);
  return names.has(username) || guids.has(generatedUid) || isNested;
}

/** The group's part of a reading. */
export function readGroup({ names, guids, nested, others }: AdminGroup): Omit<AdminReading, "accounts"> {
  return {
    names: [...names],
    guids: [...guids],
    nested: [...nested].map((guid) => ({ guid, memberGuids: [...(others.get(guid) ?? [])] })),
  };
}

/** Puts a member into a set or takes it out. */
export function setMember(members: Set<string> | undefined, member: string, present: boolean): void {
  if (present) members?.add(member);
  else members?.delete(member);
}

/** Adds or removes a member of the given kind. */
export function setGroupEntry(
  { names, guids, nested, others }: AdminGroup,
  kind: "name" | "guid" | "nested" | "via",
  member: string,
  present: boolean,
): void {
  const [outer = "", inner = ""] = member.split("/");
  if (kind === "name") setMember(names, member, present);
  else if (kind === "guid") setMember(guids, member, present);
  else if (kind === "via") setMember(others.get(outer), inner, present);
  else setMember(nested, member, present);
}
