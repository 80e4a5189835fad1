/**
 * What turns one list of lines into another: `- ` before a line that goes, `+ ` before one that comes. Lines that
 * stay are left out. The longest common sequence of lines stays.
 */
export function lineChanges(before: readonly string[], after: readonly string[]): readonly string[] {
  const common = commonLengths(before, after);
  const changes: string[] = [];
  let left = 0;
  let right = 0;
  while (left < before.length || right < after.length) {
    const old = before[left];
    const fresh = after[right];
    if (old !== undefined && old === fresh) {
      left += 1;
      right += 1;
    } else if (
      fresh === undefined ||
      (old !== undefined && at(common, left + 1, right) >= at(common, left, right + 1))
    ) {
      changes.push(`- ${old ?? ""}`);
      left += 1;
    } else {
      changes.push(`+ ${fresh}`);
      right += 1;
    }
  }
  return changes;
}

/** For each pair of positions: how many lines the rests have in common. */
function commonLengths(before: readonly string[], after: readonly string[]): readonly (readonly number[])[] {
  const lengths = Array.from({ length: before.length + 1 }, () =>
    Array.from({ length: after.length + 1 }, () => 0),
  );
  for (let left = before.length - 1; left >= 0; left -= 1) {
    for (let right = after.length - 1; right >= 0; right -= 1) {
      const row = lengths[left];
      if (row === undefined) continue;
      row[right] =
        before[left] === after[right]
          ? at(lengths, left + 1, right + 1) + 1
          : Math.max(at(lengths, left + 1, right), at(lengths, left, right + 1));
    }
  }
  return lengths;
}

function at(lengths: readonly (readonly number[])[], left: number, right: number): number {
  return lengths[left]?.[right] ?? 0;
}
