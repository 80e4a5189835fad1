/**
 * A deep-frozen JSON copy: what a durable store would give back, and safe to hand out again and again. Throws
 * `TypeError` for what JSON cannot say (a bigint, a cycle).
 */
export function frozenCopy<T>(value: T): T {
  return deepFreeze(JSON.parse(JSON.stringify(value)) as T);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    for (const member of Object.values(value)) deepFreeze(member);
    Object.freeze(value);
  }
  return value;
}
