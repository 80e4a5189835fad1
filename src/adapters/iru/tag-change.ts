/** Tags to add and to remove, by name. */
export interface TagChange {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** True when `tags` holds all that is to be added and nothing that is to be removed. */
export function isTagChangeDone(tags: readonly string[], change: TagChange): boolean {
  return change.add.every((tag) => tags.includes(tag)) && !change.remove.some((tag) => tags.includes(tag));
}

/** The whole list to write: other people's tags keep their order, ours that are new come last. */
export function applyTagChange(tags: readonly string[], change: TagChange): readonly string[] {
  const kept = tags.filter((tag) => !change.remove.includes(tag));
  return [...kept, ...new Set(change.add.filter((tag) => !kept.includes(tag)))];
}
